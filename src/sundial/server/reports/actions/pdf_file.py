"""A report as PDF: with the company's looks, a head on every page, and the number of each."""

from io import BytesIO
from typing import Literal

from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos

from sundial.server.companies.types import Looks
from sundial.server.lib.paper import MUTED, Paper
from sundial.server.reports import rules
from sundial.server.reports.actions.xlsx_file import facts
from sundial.server.reports.types import Cell, Column, Sheet
from sundial.server.ui.rules import plain

_OURS = "#f4a825"
_WIDE_FROM = 20  # columns: beyond, the paper is larger and the letters smaller
_FIRST_WIDTH, _ROW, _MARGIN = 46.0, 5.6, 12.0
_LONGEST = 60


class _Sheet(Paper):
    """Paper with the number of the page below."""

    def __init__(self, sheet: Sheet, looks: Looks) -> None:
        self.wide = len(sheet.columns) > _WIDE_FROM
        words = _text_of(sheet) + looks.name
        super().__init__(words, margin=_MARGIN, orientation="landscape", size="A3" if self.wide else "A4")
        self.sheet, self.looks = sheet, looks
        self.set_auto_page_break(True, 14)
        self.set_title(sheet.title)

    def footer(self) -> None:
        """Which page of how many, of which report."""
        self.set_y(-10)
        self.look(7, colour=MUTED)
        since, until = self.sheet.period.since.isoformat(), self.sheet.period.until.isoformat()
        self.cell(0, 5, self.sayable(f"{self.looks.name} · {self.sheet.title} · {since} – {until}"))
        self.set_x(_MARGIN)
        self.look(7, colour=MUTED)
        self.cell(0, 5, _("%(page)s of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}, align="R")


def pdf_file(sheet: Sheet, looks: Looks) -> bytes:
    """The whole report."""
    paper = _Sheet(sheet, looks)
    paper.add_page()
    _heading(paper)
    widths = _widths(paper)
    _head(paper, widths)
    for line in sheet.lines:
        if paper.will_page_break(_ROW):
            paper.add_page()
            _head(paper, widths)
        _row(paper, widths, line.cells)
    if sheet.total and sheet.count:
        _row(paper, widths, sheet.total, bold=True)
    return bytes(paper.output())


def _text_of(sheet: Sheet) -> str:
    """Every letter that may have to be written."""
    words = {cell for line in sheet.lines for cell in line.cells if isinstance(cell, str)}
    heads = (column.label for column in sheet.columns)
    said = (word for pair in facts(sheet) for word in pair)
    return "".join({*"".join((*words, *heads, *said))})


def _heading(paper: _Sheet) -> None:
    top = paper.get_y()
    if paper.looks.logo:
        paper.image(BytesIO(paper.looks.logo), x=paper.w - _MARGIN - 40, y=top, w=40, h=14, keep_aspect_ratio=True)
    paper.look(10, bold=True, colour=MUTED)
    paper.cell(0, 5, paper.sayable(paper.looks.name), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.look(17, bold=True)
    paper.cell(0, 9, paper.sayable(paper.sheet.title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for label, words in list(facts(paper.sheet))[1:]:
        paper.look(8, colour=MUTED)
        paper.cell(0, 4, paper.sayable(f"{label} {words}".strip()), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(2)
    paper.set_draw_color(paper.looks.colour or _OURS)
    paper.set_line_width(0.8)
    paper.line(_MARGIN, paper.get_y(), paper.w - _MARGIN, paper.get_y())
    paper.ln(3)


def _widths(paper: _Sheet) -> list[float]:
    """Words have more room than figures; together they fill the paper."""
    weights = [_FIRST_WIDTH if column.kind == "words" else 20.0 for column in paper.sheet.columns]
    room = paper.w - 2 * _MARGIN
    if paper.wide:
        rest = (room - _FIRST_WIDTH) / (len(weights) - 1)
        return [_FIRST_WIDTH, *[rest] * (len(weights) - 1)]
    return [room * weight / sum(weights) for weight in weights]


def _side(column: Column) -> Literal["L", "R"]:
    return "L" if column.kind in {"words", "day"} else "R"


def _size(paper: _Sheet) -> float:
    return 6.2 if paper.wide else 8.0


def _head(paper: _Sheet, widths: list[float]) -> None:
    for width, column in zip(widths, paper.sheet.columns, strict=True):
        paper.look(_size(paper) - 0.4, bold=True, colour=MUTED)
        paper.cell(width, _ROW, paper.cut(column.label, width), align=_side(column))
    paper.ln(_ROW)
    paper.rule()


def _row(paper: _Sheet, widths: list[float], cells: tuple[Cell, ...], bold: bool = False) -> None:
    for width, column, cell in zip(widths, paper.sheet.columns, cells, strict=True):
        paper.look(_size(paper), bold=bold)
        words = plain(rules.words_of(cell, column.kind), _LONGEST)
        if column.kind == "words":
            paper.cell(width, _ROW, paper.cut(words, width))
        else:
            _figure(paper, words, width, column, bold=bold)
    paper.ln(_ROW)
    paper.rule()


def _figure(paper: _Sheet, words: str, width: float, column: Column, *, bold: bool) -> None:
    """A figure is never cut: where there is no room it is written smaller."""
    needed = paper.get_string_width(words) + 2.4
    if needed > width:
        paper.look(_size(paper) * width / needed, bold=bold)
    paper.cell(width, _ROW, words, align=_side(column))
