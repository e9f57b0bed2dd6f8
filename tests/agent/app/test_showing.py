"""The snapshot's parts."""

import pytest

from sundial.agent.app import showing
from sundial.protocol.settings import Kind, defaults
from sundial.protocol.words import policy_lines
from tests.agent.app.test_writing import app, started


@pytest.mark.parametrize(
    ("enrolled", "revoked", "closed", "streaming", "synced", "word"),
    [
        (False, False, (), False, False, "none"),
        (False, True, (), False, False, "revoked"),
        (True, False, ("unknown", "suspended"), True, True, "unknown"),
        (True, False, ("suspended",), True, True, "suspended"),
        (True, False, (), True, False, "live"),
        (True, False, (), False, True, "polling"),
        (True, False, (), False, False, "offline"),
    ],
)
def test_the_connection_is_one_word(
    enrolled: bool, revoked: bool, closed: tuple[str, ...], streaming: bool, synced: bool, word: str
) -> None:
    found = showing.connection_of(
        enrolled=enrolled, revoked=revoked, closed=frozenset(closed), streaming=streaming, synced=synced
    )
    assert found == word


def test_the_policy_reads_as_people_speak() -> None:
    settings = {**defaults(), "screenshots_enabled": False, "enable_keyboard_tracking": True}
    lines = policy_lines(settings)
    assert lines[0] == "Screenshots disabled"
    assert "Key presses counted: how many, never which" in lines
    assert policy_lines({**settings, "screenshots_enabled": True})[0] == "Screenshots every 10 minutes, quality 85 %"
    assert policy_lines({**settings, "notification_interval_minutes": 0})[-1].startswith("No reminder")


def test_what_does_not_work_here_is_noted_only_if_the_policy_wants_it() -> None:
    missing: dict[Kind, str] = {"websites": "The browser extension is not installed.", "keyboard_counts": "No display."}
    assert showing.notes_of(defaults(), missing, "", "A note.") == (
        "Websites cannot be recorded here: The browser extension is not installed.",
        "A note.",
    )
    assert showing.notes_of(None, missing) == ()


def test_only_what_runs_now_is_said_to_be_recorded() -> None:
    settings = defaults()
    assert showing.recording_of(settings, {}, working=False) == ()
    assert showing.recording_of(None, {}, working=True) == ()
    assert "websites" not in showing.recording_of(settings, {"websites": "no"}, working=True)
    assert "screenshots" in showing.recording_of(settings, {}, working=True)


def test_what_was_recorded_lately_stands_in_the_order_of_time() -> None:
    lines = showing.recorded([app(1), started()])
    assert [(line.kind, line.name) for line in lines] == [("app", "app 1"), ("session", "started")]
