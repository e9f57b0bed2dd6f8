"""Whole numbers in texts from outside: nothing but plain digits, and no more of them than are asked for."""

import pytest

from sundial.server.lib.numbers import whole_in


@pytest.mark.parametrize("text", ["", "x", "-1", "+1", "1.5", " 1", "1 ", "²", "٣", "1_000", "1" * 10])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert whole_in(text) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 9, 999_999_999)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole_in(text) == number


def test_more_digits_may_be_asked_for() -> None:
    assert whole_in("9" * 19, 19) == 10**19 - 1
    assert whole_in("9" * 20, 19) is None
