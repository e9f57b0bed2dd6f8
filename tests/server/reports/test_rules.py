"""How reports count: days, shares that add up, targets, pages, cells."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.reports import rules
from sundial.server.reports.queries.sorting import in_order
from sundial.server.reports.types import Asked, Cell, CellKind, Column, Cut, Line, Period, Report

TODAY = date(2026, 11, 18)  # a Wednesday


# -- stretches of days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("today", TODAY, TODAY), ("yesterday", date(2026, 11, 17), date(2026, 11, 17)),
        ("week", date(2026, 11, 16), TODAY), ("last-week", date(2026, 11, 9), date(2026, 11, 15)),
        ("month", date(2026, 11, 1), TODAY), ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
    ],
)  # fmt: skip
def test_names_of_stretches_mean_what_people_mean(name: str, since: date, until: date) -> None:
    assert rules.named(name, TODAY) == Period(since, until, name)


@pytest.mark.parametrize(
    ("told", "since", "until"),
    [
        ({"from": "2026-11-02", "to": "2026-11-08"}, date(2026, 11, 2), date(2026, 11, 8)),
        ({"from": "2026-11-08", "to": "2026-11-02"}, date(2026, 11, 2), date(2026, 11, 8)),
        ({"from": "2026-11-16"}, date(2026, 11, 16), TODAY),
        ({"to": "2026-11-02"}, date(2026, 11, 2), date(2026, 11, 2)),
        ({"from": "2999-01-01", "to": "2999-02-01"}, TODAY, TODAY),
        ({"from": "0001-01-01", "to": "2026-11-18"}, TODAY - timedelta(days=365), TODAY),
        ({"from": "2026-02-31"}, date(2026, 11, 16), TODAY),
        ({"range": "no-such"}, date(2026, 11, 16), TODAY),
        ({"range": "yesterday"}, date(2026, 11, 17), date(2026, 11, 17)),
    ],
)
def test_an_address_names_its_days_and_none_lies_ahead(told: dict[str, str], since: date, until: date) -> None:
    found = rules.asked_from(Report.ATTENDANCE, told, TODAY).period
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ({}, date(2026, 11, 1)), ({"month": "2026-02"}, date(2026, 2, 1)), ({"month": "2999-01"}, date(2026, 11, 1)),
        ({"range": "last-month"}, date(2026, 10, 1)), ({"month": "x"}, date(2026, 11, 1)),
        ({"from": "2026-03-05"}, date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_a_monthly_report_is_of_a_whole_month(told: dict[str, str], first: date) -> None:
    found = rules.asked_from(Report.MONTHLY, told, TODAY).period
    assert found.since == first
    assert (found.until + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    "told", [{"person": "x"}, {"person": "-1"}, {"person": "٣"}, {"person": str(2**70)}, {"team": "1.5"}]
)
def test_somebody_who_cannot_be_is_nobody(told: dict[str, str]) -> None:
    found = rules.asked_from(Report.DAILY, told, TODAY)
    assert 0 in {found.person, found.team}


def test_an_address_made_of_a_question_asks_the_same_again() -> None:
    asked = Asked(Report.TOP, Period(date(2026, 11, 2), date(2026, 11, 8)), 3, 4, 5, "a b", "-worked", "website")
    assert rules.asked_from(Report.TOP, rules.address_of(asked), TODAY) == asked


def test_beside_a_month_lie_months_and_beside_days_as_many_days() -> None:
    march = rules.month_of(date(2026, 3, 4))
    before, after = rules.neighbours(march, TODAY)
    assert (before, after) == (rules.month_of(date(2026, 2, 1)), rules.month_of(date(2026, 4, 1)))
    before, after = rules.neighbours(Period(date(2026, 11, 9), date(2026, 11, 15)), TODAY)
    assert (before.since, before.until) == (date(2026, 11, 2), date(2026, 11, 8))
    assert after == Period(date(2026, 11, 16), TODAY)
    assert rules.neighbours(Period(TODAY, TODAY), TODAY)[1] is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 366))
def test_taken_together_days_are_all_there_once(since: date, count: int) -> None:
    period = Period(since, since + timedelta(days=count - 1))
    pieces = rules.buckets(period)
    assert [day for piece in pieces for day in rules.days_of(piece)] == rules.days_of(period)
    assert len(pieces) <= 31


# -- shares ---------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_shares_add_up_to_the_whole_and_none_is_a_unit_off(parts: list[int]) -> None:
    given_out, whole = rules.apportioned(parts), sum(parts)
    assert sum(given_out) == (1000 if whole else 0)
    assert all(abs(share - part * 1000 / whole) < 1 for share, part in zip(given_out, parts, strict=True) if whole)


def test_thirds_are_told_apart_by_what_is_left() -> None:
    assert rules.apportioned([1, 1, 1]) == [334, 333, 333]
    assert rules.part_of(1, 0) is None


# -- targets --------------------------------------------------------------------------------------------


def test_hours_that_cannot_be_read_are_free_days() -> None:
    hours = rules.hours_from({"mon": ["09:00", "17:30"], "tue": ["x", "17:00"], "wed": [], "thu": 3}, 450)
    assert hours.by_weekday == {0: (time(9), time(17, 30))}
    assert hours.day_seconds == 27_000
    assert not rules.hours_from({}, 480).known


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=8), st.sets(st.integers(0, 6)))
def test_what_is_expected_equals_a_count_day_by_day(spans: list[tuple[date, date | None]], weekdays: set[int]) -> None:
    stays = [rules.Stay(*one) for one in spans]
    year = rules.days_of(Period(date(2026, 1, 1), date(2026, 12, 31)))
    working = [day for day in year if day.weekday() in weekdays]

    def here(stay: rules.Stay, day: date) -> bool:
        return stay.since <= day and (stay.until is None or day <= stay.until)

    assert [rules.expected_days(stay, working) for stay in stays] == [
        sum(here(stay, day) for day in working) for stay in stays
    ]
    assert rules.expected_people(stays, working) == {day: sum(here(stay, day) for stay in stays) for day in working}


# -- pages ----------------------------------------------------------------------------------------------


@given(st.dictionaries(DAYS, st.integers(1, 9), max_size=12), st.integers(0, 60), st.integers(1, 25))
def test_a_page_is_found_in_the_days_that_hold_it(counts: dict[date, int], first: int, most: int) -> None:
    lines = [(day, at) for day in sorted(counts, reverse=True) for at in range(counts[day])]
    place = rules.window(counts, first, most)
    if place is None:
        assert lines[first:] == []
        return
    read = [line for line in lines if place.since <= line[0] <= place.until]
    assert read[place.skip : place.skip + most] == lines[first : first + most]


def test_cells_without_a_value_come_last_either_way() -> None:
    columns = (Column("person", "Person", sortable=True), Column("late", "Late", "count", sortable=True))
    lines = [Line(("b", 2)), Line(("A", None)), Line(("c", 10))]

    def names(ordering: str, cut: Cut | None = None) -> list[Cell]:
        return [line.cells[0] for line in in_order(lines, columns, ordering, cut)]

    assert [names(one) for one in ("late", "-late", "person", "no-such")] == [
        ["b", "c", "A"], ["c", "b", "A"], ["A", "b", "c"], ["b", "A", "c"],
    ]  # fmt: skip
    assert names("-late", Cut(1, 1)) == ["b"]


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        (27125, "length", "7:32:05"), (None, "length", "–"), (86400, "clock", "24:00:00"), (0.1235, "share", "12.4 %"),
        (0.0005, "share", "0.1 %"), (1.0, "share", "100.0 %"), (7, "count", "7"), ("=1", "words", "=1"),
        (date(2026, 11, 2), "day", "2026-11-02"),
    ],
)  # fmt: skip
def test_cells_are_said_the_same_everywhere(cell: Cell, kind: CellKind, words: str) -> None:
    assert rules.words_of(cell, kind) == words
