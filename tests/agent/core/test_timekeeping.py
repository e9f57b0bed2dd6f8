"""Steady time and the way back to the wall clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sundial.agent.core.sensing import Moment
from sundial.agent.core.timekeeping import JUMP, Timekeeper

T0 = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
steps = st.lists(
    st.tuples(st.floats(0, 100), st.one_of(st.just(0.0), st.floats(0, 50_000)), st.floats(-(10**8), 10**8)), max_size=20
)


def moment(seconds: float, *, slept: float = 0.0, clock: float = 0.0) -> Moment:
    return Moment(T0 + timedelta(seconds=seconds + slept + clock), 100 + seconds, 300 + seconds + slept)


def test_while_clocks_agree_steady_time_is_the_wall_clocks() -> None:
    time = Timekeeper(moment(0))
    look = time.look(moment(5.25))
    assert look.at == time.wall(look.at) == T0 + timedelta(seconds=5.25)
    assert time.mono_ms(look.at) == 105_250
    assert [look.slept, look.unseen, bool(look.jumped)] == [False, False, False]


def test_sleep_is_what_one_clock_counts_and_the_other_does_not() -> None:
    time = Timekeeper(moment(0))
    look = time.look(moment(1, slept=500))
    assert look.slept
    assert not look.jumped
    assert look.at - look.before == timedelta(seconds=501)
    assert time.mono_ms(look.at) == 101_000


def test_at_a_jump_a_stretch_ends_in_the_old_time_and_the_next_begins_in_the_new() -> None:
    time = Timekeeper(moment(0))
    at = time.look(moment(2, clock=-3600)).at
    assert time.wall(at, ends=True) == T0 + timedelta(seconds=2)
    assert time.wall(at) == T0 + timedelta(seconds=2 - 3600)


def test_a_reading_that_was_interrupted_counts_no_second_twice() -> None:
    time = Timekeeper(moment(0))
    time.look(Moment(T0 + timedelta(seconds=5), 100.0, 305.0))  # stopped for five seconds between two clocks
    assert time.look(moment(6)).at == T0 + timedelta(seconds=6)


def test_looking_ahead_changes_nothing() -> None:
    time = Timekeeper(moment(0))
    assert time.steady(moment(30)) == T0 + timedelta(seconds=30)
    assert time.look(moment(1)).at == T0 + timedelta(seconds=1)


def test_clocks_that_stand_still_or_go_back_move_steady_time_not_at_all() -> None:
    time = Timekeeper(moment(0))
    assert time.look(Moment(T0, 90, 290)).at == T0


@given(steps)
def test_steady_time_is_what_passed_and_the_wall_clock_is_told_within_a_second(
    many: list[tuple[float, float, float]],
) -> None:
    seconds = slept = clock = 0.0
    time = Timekeeper(moment(0))
    for awake, asleep, jump in many:
        seconds, slept, clock = seconds + awake, slept + asleep, clock + jump
        now = moment(seconds, slept=slept, clock=clock)
        look = time.look(now)
        assert abs((look.at - T0).total_seconds() - seconds - slept) < 0.01
        assert abs(time.wall(look.at) - now.now) <= JUMP + timedelta(milliseconds=2)
