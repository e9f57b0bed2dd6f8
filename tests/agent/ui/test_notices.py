"""A notice is shown by the desktop, and by our own means where the desktop has none."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sundial.agent.ui.notices import Notifier
from tests.agent.ui.room import LIMIT_S, Room, furnished, until

Told = list[tuple[str, str]]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A desktop whose bus is this process's."""
    with furnished(tmp_path) as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.environ["DBUS_SESSION_BUS_ADDRESS"])
        yield made


@pytest.fixture
def otherwise() -> Told:
    """What our own means had to show."""
    return []


@asynccontextmanager
async def _notifier(
    otherwise: Told, clicked: asyncio.Event | None = None, patience_s: float = LIMIT_S
) -> AsyncIterator[Notifier]:
    click = clicked.set if clicked else lambda: None
    made = Notifier(lambda title, text: otherwise.append((title, text)), click, patience_s)
    yield made
    await made.close()


async def test_the_desktop_shows_it_as_text(room: Room, otherwise: Told) -> None:
    room.open_notices()
    text = "screenshot every 5 min <b>&amp; more</b>\u202e"
    async with _notifier(otherwise) as notifier:
        await notifier.notify("Settings updated (v5 → v6)", text)
    room.run("dunstctl", "close-all")
    title, body = until(room.notices, "the notice")[0]
    assert title == "Settings updated (v5 → v6)"
    assert body in {
        "screenshot every 5 min <b>&amp; more</b>",
        "screenshot every 5 min &lt;b&gt;&amp;amp; more&lt;/b&gt;",
    }
    assert otherwise == []


async def test_a_click_is_heard(room: Room, otherwise: Told) -> None:
    room.open_notices()
    clicked = asyncio.Event()
    async with _notifier(otherwise, clicked) as notifier:
        await notifier.notify("Recording is on", "Screenshots every 5 minutes")
        await asyncio.to_thread(room.run, "dunstctl", "action", "0")
        async with asyncio.timeout(LIMIT_S):
            await clicked.wait()


async def test_without_a_daemon_our_own_means_show_it(room: Room, otherwise: Told) -> None:
    async with _notifier(otherwise) as notifier:
        for _ in range(3):
            await notifier.notify("Recording is on", "x" * 10_000)
    assert [title for title, _text in otherwise] == ["Recording is on"] * 3
    assert len(otherwise[0][1]) < 500


# The library leaves a socket to the collector when it cannot connect.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
async def test_without_a_bus_our_own_means_show_it(otherwise: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    async with _notifier(otherwise) as notifier:
        await notifier.notify("Recording is on", "")
    gc.collect()
    assert otherwise == [("Recording is on", "")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
async def test_a_bus_that_never_answers_is_not_waited_for(
    otherwise: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_unix_server(lambda _reader, writer: writers.append(writer), tmp_path / "bus")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    async with silent, _notifier(otherwise, patience_s=0.2) as notifier:
        await notifier.notify("Recording is on", "")
        for held in writers:
            held.close()
    gc.collect()
    assert otherwise == [("Recording is on", "")]
