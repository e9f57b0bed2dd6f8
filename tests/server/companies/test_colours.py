"""A company's colour is seen on light and dark pages, or refused with the nearest that is."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.companies.rules import colours

TOKENS = Path(__file__).resolve().parents[3] / "web" / "src" / "styles" / "tokens.css"
ANY = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(" #B35900 ", "#b35900"), ("b35900", "#b35900"), ("#abc", "#aabbcc"), ("red", None), ("#12345", None), ("", None)],
)
def test_a_colour_is_read_in_one_spelling(typed: str, meant: str | None) -> None:
    assert colours.normal_colour(typed) == meant


def test_it_is_said_on_which_pages_a_colour_is_hard_to_see() -> None:
    assert colours.faults("#ffee00") == ["light"]
    assert colours.faults("#101010") == ["dark"]
    assert colours.faults("#b35900") == []
    assert colours.nearest("#b35900") == "#b35900"


@given(ANY)
def test_the_nearest_colour_is_seen_everywhere_and_so_are_the_words_on_it(colour: str) -> None:
    near = colours.nearest(colour)
    assert colours.faults(near) == []
    tokens = colours.tokens(near)
    assert colours.contrast(tokens["--on-accent"], near) >= colours.TEXT
    assert colours.contrast(tokens["--on-accent"], tokens["--accent-press"]) >= colours.TEXT
    light, dark = re.findall(r"#[0-9a-f]{6}", tokens["--accent-text"])
    washes = re.findall(r"#[0-9a-f]{6}", tokens["--accent-wash"])
    assert min(colours.contrast(light, page) for page in (*colours.LIGHT, washes[0])) >= colours.TEXT
    assert min(colours.contrast(dark, page) for page in (*colours.DARK, washes[1])) >= colours.TEXT


def test_the_surfaces_are_those_of_our_styles() -> None:
    found = dict(re.findall(r"--(canvas|paper|sunken|raised): light-dark\((#\w+, #\w+)\)", TOKENS.read_text()))
    pairs = {name: tuple(pair.split(", ")) for name, pair in found.items()}
    assert {pairs[name][0] for name in ("canvas", "paper", "sunken")} == set(colours.LIGHT)
    assert {pairs[name][1] for name in ("canvas", "paper", "raised")} == set(colours.DARK)


def test_a_style_sheet_holds_nothing_but_tokens() -> None:
    sheet = colours.style_sheet("#b35900")
    assert sheet.startswith(":root {\n  --accent: #b35900;")
    assert set(re.findall(r"(--[a-z-]+):", sheet)) == set(colours.tokens("#b35900"))
