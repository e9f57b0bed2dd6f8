"""Entity tags in JSON and in headers."""

import pytest

from sundial.protocol import etags


def test_quoted_and_bare() -> None:
    assert etags.quoted("abc") == '"abc"'
    assert [etags.bare(h) for h in ('"abc"', "abc", 'W/"abc"', ' "abc" ')] == ["abc"] * 4


@pytest.mark.parametrize("header", ['"abc"', 'W/"abc"', "*", '"x", "abc"', "abc", '"x","abc","y"'])
def test_who_has_it_is_told_so(header: str) -> None:
    assert etags.matches(header, "abc")


@pytest.mark.parametrize("header", ["", '"abcd"', '"x"', '"ab","c"'])
def test_who_has_it_not_is_given_it(header: str) -> None:
    assert not etags.matches(header, "abc")
