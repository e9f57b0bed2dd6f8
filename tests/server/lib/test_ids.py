"""Ids in texts from outside: what no table can hold names nothing."""

import pytest

from sundial.server.lib.ids import HIGHEST_ID, id_in, ids_in


@pytest.mark.parametrize("text", ["", "x", "-1", "+1", "1.5", " 1", "1 ", "²", "٣", "0", str(HIGHEST_ID + 1), "9" * 50])
def test_what_can_be_no_id_names_nothing(text: str) -> None:
    assert id_in(text) == 0


def test_ids_are_whole_numbers_that_a_table_can_hold() -> None:
    assert [id_in(text) for text in ("1", "007", str(HIGHEST_ID))] == [1, 7, HIGHEST_ID]


def test_several_are_named_once_each_in_their_order() -> None:
    assert ids_in(["5", "x", "3", "5", "0"]) == [5, 3]
