"""How entries become bytes: canonical, exact, and bound to personal values that are not in them."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.audit import rules
from sundial.server.audit.rules import bundle
from sundial.server.audit.types import Subject
from sundial.server.lib import canonical
from tests.server.audit.plays import NOW

ids = st.none() | st.integers(0, 2**53 - 1)
words = st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
details_of = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@st.composite
def facts_of(draw: st.DrawFn) -> rules.Facts:
    return rules.Facts(
        log=draw(st.integers(1, 2**40)),
        seq=draw(st.integers(1, 2**40)),
        at=draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))).replace(tzinfo=UTC),
        action=draw(st.from_regex(r"[A-Z][A-Z0-9_]{2,30}", fullmatch=True)),
        actor_kind=draw(words),
        actor_id=draw(ids),
        actor_role=draw(st.sampled_from(["OWNER", "ADMIN", "SYSTEM"])),
        target_kind=draw(words | st.just("")),
        target_id=draw(ids),
        details=rules.to_json(draw(st.dictionaries(texts, details_of, max_size=5))),
    )


@given(facts_of(), st.binary(min_size=32, max_size=32))
def test_a_leaf_is_already_in_canonical_form(facts: rules.Facts, hidden: bytes) -> None:
    leaf = rules.leaf(facts, hidden, hidden)
    assert canonical.dumps(json.loads(leaf)) == leaf


@given(facts_of(), texts, texts, texts, texts, st.none() | st.dictionaries(texts, texts, min_size=1, max_size=3))
def test_an_exported_line_gives_back_what_it_was_made_of(
    facts: rules.Facts, label: str, ip: str, description: str, target: str, more: dict[str, str] | None
) -> None:
    parts = [
        b"%d" % facts.seq, rules.moment(facts.at).encode(), facts.action.encode(), facts.actor_kind.encode(),
        b"null" if facts.actor_id is None else b"%d" % facts.actor_id, facts.actor_role.encode(),
        facts.target_kind.encode(), b"null" if facts.target_id is None else b"%d" % facts.target_id,
        facts.details.encode(), b"ab" * 32, b"cd" * 32, b"ef" * 32,
        b"01" * 16, label.encode(), ip.encode(), b"02" * 16, description.encode(), target.encode(),
        canonical.dumps(more) if more else b"",
    ]  # fmt: skip
    line = bundle.line_of(facts.log, parts)
    assert canonical.dumps(json.loads(line)) + b"\n" == line
    assert bundle.parts_of(line, strictly=True) == (facts.log, parts)
    assert bundle.parts_of(line, strictly=False) == (facts.log, parts)


@pytest.mark.parametrize("line", [b"", b"\n", b"{}\n", b'{"entry":{},"hash":"x"}\n', b'{"entry":{"hash":"'])
def test_a_line_that_is_no_entry_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        bundle.parts_of(line, strictly=False)


def test_a_commitment_depends_on_salt_and_on_where_values_begin() -> None:
    salt = bytes(16)
    told = {
        rules.commitment(salt, "ab", "c"),
        rules.commitment(salt, "a", "bc"),
        rules.commitment(salt, "abc", ""),
        rules.commitment(salt, "", "abc"),
        rules.commitment(salt, "abc"),
        rules.commitment(b"x" * 16, "ab", "c"),
    }
    assert len(told) == 6


def test_a_moment_is_always_utc_with_six_digits() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert rules.moment(datetime(2026, 11, 21, 14, 0, tzinfo=east)) == "2026-11-21T08:30:00.000000Z"
    assert rules.moment(NOW) == "2026-11-21T08:30:00.123456Z"


class Colour(Enum):
    RED = "red"


def test_details_may_hold_what_programs_hold() -> None:
    said = {
        "colour": Colour.RED,
        "day": date(2026, 11, 21),
        "at": NOW,
        "id": UUID(int=1),
        "set": {3, 1, 2},
        "pair": (1, "a\x00b"),
        7: None,
    }
    assert json.loads(rules.to_json(said)) == {
        "7": None,
        "at": "2026-11-21T08:30:00.123456Z",
        "colour": "red",
        "day": "2026-11-21",
        "id": "00000000-0000-0000-0000-000000000001",
        "pair": [1, "a�b"],
        "set": [1, 2, 3],
    }


@pytest.mark.parametrize("value", [float("inf"), 2**53, 2.0**53, 1e300, object(), b"bytes"])
def test_details_that_json_cannot_say_exactly_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        rules.to_json({"value": value})


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("sundial/0123456789abcdef/audit/5", 5),
        ("sundial/0123456789abcdef/audit/0", 0),
        ("sundial/0123456789abcdef/audit/", None),
        ("sundial/0123456789abcdef/audit/5x", None),
        ("sundial/0123456789abcdef/audit/-5", None),
        ("somebody/else", None),
        ("", None),
    ],
)
def test_a_logs_name_says_which_it_is(name: str, log: int | None) -> None:
    assert rules.log_of(name) == log
    if log is not None:
        assert rules.origin("0123456789abcdef", log) == name


@pytest.mark.parametrize(
    ("details", "subjects"),
    [
        ('{"subjects":[{"id":5,"kind":"person"}],"values":1}', [Subject("person", 5)]),
        ('{"subjects":[]}', []),
        ("{}", []),
        ("[]", []),
        ("nonsense", []),
        ('{"subjects":[{"id":null,"kind":"person"}]}', []),
    ],
)
def test_who_was_erased_is_read_from_an_entry(details: str, subjects: list[Subject]) -> None:
    assert rules.erased_by(details) == subjects


def test_an_action_reads_as_words() -> None:
    assert rules.in_words("POLICY_CHANGED") == "Policy changed"
