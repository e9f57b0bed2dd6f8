"""Rules as JSON: what the builder sends may be anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.access import Rule, RuleError, as_tree, from_tree, parse, printed
from tests.access.random_rules import rules

A = {"kind": "has", "name": "a"}


def deep(levels: int) -> dict[str, object]:
    """That many parts within one another."""
    return A if levels == 1 else {"kind": "not", "part": deep(levels - 1)}


@given(rules)
def test_a_tree_survives_json(rule: Rule) -> None:
    assert from_tree(json.loads(json.dumps(as_tree(rule)))) == rule


def test_a_tree_looks_like_this() -> None:
    text = 'any 2 of (a, not b = 3, time < 09:00 or site = "X")'
    assert as_tree(parse(text)) == {
        "kind": "some",
        "count": 2,
        "parts": [
            A,
            {"kind": "not", "part": {"kind": "compare", "name": "b", "op": "=", "value": 3}},
            {
                "kind": "any",
                "parts": [
                    {"kind": "compare", "name": "time", "op": "<", "value": {"time": "09:00"}},
                    {"kind": "compare", "name": "site", "op": "=", "value": "X"},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({"kind": "all", "parts": [A]}, "a"),
        ({"kind": "any", "parts": [A]}, "a"),
        ({"kind": "all", "parts": [A, {"kind": "all", "parts": [A, A]}]}, "a and a and a"),
    ],
)
def test_a_tree_in_the_making_is_put_in_order(tree: object, text: str) -> None:
    assert printed(from_tree(tree)) == text


@pytest.mark.parametrize(
    "tree",
    [
        None,
        [],
        "a",
        {},
        {"kind": "has"},
        {"kind": "has", "name": "a or b"},
        {"kind": "has", "name": "not"},
        {"kind": "has", "name": ["a"]},
        {"kind": "has", "name": "Finance"},
        {"kind": "all", "parts": []},
        {"kind": "all", "parts": A},
        {"kind": "all"},
        {"kind": "not"},
        {"kind": ["not"], "part": A},
        {"kind": "some", "count": 3, "parts": [A, A]},
        {"kind": "some", "count": True, "parts": [A, A]},
        {"kind": "some", "count": "1", "parts": [A, A]},
        {"kind": "compare", "name": "a", "op": "==", "value": 1},
        {"kind": "compare", "name": "a", "op": [], "value": 1},
        {"kind": "compare", "name": "a", "op": "=", "value": 1.5},
        {"kind": "compare", "name": "a", "op": "=", "value": True},
        {"kind": "compare", "name": "a", "op": "=", "value": 10**15},
        {"kind": "compare", "name": "a", "op": "=", "value": ""},
        {"kind": "compare", "name": "a", "op": "=", "value": "\u202e"},
        {"kind": "compare", "name": "a", "op": "=", "value": "x" * 81},
        {"kind": "compare", "name": "a", "op": "=", "value": {"time": "9"}},
        {"kind": "compare", "name": "a", "op": "=", "value": {"time": "09:00 or a"}},
        {"kind": "compare", "name": "a", "op": "=", "value": {"time": 9}},
        {"kind": "compare", "name": "a", "op": "=", "value": None},
        {"kind": "all", "parts": [A] * 201},
        deep(33),
        deep(500),
    ],
)
def test_what_is_no_rule_is_refused(tree: object) -> None:
    with pytest.raises(RuleError):
        from_tree(tree)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["has", "not", "all", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "name", "op", "value", "part", "parts", "count"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(anything)
def test_any_json_is_a_rule_or_refused(tree: object) -> None:
    try:
        rule = from_tree(tree)
    except RuleError:
        return
    assert parse(printed(rule)) == rule
