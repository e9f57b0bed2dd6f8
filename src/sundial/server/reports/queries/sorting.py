"""Lines in the order that an address asks for."""

from collections.abc import Sequence

from sundial.server.reports.types import Column, Cut, Line


def in_order(lines: Sequence[Line], columns: Sequence[Column], ordering: str, cut: Cut | None) -> list[Line]:
    """The lines by that column, `-` in front for the largest first; cells without a value come last either way."""
    down, name = ordering.startswith("-"), ordering.removeprefix("-")
    at = next((at for at, one in enumerate(columns) if one.sortable and one.key == name), None)
    found = list(lines)
    if at is not None:
        known = [line for line in found if line.cells[at] is not None]
        missing = [line for line in found if line.cells[at] is None]
        known.sort(key=lambda line: _key(line, at), reverse=down)
        found = known + missing
    return found if cut is None else found[cut.first : cut.first + cut.most]


def _key(line: Line, at: int) -> tuple[float, str]:
    cell = line.cells[at]
    return (float(cell), "") if isinstance(cell, int | float) else (0.0, str(cell).casefold())
