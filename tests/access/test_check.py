"""A rule beside what a company has: what is not there, what does not fit, what may be meant."""

import pytest

from sundial.access import check, from_tree, is_free_name, parse
from tests.access.random_rules import POOL

NAMES = {"team": ["Sales", "Night shift"], "department": ["Finance"], "network": []}


def test_a_rule_that_fits_has_no_problems() -> None:
    text = "(finance or audit) and clearance >= 2 and site = dhaka and badge = 3 and not badge = x and working"
    assert check(parse(text), POOL) == ()
    assert check(parse('role = admin, team = "Sales", department != "Finance", time < 12:00'), POOL, NAMES) == ()
    assert check(parse('team = "Anything"'), POOL) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("finance, clearence >= 2", ("There is no attribute clearence.", 9, 18, "clearance")),
        ("xyzzy", ("There is no attribute xyzzy.", 0, 5, "")),
        ("a or enroled", ("There is no attribute enroled.", 5, 12, "enrolled")),
        ("clearance", ("clearance holds a number: compare it, as clearance = 3.", 0, 9, "clearance = 3")),
        ("not time", ("time holds a time: compare it, as time = 09:00.", 4, 8, "time = 09:00")),
        ("finance = 1", ("finance is had or not had: write it alone.", 0, 11, "finance")),
        ("working = 1", ("working is had or not had: write it alone.", 0, 11, "working")),
        ("clearance = high", ("clearance holds a number.", 0, 16, "")),
        ("site = 3", ("site holds a word.", 0, 8, 'site = "3"')),
        ("badge = 09:00", ("badge holds a number or a word.", 0, 13, "")),
        ("time > 9", ("time holds a time.", 0, 8, "")),
        ("site > dhaka", ("Words can be = or !=, not more or less.", 0, 12, "site = dhaka")),
        ("role = admn", ("There is no role admn.", 0, 11, "role = admin")),
        ('team != "sales"', ("There is no team sales.", 0, 15, 'team != "Sales"')),
        ("network = office", ("There is no network office.", 0, 16, "")),
    ],
)
def test_a_problem_says_where_and_what_may_be_meant(text: str, problem: tuple[str, int, int, str]) -> None:
    found = check(parse(text), POOL, NAMES)[-1]
    assert (found.message, found.start, found.end, found.suggestion) == problem


def test_the_suggestion_put_in_its_place_mends_the_rule() -> None:
    for text in ("finance, clearence >= 2", "clearance or audit", "site = 3", "site > dhaka", "role = admn"):
        (problem,) = check(parse(text), POOL, NAMES)
        assert check(parse(text[: problem.start] + problem.suggestion + text[problem.end :]), POOL, NAMES) == ()


def test_a_rule_from_a_tree_has_places_too() -> None:
    rule = from_tree({"kind": "all", "parts": [{"kind": "has", "name": "finance"}, {"kind": "has", "name": "gone"}]})
    assert [(one.start, one.end) for one in check(rule, POOL)] == [(12, 16)]


@pytest.mark.parametrize("name", ["and", "any", "role", "time", "working", "Finance", "a b", "", "ä", "-a", "a" * 41])
def test_what_means_something_else_is_no_name_for_an_attribute(name: str) -> None:
    assert not is_free_name(name)


def test_names_are_free() -> None:
    assert all(map(is_free_name, ("finance", "a", "roles", "any-of", "x_1", "a" * 40)))
