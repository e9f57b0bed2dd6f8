"""A report as a spreadsheet: lengths are lengths, days are days, words are words and never formulas."""

from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from sundial.server.reports.actions.csv_file import LONGEST_WORDS
from sundial.server.reports.types import Cell, CellKind, Column, Sheet
from sundial.server.ui.rules import plain

_DAY_SECONDS = 24 * 3600
_FORMATS: dict[CellKind, str] = {
    "length": "[h]:mm:ss",
    "clock": "[hh]:mm:ss",
    "share": r"0.0\ %",
    "count": "0",
    "day": "yyyy-mm-dd",
}
_WIDTHS: dict[CellKind, int] = {"words": 34, "day": 12, "clock": 10}
_USUAL_WIDTH = 13
_BOLD, _TO_THE_RIGHT = Font(bold=True), Alignment(horizontal="right")


def xlsx_file(sheet: Sheet) -> bytes:
    """The sheet with its head standing still, and a second one that says what it is about."""
    book = Workbook(write_only=True)
    page = book.create_sheet(plain(sheet.title, 31))
    page.freeze_panes = "B2"
    for at, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(column.kind, _USUAL_WIDTH)
    page.append(_head(page, sheet.columns))
    for line in sheet.lines:
        page.append(_cells(page, sheet.columns, line.cells))
    if sheet.total and sheet.count:
        page.append(_cells(page, sheet.columns, sheet.total, bold=True))
    about = book.create_sheet(_("About"))
    for words in facts(sheet):
        about.append([_cell(about, "words", word) for word in words])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def facts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What a report is about, as it stands beside it in files."""
    yield _("Report"), sheet.title
    yield _("From"), sheet.period.since.isoformat()
    yield _("To"), sheet.period.until.isoformat()
    yield _("Days in"), sheet.zone
    yield _("As of"), f"{sheet.as_of:%Y-%m-%d %H:%M:%S %Z}"
    if sheet.about:
        yield _("About"), sheet.about
    for note in sheet.notes:
        yield "", note


def _head(page: object, columns: tuple[Column, ...]) -> list[WriteOnlyCell]:
    made = []
    for column in columns:
        cell = _cell(page, "words", column.label)
        cell.font = _BOLD
        if column.kind not in {"words", "day"}:
            cell.alignment = _TO_THE_RIGHT
        made.append(cell)
    return made


def _cells(
    page: object, columns: tuple[Column, ...], cells: tuple[Cell, ...], bold: bool = False
) -> list[WriteOnlyCell]:
    made = [_cell(page, column.kind, cell) for column, cell in zip(columns, cells, strict=True)]
    for cell in made if bold else ():
        cell.font = _BOLD
    return made


def _cell(page: object, kind: CellKind, value: Cell) -> WriteOnlyCell:
    if value is None:
        return WriteOnlyCell(page)
    if isinstance(value, str):
        cell = WriteOnlyCell(page, plain(value, LONGEST_WORDS))
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        cell.quotePrefix = True  # and so would a spreadsheet, once the cell is edited
        return cell
    is_time = kind in {"length", "clock"} and isinstance(value, int)
    cell = WriteOnlyCell(page, value / _DAY_SECONDS if is_time and isinstance(value, int) else value)
    cell.number_format = _FORMATS.get(kind, "General")
    return cell
