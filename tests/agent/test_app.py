"""A whole agent against a small true server, in virtual time: the policy's way from the server to its confirmation."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from sundial.agent.config import Identity
from sundial.protocol import policy
from sundial.protocol.messages import Endorsement, PolicyDocument, PublicKey
from sundial.protocol.settings import Settings
from sundial.protocol.signing import SigningKey
from tests.agent.desk import Desk
from tests.agent.small_server import COMPANY, TOKEN
from tests.agent.virtual_time import passing, play, until

POLICY, STATUS = "/agent/v1/policy", "/agent/v1/status"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "profile")


async def settle(desk: Desk, state: str = "applied") -> None:
    """Until the newest version is reported in this state."""
    await until(lambda: state in desk.server.states(desk.server.version), within=30)


def test_a_change_is_confirmed_when_the_collectors_run_on_it(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            begun = asyncio.get_running_loop().time()
            desk.server.save(screenshot_interval_seconds=300)
            await settle(desk)
            (at,) = [
                at
                for at, report in desk.server.reports
                if report.policy.version == 2 and report.policy.state == "applied"
            ]
            assert at - begun == pytest.approx(desk.collectors.pace, abs=0.005)
            running = desk.collectors.running
            assert running is not None
            assert running["screenshot_interval_seconds"] == 300
            assert "Config update: v1 -> v2" in desk.said
            assert "Config applied: 1 change" in desk.said
            assert desk.person.told == ["Time between screenshots: 5 minutes instead of 10 minutes."]

    play(scene())
    assert desk.collectors.running is None, "an agent that was ended records nothing"


def test_the_first_policy_waits_for_the_person_and_their_word_is_delivered(desk: Desk) -> None:
    async def scene() -> None:
        desk.person.thinks_for = 5.0
        async with desk.working():
            await settle(desk, "waiting")
            assert desk.collectors.running is not None
            assert not desk.collectors.running["screenshots_enabled"]
            await settle(desk)
            assert desk.collectors.running["screenshots_enabled"]
            await until(lambda: desk.server.words)
        (word,) = desk.server.words
        assert word.kinds == ["screenshots", "websites", "applications", "idle"]
        assert word.at == "2026-11-20T08:00:05.050Z"
        assert word.etag == desk.server.document.etag

    play(scene())


def test_someone_who_never_agrees_is_never_recorded(desk: Desk) -> None:
    async def scene() -> None:
        desk.person.thinks_for = None
        async with desk.working():
            await settle(desk, "waiting")
            desk.server.save(screenshot_interval_seconds=30)
            await settle(desk, "waiting")
            await passing(3600)
        assert not any(settings["screenshots_enabled"] for settings in desk.collectors.applied)
        assert desk.server.words == []
        assert "applied" not in desk.server.states()

    play(scene())


def test_offline_it_runs_from_its_cache(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
        desk.wire.cut()
        desk.said.clear()
        async with desk.working():
            await until(lambda: "Config applied: v1" in desk.said)
        assert desk.said[0] == "Config loaded from cache: v1"
        assert "No live connection: no route to the server; polling meanwhile, trying again in 0.5 s" in desk.said
        assert desk.collectors.applied[-1]["screenshots_enabled"], "the person's word is remembered too"
        assert len(desk.person.asked) == 1

    play(scene())


def test_what_changed_while_it_was_offline_is_applied_when_it_is_back(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.wire.cut()
            await passing(600)
            desk.server.save(screenshot_quality=60)
            assert desk.collectors.running is not None
            desk.wire.mend()
            await until(lambda: "applied" in desk.server.states(2), within=61)

    play(scene())


def test_collectors_that_fail_are_reported_and_run_on_the_last_good_values(desk: Desk) -> None:
    def broken(settings: Settings) -> str:
        return "no display" if settings["screenshot_interval_seconds"] == 300 else ""

    async def scene() -> None:
        desk.collectors.broken = broken
        async with desk.working():
            await settle(desk)
            good = desk.server.document.etag
            desk.server.save(screenshot_interval_seconds=300)
            await settle(desk, "rejected")
            status = desk.server.reports[-1][1].policy
            assert (status.error, status.effective_etag) == ("no display", good)
            assert desk.collectors.running is not None
            assert desk.collectors.running["screenshot_interval_seconds"] == 600

    play(scene())


def test_a_fault_inside_a_probe_does_not_end_the_agent(desk: Desk) -> None:
    def broken(settings: Settings) -> str:
        raise ZeroDivisionError("in a probe") if settings["screenshot_quality"] == 50 else ValueError

    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.collectors.broken = lambda settings: broken(settings) if settings["screenshot_quality"] == 50 else ""
            desk.server.save(screenshot_quality=50)
            await settle(desk, "rejected")
            assert desk.server.reports[-1][1].policy.error == "ZeroDivisionError: in a probe"
            desk.server.save(screenshot_quality=60)
            await settle(desk)

    play(scene())


def test_a_forged_policy_changes_nothing_and_is_not_fetched_again_and_again(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.streams_pass = False
            desk.server.end_streams()
            forger = SigningKey.generate()
            forged = policy.issue(company_id=COMPANY, epoch=1, version=2, settings=desk.server.settings, key=forger)
            desk.server.push(forged)
            await until(lambda: "rejected" in desk.server.states(2), within=30)
            await passing(600)
            assert desk.server.states(2).count("rejected") <= 3, "once when it came, else with the heartbeats"
            assert len([1 for document in desk.ears.documents if document.etag == forged.etag]) == 1
            assert len(desk.collectors.applied) == 2, "the first time without, then with the person's word"

    play(scene())


def test_keys_are_rotated_under_a_running_agent_and_under_a_sleeping_one(desk: Desk) -> None:
    async def scene() -> None:
        first, second, third = desk.server.key, SigningKey.generate(), SigningKey.generate()
        async with desk.working():
            await settle(desk)
            for key, announced in ((first, [second.public]), (second, [])):
                desk.server.version += 1
                desk.server.push(_issue(desk, key, announced))
                await settle(desk)
        desk.server.version += 1
        said = [second.endorse(third.public)]
        desk.server.push(_issue(desk, third, [], said))
        async with desk.working():
            await settle(desk)

    play(scene())


def _issue(
    desk: Desk, key: SigningKey, announced: Sequence[PublicKey], said: Sequence[Endorsement] = ()
) -> PolicyDocument:
    return policy.issue(
        company_id=COMPANY, epoch=1, version=desk.server.version, settings=desk.server.settings, key=key,
        announced=announced, endorsements=said,
    )  # fmt: skip


def test_the_same_version_signed_anew_is_answered(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            before = len(desk.collectors.applied)
            anew = desk.server.push(_issue(desk, desk.server.key, [SigningKey.generate().public]))
            await until(lambda: desk.server.reports[-1][1].policy.etag == anew.etag)
            await settle(desk)
            assert len(desk.collectors.applied) == before

    play(scene())


def test_two_quick_saves_are_both_answered_and_the_last_holds(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            one = desk.server.save(screenshot_quality=60)
            two = desk.server.save(screenshot_quality=70)
            await settle(desk)
            answered = [report.policy.etag for _at, report in desk.server.reports]
            assert one.etag in answered
            assert answered.index(one.etag) < answered.index(two.etag)
            assert desk.collectors.running is not None
            assert desk.collectors.running["screenshot_quality"] == 70

    play(scene())


def test_the_report_says_who_what_and_how(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
        report = desk.server.reports[-1][1]
        assert (report.boot_id, report.os, report.app_version) == ("boot-1", "Linux", "0.1.0")
        assert report.capabilities == {"screenshots": True, "recording": True, "unsupported": []}
        assert (report.queue.waiting, report.queue.lost) == (0, [])
        assert report.policy.effective_etag == desk.server.document.etag

    play(scene())


def test_a_cache_that_cannot_be_read_is_said_and_got_over(desk: Desk) -> None:
    async def scene() -> None:
        desk.profile.mkdir()
        (desk.profile / "state.json").write_text("{broken")
        async with desk.working():
            await settle(desk)
        assert desk.said[0].startswith("The cache cannot be read (state.json: ")

    play(scene())


def test_a_cache_that_cannot_be_written_is_said_and_got_over(desk: Desk) -> None:
    async def scene() -> None:
        desk.profile.write_text("a file where the folder should be")
        async with desk.working():
            await settle(desk)
        assert any(line.startswith("The cache cannot be written (") for line in desk.said)

    play(scene())


def test_a_revoked_device_stops_for_good_and_forgets_its_token(desk: Desk) -> None:
    async def scene() -> None:
        desk.cache.keep_identity(Identity("http://server", 7, TOKEN, COMPANY, "Gnomon Ltd", []))
        async with desk.working():
            await settle(desk)
            desk.server.revoke("removed by an administrator")
            await until(lambda: desk.finished)
            asked = len(desk.server.asked)
            assert desk.collectors.running is None
            await passing(3600)
            assert len(desk.server.asked) == asked
        assert desk.cache.identity() is None
        assert "This device was revoked (removed by an administrator): recording stopped for good" in desk.said

    play(scene())


def test_a_device_revoked_while_it_was_offline_learns_it_at_the_next_request(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
        desk.server.tokens.clear()
        async with desk.working():
            await until(lambda: desk.finished)
            assert desk.collectors.running is None

    play(scene())


def test_a_suspension_is_confirmed_at_once_and_so_is_its_end(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.become("SUSPENDED")
            await until(lambda: desk.server.reports[-1][1].capabilities["recording"] is False, within=1)
            status = desk.server.reports[-1][1].policy
            assert (status.state, status.effective_etag) == ("received", "")
            assert desk.collectors.running is None
            await passing(1000)
            assert desk.collectors.running is None
            assert len(desk.server.streams) == 1, "the stream stays open"
            desk.server.become("ACTIVE")
            await until(lambda: desk.server.reports[-1][1].policy.state == "applied", within=2)
            assert desk.server.reports[-1][1].capabilities["recording"] is True

    play(scene())


def test_an_agent_that_starts_during_a_suspension_asks_every_five_minutes(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
        desk.server.status = "SUSPENDED"
        desk.server.asked.clear()
        async with desk.working():
            await until(lambda: desk.server.reports[-1][1].policy.effective_etag == "")
            await passing(1000)
            assert desk.collectors.running is None
            assert desk.server.times(POLICY, streaming=True) == pytest.approx([0.05, 300.05, 600.05, 900.05], abs=0.1)
            desk.server.status = "ACTIVE"
            await until(lambda: desk.collectors.running, within=301)

    play(scene())


def test_a_notice_is_read_once_and_shown(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.announce("message", text="The office closes at four.")
            desk.server.announce("task_changed", task=9)
            await until(lambda: len(desk.person.shown) == 2)
            desk.server.announce("message", text="Correction: at five.")
            await until(lambda: len(desk.person.shown) == 3)
        assert [item.id for item in desk.person.shown] == [1, 2, 3]

    play(scene())


def test_an_unknown_section_is_reported_and_the_settings_hold(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.version += 1
            document = policy.issue(
                company_id=COMPANY, epoch=1, version=2, key=desk.server.key,
                settings={**desk.server.settings, "screenshot_quality": 90}, sections={"working_hours": {"from": 9}},
            )  # fmt: skip
            desk.server.push(document)
            await settle(desk, "unsupported")
            report = desk.server.reports[-1][1]
            assert report.policy.effective_etag == document.etag
            assert report.capabilities["unsupported"] == ["section working_hours"]
            assert msgspec.UNSET is not report.policy.error
            assert desk.collectors.running is not None
            assert desk.collectors.running["screenshot_quality"] == 90

    play(scene())
