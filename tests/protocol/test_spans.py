"""Spans of sameness."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sundial.protocol import spans
from sundial.protocol.spans import NO_TIME, QUARTER, Span

T0 = datetime(2026, 3, 28, 23, 50, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def span(start: float, end: float, what: str = "a") -> Span[str]:
    return Span(at(start), at(end), what)


instants = st.integers(0, 4 * 3600 * 1000).map(lambda ms: T0 + timedelta(milliseconds=ms))
some_spans = st.lists(
    st.builds(lambda start, ms, what: Span(start, start + timedelta(milliseconds=ms), what),
              instants, st.integers(0, 3 * 3600 * 1000), st.sampled_from("abc")),
    max_size=12,
)  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> list[Span[str]]:
    """Spans that follow one another, as a recorder makes them: ordered, touching or apart, never overlapping."""
    edges = sorted(draw(st.lists(instants, min_size=2, max_size=20, unique=True)))
    kept = draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    whats = draw(st.lists(st.sampled_from("abc"), min_size=len(edges), max_size=len(edges)))
    pairs = zip(pairwise(edges), kept, whats, strict=False)
    return [Span(start, end, what) for (start, end), keep, what in pairs if keep]


def test_a_span_is_cut_at_every_quarter_of_an_hour_inside_it() -> None:
    parts = spans.cut_at_borders([span(0, 2400)])
    assert [(part.start, part.end) for part in parts] == [
        (at(0), at(600)),
        (at(600), at(1500)),
        (at(1500), at(2400)),
    ]


def test_a_span_from_border_to_border_is_one_piece() -> None:
    whole = span(600, 1500)
    assert spans.cut_at_borders([whole]) == [whole]
    assert spans.borders(whole) == []


def test_borders_are_utc_wherever_the_instant_was_written() -> None:
    far = datetime.fromisoformat("2026-03-29T05:52:00+05:45")
    assert spans.border_before(far) == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)


def test_a_border_before_1970_is_a_border_too() -> None:
    assert spans.border_before(datetime(1969, 12, 31, 23, 59, tzinfo=UTC)) == datetime(1969, 12, 31, 23, 45, tzinfo=UTC)


def test_only_instants_inside_cut() -> None:
    assert spans.cut(span(0, 10), [at(-1), at(0), at(4), at(4), at(10), at(11)]) == [span(0, 4), span(4, 10)]


def test_equal_neighbours_merge_within_the_tolerance_only() -> None:
    three = [span(0, 10), span(12, 20), span(23, 30)]
    assert spans.merge(three, timedelta(seconds=2)) == [span(0, 20), span(23, 30)]
    assert spans.merge(three) == three


def test_what_lies_between_keeps_equal_spans_apart() -> None:
    row = [span(0, 10), span(10, 11, "b"), span(11, 20)]
    assert spans.merge(row, timedelta(seconds=5)) == row


def test_clipping_leaves_what_is_inside() -> None:
    assert spans.clip([span(0, 10), span(10, 20), span(30, 40)], at(5), at(30)) == [span(5, 10), span(10, 20)]


def test_touching_is_not_overlapping() -> None:
    assert not spans.overlaps(span(0, 10), span(10, 20))
    assert spans.overlaps(span(0, 10), span(9, 20))
    assert not spans.overlaps(span(5, 5), span(0, 10))


def test_totals_are_by_what_and_longest_first() -> None:
    sums = spans.totals([span(0, 1, "a"), span(1, 5, "b"), span(5, 7, "a")])
    assert list(sums.items()) == [("b", timedelta(seconds=4)), ("a", timedelta(seconds=3))]


def test_a_span_that_ends_before_it_starts_counts_nothing() -> None:
    assert spans.total([span(10, 0)]) == NO_TIME


@given(some_spans, st.lists(instants, max_size=8))
def test_cutting_keeps_the_sum(some: list[Span[str]], where: list[datetime]) -> None:
    assert spans.totals(spans.cut_all(some, where)) == spans.totals(some)
    assert spans.total(spans.cut_at_borders(some)) == spans.total(some)


@given(some_spans, st.lists(instants, max_size=8))
def test_cutting_twice_is_cutting_once(some: list[Span[str]], where: list[datetime]) -> None:
    once = spans.cut_all(some, where)
    assert spans.cut_all(once, where) == once
    quartered = spans.cut_at_borders(some)
    assert spans.cut_at_borders(quartered) == quartered


@given(some_spans)
def test_no_part_reaches_across_a_border(some: list[Span[str]]) -> None:
    for part in spans.cut_at_borders(some):
        assert part.end <= spans.border_before(part.start) + QUARTER


@given(rows())
def test_merging_undoes_cutting(row: list[Span[str]]) -> None:
    assert spans.merge(spans.cut_at_borders(row)) == spans.merge(row)


@given(rows())
def test_merging_what_touches_changes_no_total(row: list[Span[str]]) -> None:
    assert spans.totals(spans.merge(row)) == spans.totals(row)


@given(some_spans)
def test_merging_never_covers_more_time(some: list[Span[str]]) -> None:
    assert spans.covered(spans.merge(some)) == spans.covered(some)
    assert spans.total(spans.merge(some)) <= spans.total(some)


@given(rows(), st.integers(0, 600))
def test_merging_over_gaps_covers_at_most_the_gaps_more(row: list[Span[str]], seconds: int) -> None:
    gap = timedelta(seconds=seconds)
    merged = spans.merge(row, gap)
    bridged = len(row) - len(merged)
    assert spans.covered(row) <= spans.covered(merged) <= spans.covered(row) + bridged * gap


@given(some_spans, instants, instants)
def test_a_window_and_what_is_outside_make_the_whole(some: list[Span[str]], one: datetime, other: datetime) -> None:
    low, high = sorted([one, other])
    ends = (T0 - timedelta(days=1), T0 + timedelta(days=1))
    parts = [spans.clip(some, ends[0], low), spans.clip(some, low, high), spans.clip(some, high, ends[1])]
    assert sum((spans.total(part) for part in parts), NO_TIME) == spans.total(some)


@given(some_spans)
def test_covered_time_is_never_more_than_the_sum(some: list[Span[str]]) -> None:
    apart = not any(spans.overlaps(a, b) for n, a in enumerate(some) for b in some[n + 1 :])
    assert spans.covered(some) <= spans.total(some)
    assert (spans.covered(some) == spans.total(some)) == apart
