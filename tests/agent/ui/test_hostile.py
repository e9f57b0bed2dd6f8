"""What others wrote is text in the window: it is not read as tags, turns nothing round, and breaks no layout."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from sundial.agent.core.shown import Policy, Question, Queue, Refusal
from sundial.agent.ui.badge import Badge
from sundial.agent.ui.place import Place
from sundial.agent.ui.style import Look
from sundial.agent.ui.text import clean, isolated, wrapping
from sundial.agent.ui.window import SMALLEST, USUAL, Window
from tests.agent.ui.scenes import IDLE, NOBODY, WORKING, recorded, text_of

TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
TAGS = "<b>bold</b><img src='file:///etc/passwd'><script>alert(1)</script>"
RIGHT_TO_LEFT = "invoice\u202egnp.exe \u2067\u05d0\u05d1 \u200f"
CONTROLS = "nul\x00 bell\x07 escape\x1b[31m line\nbreak\u2028more"
ENDLESS = "W" * 10_000
WORDY = "word " * 2_000
ZALGO = "z" + "\u0334\u0335\u0336\u0337" * 500
LONELY = "half \ud83d of a pair"
HOSTILE = (TAGS, RIGHT_TO_LEFT, CONTROLS, ENDLESS, WORDY, ZALGO, LONELY, "&amp; %s {0} \\n", "\u05e9\u05dc\u05d5\u05dd")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_cleaned_to_one_short_line(text: str) -> None:
    line = clean(text)
    assert len(line) <= 301
    assert not any(character in TURNS or character < " " or character in "\x00\u2028\u2029" for character in line)
    line.encode()


def test_what_is_harmless_stays_as_it_is() -> None:
    for text in ("Cálculo — résumé.ods", "বাংলা ক্‌ষ", "\u05e9\u05dc\u05d5\u05dd", "<b>", "👩\u200d💻 plan", "a  b"):
        assert clean(text) == " ".join(text.split())


def test_isolated_text_cannot_turn_its_surroundings() -> None:
    assert isolated(clean(RIGHT_TO_LEFT)) == "\u2068invoicegnp.exe \u05d0\u05d1\u2069"
    assert isolated("") == ""


def test_a_word_longer_than_a_line_can_be_broken() -> None:
    assert wrapping("a" * 50).split("\u200b") == ["a" * 24, "a" * 24, "aa"]
    assert wrapping("short words stay whole") == "short words stay whole"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_everywhere_leaves_the_window_as_it_was(window: Window, text: str) -> None:
    window.resize(USUAL)
    everywhere = replace(
        WORKING,
        company=text,
        server=text,
        app_version=text,
        task=text,
        message=text,
        problems=(text, text),
        notes=(text,),
        policy=Policy(7, (text,)),
        question=Question("e", ("idle",), f"- {text}. {text}"),
        queue=Queue(1, ((text, 1), (f"rejected:{text}", 2))),
        recent=tuple(recorded(kind, text, text) for kind in ("app", "website", "away", "private", "session", text)),
    )
    window.show_state(everywhere)
    window.refuse(Refusal(text))
    QApplication.processEvents()
    assert window.size() == USUAL
    assert window.minimumSizeHint().width() <= SMALLEST.width()
    body = window.body.widget()
    assert body is not None
    assert body.width() <= window.body.width()
    assert window.body.horizontalScrollBar().maximum() == 0
    for label in window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text(), label.objectName()
        assert len(label.text()) < 2_500
    for row in window.lately.rows[: len(everywhere.recent)]:
        assert row.height() < 40


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_refusals_do_not_break_the_first_page(window: Window, text: str) -> None:
    window.resize(USUAL)
    window.show_state(replace(NOBODY, message=text, problems=(text,)))
    window.refuse(Refusal(text, "code"))
    window.refuse(Refusal(text))
    QApplication.processEvents()
    assert window.size() == USUAL
    assert window.connecting.width() <= window.connect_body.width()


def test_tags_are_shown_as_they_were_written(window: Window) -> None:
    window.show_state(replace(IDLE, message=TAGS, recent=(recorded(name="<i>x</i>", title="&lt;"),)))
    assert text_of(window, "message-text") == TAGS
    assert text_of(window, "recent-0-name") == "<i>x</i>"
    assert text_of(window, "recent-0-title") == "&lt;"


def test_a_tooltip_is_text_too(window: Window) -> None:
    window.show_state(replace(IDLE, recent=(recorded(title=TAGS * 3),)))
    QApplication.processEvents()
    label = window.findChild(QLabel, "recent-0-title")
    assert label is not None
    assert "&lt;b&gt;bold" in label.toolTip()
    assert "<b>" not in label.toolTip()


def test_a_long_title_is_cut_to_the_line_and_whole_in_its_name(window: Window) -> None:
    window.show_state(replace(IDLE, recent=(recorded(title=WORDY),)))
    QApplication.processEvents()
    label = window.findChild(QLabel, "recent-0-title")
    assert label is not None
    assert label.text().endswith("…\u2069")
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 8
    assert label.accessibleName() == clean(WORDY)


def test_the_badge_stays_small(qtbot: QtBot, look: Look) -> None:
    badge = Badge(look, Place(None))
    qtbot.addWidget(badge)
    badge.show_state(WORKING)
    badge.appear()
    badge.tell(TAGS, ENDLESS[:400])
    QApplication.processEvents()
    assert badge.note.textFormat() == Qt.TextFormat.PlainText
    assert badge.width() <= 320
    assert badge.size() != QSize(0, 0)
