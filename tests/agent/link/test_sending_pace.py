"""When facts are sent, in exact virtual time: soon, in company, in order of importance, and never too often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from sundial.agent.core import events
from sundial.agent.core.store import CannotKeep
from sundial.agent.link.doors import open_client
from sundial.agent.link.errors import Revoked
from sundial.protocol.messages import Lost
from tests.agent.fact_server import BATCHES, PICTURES, Fault, page, refusal
from tests.agent.link.senders import Post
from tests.agent.outbox.facts import BEGIN, apps, eid, meta, picture
from tests.agent.virtual_time import passing, play, until
from tests.agent.wire import Wire


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


@asynccontextmanager
async def working(post: Post) -> AsyncIterator[None]:
    async with open_client("http://server", Wire(post.server)) as client, post.working(client):
        yield


def now() -> float:
    return asyncio.get_running_loop().time()


def highest(_low: float, high: float) -> float:
    return high


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


async def emptied(post: Post, within: float = 5.0) -> None:
    """Until nothing waits; looked at a thousand times, for a look goes to the disk."""
    await until(post.empty, within, every=within / 1000)


def put(post: Post, *numbers: int, at_once: bool = False) -> None:
    post.outbox.put(apps(range(*numbers)), BEGIN)
    post.sender.wake(at_once=at_once)


def put_pictures(post: Post, *numbers: int) -> None:
    for number in range(*numbers):
        post.outbox.put_picture(meta(number), picture(number), BEGIN)
    post.picturer.wake()


# Events


def test_what_is_put_within_two_seconds_goes_together(post: Post) -> None:
    async def scene() -> None:
        async with working(post):
            await passing(10)
            put(post, 0, 3)
            await passing(1.5)
            put(post, 3, 5)
            await emptied(post)
            assert post.server.asked == [(pytest.approx(12.0, abs=0.01), BATCHES, 5)]

    play(scene())


def test_what_others_wait_to_see_goes_at_once(post: Post) -> None:
    async def scene() -> None:
        async with working(post):
            await passing(10)
            put(post, 0, 3)
            await passing(0.5)
            put(post, 3, 4, at_once=True)
            await emptied(post)
            put(post, 4, 5, at_once=True)
            await emptied(post)
            assert post.server.times() == pytest.approx([10.5, 10.5], abs=0.01)

    play(scene())


def test_a_wake_during_a_request_is_not_lost(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [Fault("hold")]
        async with working(post):
            put(post, 0, 1, at_once=True)
            await until(lambda: post.server.asked)
            put(post, 1, 2, at_once=True)
            await emptied(post, within=100)
        assert sorted(post.server.events) == [eid(0), eid(1)]

    play(scene())


def test_a_backlog_goes_without_a_pause_500_at_a_time(post: Post) -> None:
    async def scene() -> None:
        post.outbox.put(apps(range(1700)), BEGIN)
        async with working(post):
            await emptied(post)
            assert post.server.sizes() == [500, 500, 500, 200]
            assert now() < 0.1, "what was left over from the last run goes at the start"

    play(scene())


def test_it_looks_every_minute_even_if_nobody_wakes_it(post: Post) -> None:
    async def scene() -> None:
        async with working(post):
            await passing(10)
            post.outbox.put(apps(range(3)), BEGIN)
            await emptied(post, within=61)

    play(scene())


def test_with_nothing_to_send_nothing_is_asked(post: Post) -> None:
    async def scene() -> None:
        async with working(post):
            for _ in range(10):
                post.sender.wake(at_once=True)
                post.picturer.wake()
                await passing(1000)
        assert post.server.asked == []

    play(scene())


# Patience


def test_waits_between_tries_double_to_a_minute(post: Post) -> None:
    async def scene() -> None:
        post.uniform = highest
        post.server.faults = [Fault()] * 1000
        async with working(post):
            put(post, 0, 3, at_once=True)
            await passing(500)
        assert gaps(post.server.times())[:9] == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60, 60], abs=0.01)
        assert post.host.said[0] == "Events not sent: 500 Internal Server Error; kept, trying again in 1.0 s"

    play(scene())


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_even_when_the_stream_comes_back(post: Post, status: int) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(status, "busy", **{"retry-after": "100"})]
        async with working(post):
            put(post, 0, 3, at_once=True)
            await passing(50)
            post.presence.set_streaming(True)
            await emptied(post, within=100)
        assert gaps(post.server.times()) == pytest.approx([110], abs=0.1)

    play(scene())


def test_a_stream_that_opens_ends_a_wait_that_nobody_asked_for(post: Post) -> None:
    async def scene() -> None:
        post.uniform = highest
        post.server.faults = [Fault()] * 7
        async with working(post):
            put(post, 0, 3, at_once=True)
            await passing(65)
            assert len(post.server.asked) == 7
            post.presence.set_streaming(True)
            await emptied(post, within=2)

    play(scene())


def test_a_suspended_company_is_asked_every_five_minutes_and_nothing_is_forgotten(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(403, "suspended")] * 3
        async with working(post):
            put(post, 0, 3, at_once=True)
            await until(lambda: post.host.happened == [events.DoorsClosed("suspended")])
            await emptied(post, within=1000)
        assert gaps(post.server.times()) == pytest.approx([300, 300, 300], abs=0.1)
        assert post.host.happened[-1] == events.DoorsOpen()

    play(scene())


def test_the_end_of_a_suspension_is_noticed_at_once(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(403, "suspended")]
        async with working(post):
            put(post, 0, 3, at_once=True)
            await passing(20)
            post.presence.opened()
            await emptied(post, within=2)

    play(scene())


def test_an_unknown_token_stops_recording_and_keeps_the_events(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(401, "unauthorized")] * 3
        async with working(post):
            put(post, 0, 3, at_once=True)
            await until(lambda: post.host.happened == [events.DoorsClosed("unknown")])
            await emptied(post, within=100)

    play(scene())


@pytest.mark.parametrize("door", ["events", "pictures"])
def test_a_revocation_ends_the_loops_and_forgets_nothing(post: Post, door: str) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(403, "revoked")]
        async with working(post):
            if door == "events":
                put(post, 0, 3, at_once=True)
            else:
                put_pictures(post, 0, 3)
            await passing(100)

    with pytest.raises(ExceptionGroup) as group:
        play(scene())
    assert isinstance(group.value.exceptions[0], Revoked)
    assert post.outbox.queue().waiting == 3


def test_a_server_that_answers_byte_by_byte_for_ever_is_left(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [Fault("hold"), Fault("hold")]
        async with working(post):
            put(post, 0, 3, at_once=True)
            await emptied(post, within=200)
        assert gaps(post.server.times()) == pytest.approx([90.5, 91], abs=0.6)
        assert any("no answer" in line for line in post.host.said)

    play(scene())


def test_an_answer_that_names_nothing_is_not_asked_for_again_at_once(post: Post) -> None:
    async def scene() -> None:
        post.uniform = highest
        post.server.faults = [Fault("answer", (200, {}, b'{"accepted": [], "duplicate": [], "rejected": []}'))] * 6
        async with working(post):
            put(post, 0, 3, at_once=True)
            await emptied(post, within=200)
        assert gaps(post.server.times()) == pytest.approx([1, 2, 4, 8, 16, 32], abs=0.01)
        assert len(post.server.batches) == 1

    play(scene())


def test_an_event_that_breaks_the_server_holds_up_no_other(post: Post) -> None:
    broken = (500, {}, b"")

    async def scene() -> None:
        post.outbox.put(apps(range(40)), BEGIN)
        post.server.poison = lambda one: broken if one == eid(17) else None
        async with working(post):
            await until(lambda: post.server.asked)
            put(post, 100, 110)
            await passing(900)
            assert {eid(number) for number in range(100, 110)} <= post.server.events.keys(), "the newer go first"
            await passing(4 * 3600)
        assert len(post.server.events) == 49
        status = post.outbox.queue()
        assert (status.waiting, status.lost) == (1, []), "it is kept: who knows whose fault it is"
        assert post.server.changed == []

    play(scene())


def test_an_answer_that_never_names_an_event_holds_up_no_other(post: Post) -> None:
    nothing = (200, {}, b'{"accepted": [], "duplicate": [], "rejected": []}')

    async def scene() -> None:
        post.outbox.put(apps(range(3)), BEGIN)
        post.server.poison = lambda one: nothing if one == eid(1) else None
        async with working(post):
            await passing(4 * 3600)
        assert sorted(post.server.events) == [eid(0), eid(2)]
        assert post.outbox.queue().waiting == 1

    play(scene())


def test_a_picture_that_breaks_the_server_holds_up_no_other(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [Fault()] * 8
        async with working(post):
            put_pictures(post, 0, 3)
            await emptied(post, within=600)
        assert [*post.server.pictures] == [eid(1), eid(2), eid(0)]

    play(scene())


def test_a_disk_that_takes_nothing_is_said_and_got_over(post: Post) -> None:
    connection = post.outbox._file._connection  # made read-only from inside

    async def scene() -> None:
        async with working(post):
            put(post, 0, 3, at_once=True)
            await emptied(post)
            put(post, 3, 6)
            connection.execute("PRAGMA query_only = ON")
            with pytest.raises(CannotKeep):
                put(post, 6, 7)
            await passing(300)
            connection.execute("PRAGMA query_only = OFF")
            await emptied(post, within=61)
        said = [
            line for line in post.host.said if line.startswith("The outbox cannot be written: the disk is read-only")
        ]
        assert 3 < len(said) < 30

    play(scene())


# Pictures


def test_a_backlog_of_pictures_leaves_the_line_to_others(post: Post) -> None:
    async def scene() -> None:
        async with working(post):
            put_pictures(post, 1000, 1500)
            await passing(100)
            put(post, 0, 3, at_once=True)
            began = now()
            await until(lambda: len(post.server.events) == 3)
            assert now() - began < 0.1
            await emptied(post, within=1000)
        times = post.server.times(PICTURES)
        assert len(times) == 500
        assert min(gaps(times)) > 0.99
        assert times[-1] < 600
        assert [*post.server.pictures] == [eid(number) for number in range(1000, 1500)], "the oldest first"

    play(scene())


def test_events_go_before_pictures(post: Post) -> None:
    async def scene() -> None:
        post.outbox.put(apps(range(1200)), BEGIN)
        post.outbox.put_picture(meta(5000), picture(1), BEGIN)
        post.server.faults = [Fault(), Fault()]
        async with working(post):
            await emptied(post, within=30)
        assert [where for _at, where, _many in post.server.asked] == [BATCHES] * 5 + [PICTURES]

    play(scene())


def test_a_door_for_events_that_stays_broken_does_not_hold_pictures_for_ever(post: Post) -> None:
    async def scene() -> None:
        post.outbox.put(apps(range(3)), BEGIN)
        post.outbox.put_picture(meta(5000), picture(1), BEGIN)
        post.server.poison = lambda _eid: (500, {}, b"")
        async with working(post):
            await until(lambda: post.server.pictures, within=61)

    play(scene())


def test_no_room_at_the_server_is_asked_for_again_in_an_hour(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(403, "quota")]
        async with working(post):
            put_pictures(post, 0, 2)
            await emptied(post, within=4000)
        assert gaps(post.server.times(PICTURES)) == pytest.approx([3600, 1], abs=0.1)
        assert post.outbox.queue().lost == []

    play(scene())


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "malformed"),
        (409, "conflict"),
        (413, "too_large"),
        (415, "not_an_image"),
        (422, "malformed"),
        (403, "screenshots_disabled"),
    ],
)
def test_a_picture_that_the_server_will_never_take_is_set_aside_with_its_reason(
    post: Post, status: int, code: str
) -> None:
    async def scene() -> None:
        post.server.faults = [refusal(status, code)]
        async with working(post):
            put_pictures(post, 0, 3)
            await emptied(post, within=10)
        assert [*post.server.pictures] == [eid(1), eid(2)]
        assert post.outbox.queue().lost == [Lost(f"rejected:{code}", 1)]
        assert [(one, why) for one, why, _message in post.outbox.set_aside()] == [(eid(0), code)]
        assert any(line.startswith("The server does not take screenshot") for line in post.host.said)

    play(scene())


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503])
def test_a_page_in_place_of_an_answer_loses_no_picture(post: Post, status: int) -> None:
    async def scene() -> None:
        post.server.faults = [page(status)] * 3
        async with working(post):
            put_pictures(post, 0, 2)
            await emptied(post, within=100)
        assert [*post.server.pictures] == [eid(0), eid(1)]
        assert post.outbox.queue().lost == []
        assert len(post.server.times(PICTURES)) == 5

    play(scene())


@pytest.mark.parametrize("body", [b"{}", b'{"status": true}', b'{"eid": null}', b'{"eid": "another"}', b"[]", b"null"])
def test_an_answer_that_does_not_name_the_picture_is_none(post: Post, body: bytes) -> None:
    async def scene() -> None:
        post.server.faults = [Fault("answer", (201, {}, body))]
        async with working(post):
            put_pictures(post, 0, 1)
            await emptied(post, within=10)
        assert [*post.server.pictures] == [eid(0)]

    play(scene())


def test_a_picture_stored_though_its_answer_was_lost_is_there_once(post: Post) -> None:
    async def scene() -> None:
        post.server.faults = [Fault("answer", (502, {}, b""), stores=True)] * 2
        async with working(post):
            put_pictures(post, 7, 8)
            await emptied(post, within=100)
        assert post.server.pictures == {eid(7): picture(7)}
        assert post.server.changed == []

    play(scene())
