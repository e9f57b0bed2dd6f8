"""What is read from a list of people, and what is said about a line that does not fit."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.companies.rules.importing import LARGEST_FILE, MOST_ROWS, lines_of, text_of
from sundial.server.companies.types import LIST_TEMPLATE, NotAList
from sundial.server.lib import csv_safe

HEAD = "email,first name,last name,role,department,teams"


def test_a_full_line_is_read() -> None:
    line = lines_of(f"{HEAD}\nAda@Example.org, Ada ,Lind,Manager,Design/Maps,Night; Day;Night\n")[0]
    assert (line.number, line.email, line.first_name, line.role) == (2, "ada@example.org", "Ada", "MANAGER")
    assert (line.department, line.teams, line.problems) == ("Design / Maps", ("Night", "Day"), ())


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_spreadsheets_part_cells_in_three_ways(mark: str) -> None:
    line = lines_of(f"\ufeffE-Mail{mark}Surname\r\na@b.test{mark}Lind\r\n")[0]
    assert (line.email, line.last_name, line.role) == ("a@b.test", "Lind", "EMPLOYEE")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    raw = "email,first name\na@b.test,Zoë\n".encode(encoding)
    assert lines_of(text_of(raw))[0].first_name == "Zoë"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("name,role\nAda,admin\n", "one of them must be: email"),
        ("a@b.test,Ada\n", "one of them must be: email"),
        ("email,e-mail\na@b.test,c@d.test\n", "Two columns"),
        ("email\n", "nobody in them"),
        ("email\n" + "a@b.test\n" * (MOST_ROWS + 1), "more than"),
        ('email,first name\na@b.test,"' + "x" * 140_000 + '"\n', "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_in_plain_words(text: str, why: str) -> None:
    with pytest.raises(NotAList, match=why):
        lines_of(text)


def test_a_file_that_is_too_large_or_no_text_is_refused() -> None:
    with pytest.raises(NotAList, match="larger than"):
        text_of(b"x" * (LARGEST_FILE + 1))
    with pytest.raises(NotAList, match="no text"):
        text_of(b"\x81\x8d\x8f\x90\x9d")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Ada,Lind,,,", "No e-mail address."),
        ("a@b.test,,,boss,,", "There is no role boss"),
        (f"a@b.test,{'x' * 81},,,,", "The first name is longer"),
        (f"a@b.test,,{'x' * 81},,,", "The last name is longer"),
        ("a@b.test,A\x00da,,,,", "cannot be written"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(row: str, why: str) -> None:
    (line,) = lines_of(f"{HEAD}\n{row}\n")
    assert why in " ".join(line.problems)


def test_the_second_of_two_equal_addresses_does_not_fit() -> None:
    first, second = lines_of("email\na@b.test\nA@B.test\n")
    assert first.problems == ()
    assert second.problems == ("The same address stands in line 2.",)


def test_lines_are_numbered_as_the_file_numbers_them() -> None:
    found = lines_of('email,first name\n\na@b.test,"two\nlines"\nc@d.test,x\n')
    assert [line.number for line in found] == [4, 5]
    assert found[0].problems, "a name has no line break"


def test_what_an_export_wrote_is_read_as_it_was() -> None:
    text = csv_safe.line(("email", "first name")) + csv_safe.line(("a@b.test", "=cmd|' /C calc'!A0"))
    assert lines_of(text)[0].first_name == "=cmd|' /C calc'!A0"


def test_our_own_template_fits() -> None:
    text = "".join(csv_safe.line(cells) for cells in LIST_TEMPLATE)
    assert [line.problems for line in lines_of(text)] == [(), ()]


@given(st.text(max_size=200))
def test_whatever_is_in_a_file_it_is_read_or_refused(text: str) -> None:
    for file in (text, f"{HEAD}\n{text}"):
        with suppress(NotAList):
            assert all(line.number > 1 for line in lines_of(file))
