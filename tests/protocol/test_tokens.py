"""Tokens and codes: their look, their checksum, their digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.protocol import tokens


@pytest.mark.parametrize(("kind", "prefix"), [("device", "sdd_"), ("person", "sdu_")])
def test_a_new_token_is_well_formed_for_its_kind_only(kind: tokens.TokenKind, prefix: str) -> None:
    token = tokens.new_token(kind)
    other: tokens.TokenKind = "person" if kind == "device" else "device"
    assert token.startswith(prefix)
    assert len(token) == tokens.TOKEN_LENGTH
    assert tokens.well_formed(token, kind)
    assert not tokens.well_formed(token, other)
    assert token != tokens.new_token(kind)


def test_any_changed_character_is_noticed() -> None:
    token = tokens.new_token("device")
    for place in range(len(token)):
        changed = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
        assert not tokens.well_formed(changed, "device")


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    assert not tokens.well_formed(text, "device")
    assert not tokens.well_formed("sdd_" + text, "person")


def test_the_digest_is_the_sha256_of_the_characters() -> None:
    assert tokens.digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_code_survives_being_read_aloud() -> None:
    code = tokens.new_enrolment_code()
    assert len(code) == 14
    assert code.count("-") == 2
    assert tokens.normal_code(code) == code
    assert tokens.normal_code(f" {code.lower().replace('-', '')} ") == code
    assert tokens.normal_code("kOiL-9x2m-4tbd") == "K011-9X2M-4TBD"


@pytest.mark.parametrize("typed", ["", "K7QF-9X2M-4TB", "K7QF-9X2M-4TBU", "K7QF-9X2M-4TBDD", "ß" * 12, "K7QF9X2M4TB\0"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert tokens.normal_code(typed) is None
