"""Every text is a rule or an error with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.access import Rule, RuleError, parse, printed
from sundial.access.parse import DEEPEST, LONGEST_RULE, MOST_TERMS
from sundial.access.types import All, Any, AtLeast, Clock, Compare, Has, Not

A, B, C = Has("a"), Has("b"), Has("c")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("finance", Has("finance")),
        ("a, b, c", All((A, B, C))),
        ("a and b or c", Any((All((A, B)), C))),
        ("a or b and c", Any((A, All((B, C))))),
        ("(a or b) and c", All((Any((A, B)), C))),
        ("not a and b", All((Not(A), B))),
        ("not (a and b)", Not(All((A, B)))),
        ("any 2 of (a, b, not c)", AtLeast(2, (A, B, Not(C)))),
        ("clearance >= 2", Compare("clearance", ">=", 2)),
        ("clearance>-2", Compare("clearance", ">", -2)),
        ('department = "Finance"', Compare("department", "=", "Finance")),
        ("site != dhaka", Compare("site", "!=", "dhaka")),
        ("time < 17:30", Compare("time", "<", Clock(17 * 60 + 30))),
        ("working, not enrolled", All((Has("working"), Not(Has("enrolled"))))),
        ("any-of_2", Has("any-of_2")),
        ("android or notes", Any((Has("android"), Has("notes")))),
    ],
)
def test_a_text_says_this_rule(text: str, rule: Rule) -> None:
    assert parse(text) == rule


@pytest.mark.parametrize(
    ("text", "start", "end", "suggestion", "word"),
    [
        ("", 0, 0, "", "nobody"),
        (" \n", 0, 0, "", "nobody"),
        ("Finance", 0, 7, "finance", "small letters"),
        ("a AND b", 2, 5, "and", "small letters"),
        ("a and fin\u0430nce", 6, 13, "finance", "small letters"),  # a Cyrillic letter
        ("\uff46inance", 0, 7, "finance", "small letters"),  # a wide letter
        ("finańce", 0, 7, "finance", "small letters"),
        ("_a", 0, 2, "", "small letters"),
        ("2fast", 0, 5, "", "small letters"),
        ("a" * 41, 0, 41, "", "at most 40"),
        ("a and", 5, 5, "", "missing"),
        ("a, , b", 3, 4, "", "missing"),
        ("a b", 2, 3, "", "and, or, or a comma"),
        ("a adn b", 2, 5, "and", "and, or, or a comma"),
        ("a) and b", 1, 2, "", "and, or, or a comma"),
        ("(a or b", 7, 7, "", "bracket"),
        ("()", 1, 2, "", "missing"),
        ("not", 3, 3, "", "missing"),
        ("any of (a)", 4, 6, "", "how many"),
        ("any 2 (a, b)", 6, 7, "", "Write of"),
        ("any 2 of a, b", 9, 10, "", "brackets"),
        ("any 3 of (a, b)", 4, 5, "", "1 to 2"),
        ("any 0 of (a, b)", 4, 5, "", "1 to 2"),
        ("any -1 of (a, b)", 4, 6, "", "1 to 2"),
        ("clearance >=", 12, 12, "", "value is missing"),
        ("clearance >= 1.5", 13, 16, "", "whole"),
        ("site = and", 7, 10, '"and"', "quotes"),
        ("site = team", 7, 11, '"team"', "quotes"),
        ('site = "dhaka', 7, 8, "", "not closed"),
        ('site = ""', 7, 9, "", "1 to 80"),
        (r'site = "a\n"', 7, 12, "", "stands only before"),
        ('site = "a\u202eb"', 7, 12, "", "cannot be seen"),
        ("site = \u201cdhaka\u201d", 7, 8, '"', "Write"),
        ("a == 1", 2, 4, "=", "Write ="),
        ("a && b", 2, 4, "and", "Write and"),
        ("a; b", 1, 2, ",", "Write ,"),
        ("clearance \u2265 2", 10, 11, ">=", "Write >="),
        ("time > 9:00", 7, 11, "09:00", "09:00"),
        ("time > 24:00", 7, 12, "", "23:59"),
        ("time > 9:", 7, 9, "", "09:00"),
        ("a = 1234567890123456", 4, 20, "", "15 digits"),
        ("3 <= clearance", 0, 1, "", "missing"),
        ("a\x00b", 1, 2, "", "cannot stand"),
    ],
)
def test_an_error_says_where_and_what_may_be_meant(text: str, start: int, end: int, suggestion: str, word: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse(text)
    error = refused.value.problem
    assert (error.start, error.end, error.suggestion) == (start, end, suggestion), error.message
    assert word in error.message


@given(st.text(max_size=60) | st.text(alphabet='ab ,()=<>!"\\-09:andotyf', max_size=60))
def test_every_text_is_a_rule_or_an_error(text: str) -> None:
    found = said(text)
    if isinstance(found, RuleError):
        assert 0 <= found.problem.start <= found.problem.end <= len(text)
        assert found.problem.message
    else:
        assert parse(printed(found)) == found


def said(text: str) -> Rule | RuleError:
    try:
        return parse(text)
    except RuleError as error:
        return error


def test_what_is_too_much_is_refused() -> None:
    for text in (
        "a" * (LONGEST_RULE + 1),
        ",".join("a" for _ in range(MOST_TERMS + 1)),
        "(" * 3000 + "a",
        "not " * 900 + "a",
        "any 1 of (" * 300 + "a",
        "not " * DEEPEST + "a",
    ):
        with pytest.raises(RuleError, match="at most"):
            parse(text)
    assert parse(",".join("a" for _ in range(MOST_TERMS)))
    assert parse("not " * (DEEPEST - 1) + "a")
    assert parse("(" * DEEPEST + "a" + ")" * DEEPEST) == A


def test_a_rule_in_an_unknown_language_is_none() -> None:
    with pytest.raises(RuleError, match="language 2"):
        parse("finance", language=2)


def test_parts_know_where_they_stand() -> None:
    rule = parse("finance and  clearance >= 2")
    assert isinstance(rule, All)
    assert [part.at for part in rule.parts if isinstance(part, Has | Compare)] == [(0, 7), (13, 27)]
