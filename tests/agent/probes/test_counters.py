"""Counters of 32 bits, which wrap and start again."""

import pytest

from sundial.agent.probes.counters import TWO_32, Totals, grown, since_tick


@pytest.mark.parametrize(
    ("now", "then", "seconds"),
    [(5_000, 2_000, 3.0), (2_000, 2_000, 0.0), (1_500, TWO_32 - 500, 2.0), (0, TWO_32 - 1, 0.001)],
)
def test_idleness_bears_the_wrap_after_fifty_days(now: int, then: int, seconds: float) -> None:
    assert since_tick(now, then) == seconds


@pytest.mark.parametrize(
    ("now", "before", "by"), [(10, 4, 6), (4, 4, 0), (3, TWO_32 - 2, 5), (3, 10_000, 3), (0, 10_000, 0)]
)
def test_a_counter_that_wraps_goes_on_and_one_that_starts_again_counts_from_there(
    now: int, before: int, by: int
) -> None:
    assert grown(now, before) == by


def test_totals_give_what_came_since() -> None:
    assert Totals(10, 3, TWO_32 - 1).since(Totals(4, 3, TWO_32 - 3)) == Totals(6, 0, 2)
