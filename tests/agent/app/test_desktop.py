"""The desktop program when things fail: it goes on, keeps what it has, and says so in plain words."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sundial.agent.cache import Cache
from sundial.agent.core.saved import Saved
from sundial.agent.core.shown import Enrol, Pause, Refresh, Resume, Start, Stop
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.settings import KINDS
from tests.agent.app.house import CODE, PATIENCE, Stage
from tests.agent.fact_server import refusal
from tests.agent.outbox.disks import another_account, no_byte_beyond, writes_refused
from tests.agent.outbox.facts import apps, eid
from tests.agent.small_server import TOKEN
from tests.loops import eventually

POLICY = "/agent/v1/policy"


@pytest.fixture
def readable(stage: Stage) -> Iterator[Stage]:
    """A profile folder on a way that another account may go."""
    with tempfile.TemporaryDirectory(prefix="sundial-desktop-") as name:
        stage.folder = Path(name)
        stage.folder.chmod(0o755)
        yield stage
        stage.folder.chmod(0o755)


async def sent(stage: Stage, *states: str) -> None:
    await eventually(lambda: stage.house.states() == list(states), within=PATIENCE)


def kept_from_before(stage: Stage, many: int = 3) -> set[str]:
    """Facts that an earlier run left in the outbox."""
    now = stage.clock.now()
    outbox = Outbox.open(stage.folder)
    outbox.put(apps(range(many)), now)
    outbox.close()
    return {eid(number) for number in range(many)}


async def all_there(stage: Stage, eids: set[str]) -> None:
    await eventually(lambda: eids <= stage.house.facts.events.keys(), within=PATIENCE)


# The disk


async def test_a_disk_that_fills_up_is_said_and_what_happens_meanwhile_is_sent_later(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        with no_byte_beyond(0):
            desktop.hear(Pause())
            shown = await stage.window.comes_to(lambda now: now.problems and now.queue.waiting)
            assert "This computer's disk takes nothing" in shown.problems[0]
            assert "held in memory" in shown.problems[0]
            assert shown.working == "paused", "the person is obeyed whatever the disk does"
            assert shown.connection == "live"
        await sent(stage, "started", "paused")
        await stage.window.comes_to(lambda now: not now.problems)
    assert stage.house.states() == ["started", "paused", "stopped"]


async def test_a_disk_that_becomes_read_only_is_said_and_nothing_is_lost(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        with writes_refused(stage.folder / "outbox.db-wal"):
            desktop.hear(Pause())
            shown = await stage.window.comes_to(lambda now: now.problems)
            assert "This computer's disk takes nothing" in shown.problems[0]
        desktop.hear(Resume())
        await sent(stage, "started", "paused", "resumed")
        await stage.window.comes_to(lambda now: not now.problems)


async def test_a_disk_that_is_full_at_the_start_is_said_and_the_program_begins_when_there_is_room(
    stage: Stage,
) -> None:
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        expected = kept_from_before(stage)
        with no_byte_beyond(0):
            (stage.folder / "outbox.db").rename(stage.folder / "elsewhere")
            async with stage.running() as desktop:
                shown = await stage.window.comes_to(lambda now: now.problems and now.enrolled)
                assert shown.problems[0].startswith("Nothing can be recorded: this computer's disk takes nothing")
                desktop.hear(Start())
                await eventually(lambda: stage.window.refusals, within=PATIENCE)
                assert stage.window.refusals[0].message == shown.problems[0]
        (stage.folder / "outbox.db").unlink(missing_ok=True)
        (stage.folder / "elsewhere").rename(stage.folder / "outbox.db")
        async with stage.running() as desktop:
            await stage.begin_work(desktop)
            await all_there(stage, expected)


async def test_on_a_read_only_disk_the_program_lives_says_so_and_goes_on_when_it_may_write(readable: Stage) -> None:
    stage = readable
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        expected = kept_from_before(stage)
        (stage.folder / "identity.json").chmod(0o644)
        stage.folder.chmod(0o555)
        with another_account():
            async with stage.running():
                shown = await stage.window.comes_to(lambda now: now.problems and now.notes and now.enrolled)
                assert "Nothing can be recorded" in shown.problems[0]
                assert "`sundial-agent status` cannot reach this program" in shown.notes[-1]
        stage.folder.chmod(0o755)
        assert stage.window.ended == [0], "it ended because it was told to"
        async with stage.running() as desktop:
            await stage.begin_work(desktop)
            await all_there(stage, expected)


@pytest.mark.parametrize("where", ["beginning", "middle"])
async def test_a_corrupt_store_is_set_aside_and_said_and_recording_goes_on(stage: Stage, where: str) -> None:
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        kept_from_before(stage, 500)
        store = stage.folder / "outbox.db"
        content = bytearray(store.read_bytes())
        begin = 0 if where == "beginning" else len(content) // 3
        content[begin : begin + len(content) // 3] = b"\xff" * (len(content) // 3)
        store.write_bytes(content)
        async with stage.running() as desktop:
            shown = await stage.window.comes_to(lambda now: now.notes and "is broken" in now.notes[-1])
            assert "kept as outbox.corrupt-" in shown.notes[-1]
            await stage.begin_work(desktop)
    assert stage.house.states() == ["started", "stopped"]
    assert (stage.folder / "outbox.corrupt-1").stat().st_size >= len(content), "nothing is thrown away"
    assert any("is broken" in line for line in stage.said)


async def test_a_policy_that_cannot_be_read_back_is_fetched_and_an_identity_is_asked_for(stage: Stage) -> None:
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        (stage.folder / "state.json").write_bytes(b"{half")
        async with stage.running() as desktop:
            await stage.begin_work(desktop)
        (stage.folder / "identity.json").write_bytes(b"\0" * 40)
        stage.window.shown.clear()
        async with stage.running():
            shown = await stage.window.comes_to(lambda now: now.notes)
            assert not shown.enrolled
            assert shown.notes == ("This device's identity could not be read: enrol it again.",)


# The clock


@pytest.mark.parametrize("days", [365, -365])
async def test_a_clock_a_year_off_is_said_and_nothing_that_waits_is_thrown_away(stage: Stage, days: int) -> None:
    stage.house.facts.faults = [refusal(503, "busy")] * 2
    expected = kept_from_before(stage)
    stage.clock.off = timedelta(days=days)
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        async with stage.running() as desktop:
            await stage.begin_work(desktop)
            await all_there(stage, expected)
            shown = await stage.window.comes_to(lambda now: any("clock is wrong" in note for note in now.notes))
            assert shown.connection == "live"
            stage.clock.off = timedelta()
            desktop.hear(Refresh())
            await stage.window.comes_to(lambda now: not any("clock" in note for note in now.notes))
            assert stage.window.now.working == "yes", "a clock that is set right ends no session"
    assert stage.house.facts.changed == []


# The server


async def test_a_server_that_is_gone_is_said_and_gets_everything_when_it_is_back(stage: Stage) -> None:
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        port = int(server.rpartition(":")[2])
        running = stage.running()
        desktop = await running.__aenter__()
        await stage.begin_work(desktop)
    stage.clock.off = timedelta(seconds=100)
    shown = await stage.window.comes_to(lambda now: now.connection == "offline")
    assert shown.working == "yes"
    assert shown.recording, "it records by the policy that it knows"
    desktop.hear(Pause())
    await stage.window.comes_to(lambda now: now.working == "paused" and now.queue.waiting)
    async with stage.house.open(port):
        await sent(stage, "started", "paused")
        await stage.window.comes_to(lambda now: now.connection == "live" and not now.queue.waiting)
        await running.__aexit__(None, None, None)


async def test_a_captive_portal_in_the_way_loses_nothing(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        stage.house.portal = True
        stage.house.small.end_streams()
        # Once the portal itself has answered, no true answer is on its way that would tell of the server's health.
        await eventually(lambda: any("No live connection: 200" in line for line in stage.said), within=PATIENCE)
        stage.clock.off = timedelta(seconds=100)
        desktop.hear(Pause())
        await stage.window.comes_to(lambda now: now.connection == "offline" and now.queue.waiting)
        stage.house.portal = False
        await sent(stage, "started", "paused")


async def test_a_suspended_company_records_nothing_says_so_and_comes_back(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        stage.house.facts.faults = [refusal(403, "suspended")] * 2
        stage.house.small.become("SUSPENDED")
        shown = await stage.window.comes_to(lambda now: now.connection == "suspended")
        assert shown.enrolled
        assert shown.recording == ()
        desktop.hear(Pause())
        stage.house.small.become("ACTIVE")
        await stage.window.comes_to(lambda now: now.connection == "live" and now.policy)
        await sent(stage, "started", "paused")


async def test_a_revoked_device_stops_says_so_asks_to_be_enrolled_and_keeps_what_it_has(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        stage.house.facts.faults = [refusal(403, "revoked")] * 4
        stage.house.small.revoke("removed by Dana Admin")
        shown = await stage.window.comes_to(lambda now: now.connection == "revoked")
        assert (shown.enrolled, shown.recording) == (False, ())
        assert shown.message == "This device was removed from its company. Nothing is recorded any more."
        assert ("This device was removed", "Nothing is recorded any more.") in stage.notified
        await stage.window.comes_to(lambda now: now.working == "no" and now.queue.waiting)
        assert not (stage.folder / "identity.json").exists(), "the token is of no more use"
        desktop.hear(Start())
        await eventually(lambda: stage.window.refusals, within=PATIENCE)
        assert stage.window.refusals[-1].message == "Connect this computer to your company first."
        stage.house.facts.faults.clear()
        stage.house.small.tokens.add(TOKEN)
        stage.house.small.codes.add(CODE)
        desktop.hear(Enrol(stage.house.address, CODE))
        back = await stage.window.comes_to(lambda now: now.enrolled and now.connection == "live")
        assert back.message == ""
        await sent(stage, "started", "stopped")


# The program itself


class Cursed(Cache):
    """Fails in a way that nobody expects."""

    curses = 2

    def keep_state(self, saved: Saved) -> None:
        if Cursed.curses:
            Cursed.curses -= 1
            raise ZeroDivisionError("in the cache")
        super().keep_state(saved)


async def test_a_fault_inside_is_said_and_the_agent_begins_again(stage: Stage) -> None:
    stage.cache = Cursed
    async with stage.at_work():
        assert any(line.startswith("A fault in the link to the server: ZeroDivisionError") for line in stage.said)
        (problem,) = {problem for shown in stage.window.shown for problem in shown.problems}
        assert problem.startswith("A fault in the link to the server (ZeroDivisionError). It begins again")
        assert stage.window.now.problems == ()
        assert stage.window.now.enrolled, "a fault of ours is no revocation"


async def test_to_quit_stops_the_session_and_sends_that(stage: Stage) -> None:
    async with stage.at_work():
        pass
    assert stage.house.states() == ["started", "stopped"]
    assert stage.window.ended == [0]


async def test_quitting_offline_keeps_the_stop_for_the_next_run(stage: Stage) -> None:
    async with stage.at_work():
        stage.house.facts.faults = [refusal(503, "busy")] * 1000
    assert stage.house.states() == ["started"]
    stage.house.facts.faults.clear()
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        async with stage.running():
            await sent(stage, "started", "stopped")


async def test_work_is_begun_interrupted_resumed_and_stopped(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        desktop.hear(Pause())
        await stage.window.comes_to(lambda now: now.working == "paused")
        desktop.hear(Resume())
        await stage.window.comes_to(lambda now: now.working == "yes")
        desktop.hear(Stop())
        await stage.window.comes_to(lambda now: now.working == "no")
        await sent(stage, "started", "paused", "resumed", "stopped")


async def test_a_session_that_is_ended_at_the_server_stops_and_says_who(stage: Stage) -> None:
    async with stage.at_work():
        stage.house.small.announce("session_ended", text="Dana Admin ended your session at 14:02.")
        shown = await stage.window.comes_to(lambda now: now.working == "no")
        assert shown.message == "Dana Admin ended your session at 14:02."
        assert ("Your work session was ended", shown.message) in stage.notified
        await sent(stage, "started", "stopped")


async def test_the_question_is_withdrawn_when_the_policy_no_longer_asks_it(stage: Stage) -> None:
    async with stage.house.open() as server:
        stage.is_enrolled(server)
        async with stage.running():
            shown = await stage.window.comes_to(lambda now: now.question)
            assert shown.question is not None
            assert "screenshots" in shown.question.kinds
            assert shown.recording == ()
            stage.house.small.save(**dict.fromkeys(KINDS.values(), False))
            await stage.window.comes_to(lambda now: now.policy and now.policy.version == 2 and not now.question)
            assert stage.house.small.words == []


async def test_a_word_that_was_given_reaches_the_server(stage: Stage) -> None:
    async with stage.at_work():
        await eventually(lambda: stage.house.small.words, within=PATIENCE)
        assert "applications" in stage.house.small.words[0].kinds


async def test_refresh_polls_and_sends_at_once(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        before = stage.house.small.count(POLICY, streaming=False)
        desktop.hear(Refresh())
        await eventually(lambda: stage.house.small.count(POLICY, streaming=False) > before, within=5.0)
