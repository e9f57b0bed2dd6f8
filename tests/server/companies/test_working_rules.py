"""Working hours, the length of a day and how long data is kept: what fits, and what is said of the rest."""

import pytest

from sundial.server.companies.rules import working


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ({}, ""),
        ({"mon": ["09:00", "17:30"], "sun": ("00:00", "23:59")}, ""),
        ({"mon": ["9:00", "17:30"]}, "mon like 09:00"),
        ({"mon": ["09:00", "24:00"]}, "mon like 09:00"),
        ({"mon": ["17:00", "09:00"]}, "end before they begin"),
        ({"mon": ["09:00", "09:00"]}, "end before they begin"),
        ({"mon": ["09:00"]}, "mon like 09:00"),
        ({"mon": [9, 17]}, "mon like 09:00"),
        ({"mon": None}, "mon like 09:00"),
        ({"monday": ["09:00", "17:00"]}, "Give hours for"),
        ([], "Give hours for"),
    ],
)
def test_hours_have_a_beginning_and_an_end(hours: object, why: str) -> None:
    told = working.hours_problem(hours)
    assert (why in told) if why else told == ""


LENGTHS = [(15, True), (1440, True), (14, False), (1441, False), ("480", False), (True, False)]


@pytest.mark.parametrize(("minutes", "fits"), LENGTHS)
def test_a_day_has_a_length(minutes: object, fits: bool) -> None:
    assert (working.minutes_problem(minutes) == "") is fits


@pytest.mark.parametrize(
    ("kept", "limit", "fits"),
    [
        ({}, None, True),
        ({"screenshots": 30}, 30, True),
        ({"screenshots": 31}, 30, False),
        ({"screenshots": 3650}, None, True),
        ({"screenshots": 3651}, None, False),
        ({"screenshots": 0}, None, False),
        ({"screenshots": True}, None, False),
        ({"Screen shots": 5}, None, False),
        ([], None, False),
    ],
)
def test_nothing_is_kept_longer_than_the_plan_allows(kept: object, limit: int | None, fits: bool) -> None:
    assert (working.retention_problem(kept, limit) == "") is fits


def test_hours_are_kept_in_the_order_of_the_week() -> None:
    kept = working.as_stored({"fri": ("09:00", "12:00"), "mon": ["09:00", "17:00"]})
    assert list(kept.items()) == [("mon", ["09:00", "17:00"]), ("fri", ["09:00", "12:00"])]
