"""The arithmetic behind the parts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.ui import rules

COUNTS = st.dictionaries(st.sampled_from(rules.PROGRESS_STATES), st.integers(0, 50_000))


@given(COUNTS)
def test_segments_lie_side_by_side_and_fill_the_line(counts: dict[str, int]) -> None:
    laid = rules.segments(counts)
    assert [part.key for part in laid] == list(rules.PROGRESS_STATES)
    for left, right in itertools.pairwise(laid):
        assert right.x == pytest.approx(left.x + left.width, abs=0.01)
    assert sum(part.width for part in laid) == pytest.approx(100 if any(counts.values()) else 0, abs=0.01)


def test_no_agents_draw_an_empty_line() -> None:
    assert {part.width for part in rules.segments({})} == {0.0}


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=60))
def test_a_sparkline_stays_inside_its_box(values: list[float]) -> None:
    points = rules.spark_points(values, 88, 28)
    assert len(points) == len(values)
    assert all(0 <= x <= 88 and 0 <= y <= 28 for x, y in points)


def test_a_flat_line_of_zeros_lies_on_the_floor() -> None:
    assert rules.spark_points([0, 0, 0], 88, 28) == [(0.0, 28.0), (44.0, 28.0), (88.0, 28.0)]
    assert rules.spark_points([], 88, 28) == []


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 7, [1, 2, None, 7]),
        (4, 7, [1, 2, 3, 4, 5, 6, 7]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
        (1, 0, []),
    ],
)
def test_far_pages_are_left_out_but_a_gap_of_one_is_filled(page: int, pages: int, shown: list[int | None]) -> None:
    assert rules.page_window(page, pages) == shown


def test_a_second_click_on_a_column_turns_the_order_round() -> None:
    assert rules.next_ordering("", "name") == "name"
    assert rules.next_ordering("name", "name") == "-name"
    assert rules.next_ordering("-name", "name") == "name"
    assert [rules.sorted_as(order, "name") for order in ("name", "-name", "seen")] == [
        "ascending",
        "descending",
        "none",
    ]
