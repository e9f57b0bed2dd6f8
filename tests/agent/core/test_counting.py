"""Input counts."""

from datetime import timedelta

from sundial.agent.core.records import End, Pause, Resume
from sundial.agent.core.sensing import Counted, Locked
from sundial.protocol.events import InputEvent
from tests.agent.core.play import MORNING, Play, seconds


def counting(play: Play | None = None) -> Play:
    return (play or Play()).working(enable_keyboard_tracking=True, enable_mouse_tracking=True)


def keys(play: Play) -> list[tuple[float, float, int]]:
    return [(seconds(one.start), seconds(one.end), one.keys) for one in play.kept(InputEvent)]


def type_for(play: Play, many: int) -> None:
    """A key a second."""
    for _ in range(many):
        play.pass_(1, touched=True)
        play.tell(Counted(keys=1))


def test_counts_belong_to_a_minute_at_most_and_none_is_lost() -> None:
    play = counting()
    type_for(play, 200)
    play.tell(End())
    assert sum(count for _, _, count in keys(play)) == 200
    for start, end, _ in keys(play):
        assert 0 < end - start <= 60


def test_a_minute_without_input_is_not_told() -> None:
    play = counting()
    play.pass_(300, touched=True)
    play.tell(Counted(keys=3), End())
    [(start, end, count)] = keys(play)
    assert (end, count) == (300, 3)
    assert end - start <= 60


def test_counts_are_cut_at_a_quarter_of_an_hour() -> None:
    play = counting(Play(now=MORNING.replace(minute=14, second=50)))
    type_for(play, 20)
    play.tell(End())
    first, second = play.kept(InputEvent)
    assert first.end == second.start == "2026-11-20T09:15:00.000Z"
    assert (first.keys, second.keys) == (10, 10)


def test_nothing_is_counted_in_a_pause_or_on_the_lock_screen() -> None:
    play = counting()
    type_for(play, 3)
    play.tell(Pause(), Counted(keys=100), Resume())
    play.tell(Locked(True), Counted(keys=100), Locked(False))
    type_for(play, 4)
    play.tell(End())
    assert sum(count for _, _, count in keys(play)) == 7


def test_counts_are_cut_where_the_machine_slept_and_where_the_clock_jumped() -> None:
    play = counting()
    type_for(play, 5)
    play.sleep(1000)
    type_for(play, 5)
    play.set_clock(timedelta(hours=-1))
    type_for(play, 5)
    play.tell(End())
    assert sum(count for _, _, count in keys(play)) == 15
    for start, end, _ in keys(play):
        assert 0 < end - start <= 10
