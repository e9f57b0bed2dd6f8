"""A rule printed is a rule read: the two are inverse, and the printed form is one."""

import re

import pytest
from hypothesis import given

from sundial.access import Rule, RuleError, as_tree, from_tree, parse, printed
from tests.access.random_rules import rules


@given(rules)
def test_what_is_printed_reads_as_the_same_rule(rule: Rule) -> None:
    assert parse(printed(rule)) == rule
    assert printed(parse(printed(rule))) == printed(rule)


@given(rules)
def test_a_tree_says_the_same_rule(rule: Rule) -> None:
    assert from_tree(as_tree(rule)) == rule


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("finance, audit", "finance and audit"),
        ("  finance ,\n\taudit", "finance and audit"),
        ("((finance))", "finance"),
        ("a and (b and c)", "a and b and c"),
        ("a or b and c", "a or (b and c)"),
        ("a or b, c", "(a or b) and c"),
        ("not(a)", "not a"),
        ("not a=1", "not (a = 1)"),
        ("not not a", "not not a"),
        ("any 2 of(a,b or c,d)", "any 2 of (a, b or c, d)"),
        ("not any 1 of (a)", "not any 1 of (a)"),
        ("clearance>=007", "clearance >= 7"),
        ("floor = -0", "floor = 0"),
        ('site = "dhaka"', "site = dhaka"),
        ('site = "Dhaka"', 'site = "Dhaka"'),
        ('site = "and"', 'site = "and"'),
        ('site = "team"', 'site = "team"'),
        (r'site = "a \"b\" \\ c"', r'site = "a \"b\" \\ c"'),
        ("time<09:00", "time < 09:00"),
    ],
)
def test_the_printed_form_is_one(written: str, kept: str) -> None:
    assert printed(parse(written)) == kept
    assert parse(kept) == parse(written)


def test_what_would_be_too_long_when_written_out_is_refused() -> None:
    text = ",".join([f'a{n}="{"x" * 9}"' for n in range(197)])
    long = re.sub("x{9}", "X" * 12, text)
    assert len(long) <= 4000
    with pytest.raises(RuleError, match="Written out"):
        parse(long)
