"""CSV that a spreadsheet reads as text: what it would take for a formula is made harmless first."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from sundial.server.lib.clock import iso

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """The value as a cell, a moment in UTC with `Z`; an apostrophe in front tells spreadsheets that it is text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    text = str(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"'{text}" if not is_number and text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text


def line(values: Iterable[object]) -> str:
    """One line, ended as RFC 4180 wants it."""
    written = io.StringIO()
    csv.writer(written).writerow([cell(value) for value in values])
    return written.getvalue()
