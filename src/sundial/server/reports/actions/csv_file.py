"""A report as CSV: the words of the page, made harmless for spreadsheets."""

from collections.abc import Iterator

from sundial.server.lib import csv_safe
from sundial.server.reports import rules
from sundial.server.reports.types import Cell, Column, Sheet
from sundial.server.ui.rules import plain

LONGEST_WORDS = 500


def csv_file(sheet: Sheet) -> Iterator[bytes]:
    """Line by line; the mark in front makes spreadsheets read UTF-8."""
    yield ("\ufeff" + csv_safe.line(column.label for column in sheet.columns)).encode()
    for line in sheet.lines:
        yield _line(sheet.columns, line.cells)
    if sheet.total and sheet.count:
        yield _line(sheet.columns, sheet.total)


def _line(columns: tuple[Column, ...], cells: tuple[Cell, ...]) -> bytes:
    return csv_safe.line(_word(column, cell) for column, cell in zip(columns, cells, strict=True)).encode()


def _word(column: Column, cell: Cell) -> object:
    if cell is None:
        return ""
    if column.kind == "count":
        return cell
    words = rules.words_of(cell, column.kind)
    return plain(words, LONGEST_WORDS) if column.kind == "words" else words
