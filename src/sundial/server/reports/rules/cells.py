"""Cells as people read them, the same on pages and in files."""

from datetime import date

from sundial.server.reports.types import Cell, CellKind
from sundial.server.ui.rules import clock_length

NOTHING = "–"


def words_of(cell: Cell, kind: CellKind) -> str:
    """The words of a cell; a dash where nothing is known."""
    if cell is None:
        return NOTHING
    if kind == "length" and isinstance(cell, int):
        return clock_length(cell)
    if kind == "clock" and isinstance(cell, int):
        return f"{cell // 3600:02}:{cell // 60 % 60:02}:{cell % 60:02}"
    if kind == "share" and isinstance(cell, int | float):
        return f"{tenths(cell) / 10:.1f} %"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def tenths(share: float) -> int:
    """A share in tenths of a per cent, half up."""
    return int(round(share * 1000, 6) + 0.5)
