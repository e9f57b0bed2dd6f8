"""The small parts, each alone."""

import asyncio
from collections.abc import Mapping

import pytest

from sundial.gateway.batches import Batches
from sundial.gateway.bounded import Bounded
from sundial.gateway.loops import Loops
from sundial.gateway.metrics import Histogram
from sundial.gateway.secrets import bearer, token
from tests.loops import turn


class Archive:
    """Answers look-ups when the test lets it, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.trouble: Exception | None = None

    async def look_up(self, keys: list[int]) -> Mapping[int, str]:
        self.asked.append(keys)
        await self.open.wait()
        if self.trouble is not None:
            raise self.trouble
        return {key: str(key) for key in keys if key % 2}


async def test_who_asks_together_is_answered_by_one_query() -> None:
    archive, loops = Archive(), Loops()
    batches = Batches("test", loops, archive.look_up)
    answers = await asyncio.gather(*(batches.find(key) for key in [1, 2, 3, 1, 1]))
    assert answers == ["1", None, "3", "1", "1"]
    assert archive.asked == [[1, 2, 3]]
    await loops.end()


async def test_a_query_that_has_begun_is_no_answer_to_who_asks_later() -> None:
    archive, loops = Archive(), Loops()
    archive.open.clear()
    batches = Batches("test", loops, archive.look_up)
    first = asyncio.ensure_future(batches.find(1))
    await turn(2)
    assert archive.asked == [[1]]
    second = asyncio.ensure_future(batches.find(1))
    await turn()
    archive.open.set()
    assert [await first, await second] == ["1", "1"]
    assert archive.asked == [[1], [1]]
    await loops.end()


async def test_all_hear_of_a_failure_and_the_next_may_ask_again() -> None:
    archive, loops = Archive(), Loops()
    archive.trouble = OSError("away")
    batches = Batches("test", loops, archive.look_up)
    failed = await asyncio.gather(*(batches.find(key) for key in (1, 3)), return_exceptions=True)
    assert [str(one) for one in failed] == ["away", "away"]
    archive.trouble = None
    assert await batches.find(1) == "1"
    await loops.end()


async def test_who_gives_up_does_not_spoil_it_for_the_others() -> None:
    archive, loops = Archive(), Loops()
    archive.open.clear()
    batches = Batches("test", loops, archive.look_up)
    patient, hasty = (asyncio.ensure_future(batches.find(1)) for _ in range(2))
    await turn()
    hasty.cancel()
    await turn()
    archive.open.set()
    assert await patient == "1"
    assert hasty.cancelled()
    await loops.end()


async def test_who_waits_when_the_gateway_ends_is_let_go() -> None:
    archive, loops = Archive(), Loops()
    archive.open.clear()
    waiting = asyncio.ensure_future(Batches("test", loops, archive.look_up).find(1))
    await turn(2)
    await loops.end()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_work_that_fails_is_done_again_and_lasting_trouble_told_once(caplog: pytest.LogCaptureFixture) -> None:
    loops, enough = Loops(), asyncio.Event()
    course = iter([OSError("away"), OSError("away"), None, OSError("away again"), RuntimeError("stumbled")])

    async def work() -> None:
        trouble = next(course, None)
        if isinstance(trouble, RuntimeError):
            enough.set()
        if trouble is not None:
            raise trouble

    loops.every(0.001, "test", work)
    await asyncio.wait_for(enough.wait(), 5)
    await turn()
    await loops.end()
    assert [record.getMessage() for record in caplog.records] == ["test: away", "test: away again", "test failed"]


async def test_work_to_be_kept_begins_again_when_it_ends() -> None:
    loops, turns, enough = Loops(), list[int](), asyncio.Event()

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 2:
            enough.set()

    loops.keep("test", work)
    await asyncio.wait_for(enough.wait(), 5)
    await loops.end()
    assert turns == [0, 1]


def test_a_bounded_dictionary_forgets_what_came_first() -> None:
    bounded: Bounded[int, str] = Bounded(3)
    for number in (1, 2, 3, 1, 4):
        bounded[number] = str(number)
    assert list(bounded) == [2, 3, 4]


def test_a_histogram_counts_by_bound() -> None:
    histogram = Histogram()
    for seconds in (0.001, 0.005, 0.15, 99.0):
        histogram.observe(seconds)
    assert (histogram.counts[0], sum(histogram.counts), histogram.counts[-1]) == (2, 4, 1)


@pytest.mark.parametrize(
    ("header", "as_bearer", "as_token"),
    [
        (None, None, None),
        (b"", None, None),
        (b"Bearer abc", b"abc", None),
        (b"BEARER   abc ", b"abc", None),
        (b"Token abc", None, b"abc"),
        (b"Basic abc", None, None),
        (b"Bearer", b"", None),
    ],
)
def test_only_the_right_scheme_carries_a_secret(
    header: bytes | None, as_bearer: bytes | None, as_token: bytes | None
) -> None:
    assert (bearer(header), token(header)) == (as_bearer, as_token)
