"""The window wears the colours of the web pages, can be read in both, and follows the system."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from sundial.agent.ui.style import DARK, LIGHT, SHEET, Look, Tokens, sheet, tabular

SHEET_OF_THE_WEB = Path(__file__).parents[3] / "web" / "src" / "styles" / "tokens.css"
READ_ON = [
    ("ink", "paper"),
    ("ink", "canvas"),
    ("muted", "paper"),
    ("muted", "canvas"),
    ("on_accent", "accent"),
    ("on_accent", "accent_press"),
    ("ink", "accent_wash"),
    ("ink", "caution_wash"),
    ("ink", "bad_wash"),
    ("muted", "bad_wash"),
    ("bad_text", "paper"),
    ("muted", "quiet_wash"),
]
SEEN_ON = [
    ("line_field", "paper"),
    ("good", "paper"),
    ("bad", "paper"),
    ("quiet", "paper"),
    ("caution", "paper"),
    ("ink", "canvas"),
]


def _of_the_web() -> dict[str, tuple[str, str]]:
    text = SHEET_OF_THE_WEB.read_text()
    pairs = re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    single = re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text)
    found = {name.replace("-", "_"): (light, dark) for name, light, dark in pairs}
    return found | {name.replace("-", "_"): (both, both) for name, both in single}


@pytest.mark.parametrize("which", [0, 1])
def test_every_colour_is_that_of_the_web_pages(which: int) -> None:
    web, ours = _of_the_web(), (LIGHT, DARK)[which]
    for name in Tokens.__slots__:
        if name == "hues":
            assert ours.hues == tuple(web[f"hue_{number}"][which] for number in range(1, 9))
        else:
            assert getattr(ours, name) == web[name][which], name


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_text_can_be_read(tokens: Tokens) -> None:
    for front, back in READ_ON:
        assert _contrast(getattr(tokens, front), getattr(tokens, back)) >= 4.5, (front, back)


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_marks_can_be_seen(tokens: Tokens) -> None:
    for front, back in SEEN_ON:
        assert _contrast(getattr(tokens, front), getattr(tokens, back)) >= 3, (front, back)


def test_it_follows_the_system(qapp: QApplication, look: Look) -> None:
    heard: list[str] = []
    look.changed.connect(lambda: heard.append(look.tokens.canvas))
    look._follow(Qt.ColorScheme.Dark)
    assert DARK.ink in qapp.styleSheet()
    look._follow(Qt.ColorScheme.Unknown)
    assert look.tokens is LIGHT
    assert heard == [DARK.canvas, LIGHT.canvas]


def test_the_sheet_uses_every_name_it_is_given_and_no_other(qapp: QApplication) -> None:
    assert "$" not in sheet(LIGHT)
    assert set(SHEET.get_identifiers()) <= {
        *Tokens.__slots__,
        "t1",
        "t2",
        "t3",
        "t4",
        "t6",
        "control",
        "control_focused",
    }


def test_nothing_moves(qapp: QApplication, look: Look) -> None:
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu)
    assert "animation" not in qapp.styleSheet()


def test_figures_are_equally_wide() -> None:
    font = tabular(QFont("Noto Sans"))
    assert font.featureValue(QFont.Tag("tnum")) == 1


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
