"""PDF files are written in the letters of the pages, whatever alphabets a line mixes."""

import subprocess
from pathlib import Path

import pytest

from sundial.server.lib.letters import letters_for
from sundial.server.lib.paper import Paper

LINES = (
    "Ωμέγα 12:30, Иван 34.5 %",  # the first letter of a page is not of the first font
    "Plain words 0123456789",
    "Łódź 2026-0007 and Żółć 99",
    "Tiếng Việt 77",
    "বাংলা 56",
    "12 Ωμέγα",
    "after all of them 1234567890",
)


def told(paper: Paper, folder: Path) -> str:
    """What a reader finds in the document."""
    place = folder / "one.pdf"
    place.write_bytes(bytes(paper.output()))
    return subprocess.run(["pdftotext", "-layout", str(place), "-"], check=True, capture_output=True).stdout.decode()


@pytest.mark.parametrize("bold", [False, True])
def test_figures_stay_what_they_are_after_letters_of_every_alphabet(tmp_path: Path, bold: bool) -> None:
    paper = Paper("".join(LINES), margin=20)
    paper.add_page()
    paper.look(10, bold=bold)
    for line in LINES:
        paper.cell(0, 6, paper.sayable(line), new_x="LMARGIN", new_y="NEXT")
    paper.multi_cell(0, 6, " ".join(LINES[:2] * 6))
    said = told(paper, tmp_path)
    assert all(line in said for line in LINES)
    assert " ".join(said.split()).count("Ωμέγα 12:30, Иван 34.5 %") == 7


def test_letters_that_take_their_form_from_their_neighbours_are_joined(tmp_path: Path) -> None:
    paper = Paper("ক্ষুদ্র", margin=20)
    paper.add_page()
    paper.look(40)
    paper.cell(0, 20, "ক্ষুদ্র")
    apart = sum(paper.get_string_width(one) for one in "ক্ষুদ্র")
    assert paper.get_string_width("ক্ষুদ্র") < 0.8 * apart
    assert told(paper, tmp_path).strip()


def test_a_letter_that_no_font_has_is_said_to_be_missing(tmp_path: Path) -> None:
    paper = Paper("漢字", margin=20)
    assert paper.sayable("漢a字") == "?a?"
    paper.add_page()
    paper.look(12)
    paper.cell(0, 6, paper.sayable("漢字"))
    assert "??" in told(paper, tmp_path)


def test_words_are_cut_where_the_room_ends(tmp_path: Path) -> None:
    paper = Paper("", margin=20)
    paper.add_page()
    paper.look(10)
    cut = paper.cut("a long line of words", 20)
    assert cut.endswith("…")
    assert paper.get_string_width(cut) <= 18
    assert paper.cut("short", 60) == "short"
    paper.cell(20, 6, cut)
    assert cut in told(paper, tmp_path)


def test_only_the_fonts_that_a_text_needs_are_read() -> None:
    def names(text: str) -> list[str]:
        return [one.path.stem.rsplit("-", 1)[0] for one in letters_for(text)]

    assert names("plain") == ["inter-latin-400-normal"]
    assert names("বাংলা") == ["inter-latin-400-normal", "noto-sans-bengali-bengali-400-normal"]
    assert names("漢字") == ["inter-latin-400-normal"]
