"""The link's paces and tempers, in exact virtual time: when it asks, when it waits, what it does about each refusal."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from sundial.agent.link.doors import enrol, open_client
from sundial.agent.link.errors import Refused, Trouble
from sundial.protocol.messages import EnrolRequest
from tests.agent.desk import Desk
from tests.agent.small_server import COMPANY, TOKEN, page, refuse
from tests.agent.virtual_time import passing, play, until

POLICY, STATUS, WORDS = "/agent/v1/policy", "/agent/v1/status", "/agent/v1/acknowledgements"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "profile")


def now() -> float:
    return asyncio.get_running_loop().time()


async def settle(desk: Desk) -> None:
    await until(lambda: "applied" in desk.server.states(desk.server.version), within=30)
    await until(lambda: desk.server.words)


def highest(_low: float, high: float) -> float:
    return high


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


# The stream


def test_comments_keep_a_stream_alive_for_hours(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            await passing(7200)
            assert desk.server.count(POLICY, streaming=True) == 1

    play(scene())


def test_a_minute_of_silence_means_that_the_stream_is_dead(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.comment_every = None
        async with desk.working():
            await settle(desk)
            begun = desk.server.times(POLICY, streaming=True)[0]
            await until(lambda: desk.server.count(POLICY, streaming=True) == 2, within=100)
            assert now() - begun == pytest.approx(60 + 0.5, abs=0.1), "half a second is the middle of the first wait"
            assert len(desk.server.streams) == 1
        assert any("nothing heard for 60 s" in line for line in desk.said)

    play(scene())


def test_waits_between_tries_double_to_a_minute(desk: Desk) -> None:
    async def scene() -> None:
        desk.uniform = highest
        desk.server.next_answers = [(POLICY, refuse(502, "bad_gateway"))] * 1000
        async with desk.working():
            await passing(500)
        tries = desk.server.times(POLICY, streaming=True)
        assert gaps(tries)[:9] == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60, 60], abs=0.01)

    play(scene())


def test_only_a_minute_of_health_lets_the_waits_begin_anew(desk: Desk) -> None:
    async def scene() -> None:
        desk.uniform = highest
        async with desk.working():
            for health in (10, 10, 10, 61, 10):
                await until(lambda: desk.server.streams, within=120)
                await passing(health)
                desk.server.end_streams()
                await until(lambda: not desk.server.streams)
            await until(lambda: desk.server.streams, within=120)
        tries = desk.server.times(POLICY, streaming=True)
        assert gaps(tries) == pytest.approx([11, 12, 14, 62, 12], abs=0.1)

    play(scene())


def test_after_a_goodbye_it_comes_back_when_it_was_told(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            begun = now()
            desk.server.goaway(2000, 6000)
            await until(lambda: desk.server.count(POLICY, streaming=True) == 2)
            assert now() - begun == pytest.approx(4.0, abs=0.05)
        assert "The server restarts: live connection again in 4.0 s" in desk.said

    play(scene())


def test_a_stream_that_breaks_is_opened_again_with_what_is_known(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.wire.cut()
            desk.wire.mend()
            await until(lambda: desk.server.count(POLICY, streaming=True) == 2)
            await passing(10)
        assert desk.server.asked[-1].headers["if-none-match"] == f'"{desk.server.document.etag}"'
        assert len(desk.ears.documents) == 1

    play(scene())


@pytest.mark.parametrize("event", ["policy", "notice", "goaway"])
def test_an_event_that_makes_no_sense_ends_the_stream_not_the_agent(desk: Desk, event: str) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.send(event, {"colour": "red"})
            await until(lambda: desk.server.count(POLICY, streaming=True) == 2)
            desk.server.save(screenshot_quality=60)
            await settle(desk)
        assert any("an event that cannot be read" in line for line in desk.said)

    play(scene())


def test_events_of_later_versions_are_passed_over(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.send("confetti", {"colour": "red"})
            desk.server.save(screenshot_quality=60)
            await settle(desk)
            assert desk.server.count(POLICY, streaming=True) == 1

    play(scene())


# The poll


def test_without_streams_it_polls_at_the_policys_pace(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.streams_pass = False
        desk.server.settings["config_sync_interval_seconds"] = 30
        desk.server.save()
        async with desk.working():
            await settle(desk)
            desk.server.asked.clear()
            await passing(305)
            assert desk.server.count(POLICY, streaming=False) == 10
            desk.server.save(screenshot_quality=60)
            await until(lambda: "applied" in desk.server.states(desk.server.version), within=31)

    play(scene())


def test_with_a_stream_it_polls_every_five_minutes(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            await passing(1501)
            assert gaps(desk.server.times(POLICY, streaming=False)) == pytest.approx([300] * 4, abs=0.1)

    play(scene())


def lowest(low: float, high: float) -> float:
    """Of a pace the shortest, of a full jitter the longest: for that begins at nothing."""
    return low or high


@pytest.mark.parametrize(("chance", "seconds"), [(lowest, 8.0), (highest, 12.0)])
def test_polls_are_spread_by_a_fifth(desk: Desk, chance: Callable[[float, float], float], seconds: float) -> None:
    async def scene() -> None:
        desk.uniform = chance
        desk.server.streams_pass = False
        async with desk.working():
            await passing(100)
        assert gaps(desk.server.times(POLICY, streaming=False))[3:6] == pytest.approx([seconds] * 3, abs=0.1)

    play(scene())


def test_the_server_may_slow_everyone_down(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.streams_pass = False
        desk.server.poll_header = "120"
        async with desk.working():
            await settle(desk)
            await passing(500)
        assert gaps(desk.server.times(POLICY, streaming=False)) == pytest.approx([120] * 4, abs=0.1)

    play(scene())


def test_an_answer_that_names_a_newer_policy_makes_it_poll_soon(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.streams_pass = False
        desk.server.poll_header = "600"
        async with desk.working():
            await settle(desk)
            desk.server.save(screenshot_quality=60)
            await until(lambda: 2 in [document.version for document in desk.ears.documents], within=310)

    play(scene())


def test_an_unchanged_poll_brings_nothing(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.streams_pass = False
        async with desk.working():
            await passing(300)
        assert len(desk.ears.documents) == 1

    play(scene())


def test_a_captive_portal_is_trouble_and_nothing_else(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.next_answers = [(POLICY, page())] * 5 + [(STATUS, page())] * 2
        async with desk.working():
            await settle(desk)
        assert any("Config poll failed: the answer is not from a Sundial server" in line for line in desk.said)
        assert any("Report not sent: the answer is not from a Sundial server" in line for line in desk.said)

    play(scene())


# Refusals


def test_retry_after_is_obeyed_by_each_door(desk: Desk) -> None:
    async def scene() -> None:
        busy = refuse(503, "unavailable", **{"retry-after": "100"})
        desk.server.next_answers = [(POLICY, busy), (POLICY, busy), (STATUS, refuse(429, "x", **{"retry-after": "7"}))]
        async with desk.working():
            await until(lambda: desk.server.count(POLICY, streaming=True) == 2, within=200)
            assert gaps(desk.server.times(POLICY, streaming=True)) == pytest.approx([110], abs=0.1)
            assert desk.server.times(POLICY, streaming=False)[0] == pytest.approx(1.0, abs=0.1)
            await settle(desk)
            assert gaps(desk.server.times(STATUS))[0] == pytest.approx(7.7, abs=0.1)

    play(scene())


def test_an_unknown_token_stops_recording_until_the_server_knows_it_again(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.tokens = {"another"}
            desk.server.end_streams()
            await until(lambda: desk.collectors.running is None)
            assert any(line.startswith("The server does not know this device") for line in desk.said)
            await passing(200)
            assert not desk.finished, "it was not revoked"
            desk.server.tokens = {TOKEN}
            await until(lambda: desk.collectors.running, within=61)
            await settle(desk)

    play(scene())


def test_a_door_that_is_not_there_is_tried_again(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.next_answers = [(POLICY, refuse(404, "not_found"))] * 3
        async with desk.working():
            await settle(desk)

    play(scene())


# Reports


def test_a_heartbeat_comes_when_nothing_changes(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            await passing(5)
            before = len(desk.server.reports)
            await passing(1500)
            assert len(desk.server.reports) - before == 5
            assert desk.server.states()[-5:] == ["applied"] * 5

    play(scene())


def test_the_server_sets_the_pace_of_heartbeats(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.heartbeat_s = 60
        async with desk.working():
            await settle(desk)
            await passing(5)
            before = len(desk.server.reports)
            await passing(600)
            assert len(desk.server.reports) - before == 10

    play(scene())


def test_a_report_that_did_not_arrive_is_sent_again_in_order(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.reports.clear()
            desk.server.next_answers = [(STATUS, refuse(500, "oh"))] * 3
            desk.server.save(screenshot_quality=60)
            desk.server.save(screenshot_quality=61)
            await settle(desk)
        versions = [report.policy.version for _at, report in desk.server.reports]
        assert versions == sorted(versions)
        assert set(versions) == {2, 3}

    play(scene())


def test_reports_wait_no_longer_than_until_the_stream_is_back(desk: Desk) -> None:
    async def scene() -> None:
        desk.uniform = highest
        async with desk.working():
            await settle(desk)
            await passing(61)
            desk.server.next_answers = [(STATUS, refuse(503, "oh", **{"retry-after": "1000"}))]
            desk.server.save(screenshot_quality=60)
            await until(lambda: not desk.server.next_answers)
            desk.server.end_streams()
            await until(lambda: "applied" in desk.server.states(2), within=2)

    play(scene())


def test_a_report_that_is_never_taken_is_left_out(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.next_answers = [(STATUS, refuse(422, "malformed"))]
            desk.server.save(screenshot_quality=60)
            await until(lambda: "applied" in desk.server.states(2), within=301)  # the next heartbeat
            assert desk.server.states(2) == ["applied"]
        assert any(line.startswith("The server does not take this report: 422") for line in desk.said)

    play(scene())


def test_the_whole_report_is_given_again_once_when_asked_for(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.full = True
            desk.server.save(screenshot_quality=60)
            await passing(100)
        assert desk.server.states(2) == ["applied", "applied"]

    play(scene())


def test_a_state_on_the_way_is_told_only_when_it_lasts(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.save(screenshot_quality=60)
            await settle(desk)
            assert desk.server.states(2) == ["applied"]
            desk.collectors.pace = 2.0
            begun = now()
            desk.server.save(screenshot_quality=61)
            await settle(desk)
            assert desk.server.states(3) == ["applying", "applied"]
            assert desk.server.reports[-2][0] - begun == pytest.approx(0.25, abs=0.01)

    play(scene())


# The person's word


def test_a_word_is_brought_until_it_is_kept(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.next_answers = [(WORDS, refuse(503, "oh"))] * 3
        async with desk.working():
            await settle(desk)
            await passing(1)
        assert desk.server.count(WORDS) == 4
        state = desk.cache.state()
        assert state is not None
        assert state.unsent == []

    play(scene())


def test_a_word_outlives_a_restart(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.next_answers = [(WORDS, refuse(503, "oh"))] * 3
        async with desk.working():
            await until(lambda: desk.server.count(WORDS) == 1)
        desk.server.next_answers.clear()
        async with desk.working():
            await until(lambda: desk.server.words)
        assert len(desk.server.words) == 1

    play(scene())


def test_a_word_that_is_never_taken_is_set_aside(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.next_answers = [(WORDS, refuse(422, "malformed"))]
        async with desk.working():
            await until(lambda: desk.server.count(WORDS) == 1)
            await passing(100)
        assert desk.server.count(WORDS) == 1
        assert any(line.startswith("The server does not take this acknowledgement: 422") for line in desk.said)

    play(scene())


# Notices


def test_without_a_stream_notices_are_looked_for_now_and_then(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.streams_pass = False
        async with desk.working():
            await settle(desk)
            for number in range(3):
                desk.server.announce("message", text=str(number))
            await until(lambda: len(desk.person.shown) == 3, within=301)
            await passing(900)
        assert len(desk.person.shown) == 3
        assert desk.server.count("/agent/v1/notices") == 6

    play(scene())


def test_notices_that_could_not_be_read_are_read_later(desk: Desk) -> None:
    async def scene() -> None:
        async with desk.working():
            await settle(desk)
            desk.server.next_answers = [("/agent/v1/notices", refuse(500, "oh"))]
            desk.server.announce("message", text="hello")
            await until(lambda: desk.person.shown)

    play(scene())


# Enrolment

REQUEST = EnrolRequest("K7QF-9X2M-4TBD", "ada-laptop", "Linux", "0.1.0", "boot-1")


def test_a_code_becomes_a_token_and_the_keys_to_trust(desk: Desk) -> None:
    async def scene() -> None:
        desk.server.codes.add(REQUEST.code)
        async with open_client("http://server", desk.wire) as client:
            answer = await enrol(client, REQUEST)
            assert (answer.token, answer.company_id, answer.keys) == (TOKEN, COMPANY, [desk.server.key.public])
            with pytest.raises(Refused, match="404 refused: not_found"):
                await enrol(client, REQUEST)

    play(scene())


def test_enrolment_fails_in_plain_words_where_there_is_no_server(desk: Desk) -> None:
    async def scene() -> None:
        async with open_client("http://server", desk.wire) as client:
            desk.server.next_answers = [("/agent/v1/enrol", page(201)), ("/agent/v1/enrol", page(502))]
            with pytest.raises(Trouble, match="not from a Sundial server"):
                await enrol(client, REQUEST)
            with pytest.raises(Trouble, match="502 Bad Gateway"):
                await enrol(client, REQUEST)
            desk.wire.cut()
            with pytest.raises(Trouble, match="no route"):
                await enrol(client, REQUEST)

    play(scene())
