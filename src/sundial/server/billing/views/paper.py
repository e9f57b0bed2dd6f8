"""An invoice on paper, in the letters of the pages as Vite built them."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from sundial.server.billing import rules
from sundial.server.billing.types import InvoiceFacts, InvoiceState, Line

_INK, _MUTED, _RULE = (28, 26, 23), (99, 93, 84), (211, 204, 192)
_MARGIN, _ROW = 20.0, 8.0
_UNKNOWN = "?"


@cache
def _letters() -> tuple[Path, ...]:
    """Font files, that of Latin letters first."""
    manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    built = json.loads(manifest.read_text(encoding="utf-8"))
    named = sorted(
        (name for name in built if name.endswith("-normal.woff2")), key=lambda name: ("latin-wght" not in name, name)
    )
    return tuple(manifest.parent / built[name]["file"] for name in named)


class _Paper(FPDF):
    """A4 with the pages' letters."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, _MARGIN)
        self.set_title(title)
        for path in _letters():
            self.add_font(path.stem, fname=path)
            self.add_font(path.stem, style="B", fname=path, variations={"wght": 650.0})
        first, *others = (path.stem.lower() for path in _letters())
        self.family = first
        self.set_fallback_fonts(others, exact_match=False)
        self.known = {code for font in self.fonts.values() for code in getattr(font, "cmap", ())}

    def say(self, words: str, size: float = 10, *, bold: bool = False, muted: bool = False) -> None:
        """A line of words."""
        self.look(size, bold=bold, muted=muted)
        self.multi_cell(0, size * 0.55, self.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def look(self, size: float, *, bold: bool = False, muted: bool = False) -> None:
        """How the next words look."""
        self.set_font(self.family, style="B" if bold else "", size=size)
        self.set_text_color(*(_MUTED if muted else _INK))

    def sayable(self, words: str) -> str:
        """The words, with a mark for each letter that no font has."""
        return "".join(one if ord(one) in self.known else _UNKNOWN for one in words)

    def rule(self) -> None:
        """A thin line across."""
        self.set_draw_color(*_RULE)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())


def invoice_pdf(invoice: InvoiceFacts) -> bytes:
    """The whole invoice."""
    title = _("Invoice %(number)s") % {"number": invoice.number} if invoice.number else _("Draft of an invoice")
    paper = _Paper(title)
    paper.add_page()
    paper.say("Sundial", 10, bold=True, muted=True)
    paper.say(title, 20, bold=True)
    paper.ln(4)
    paper.say(invoice.company_name, 12, bold=True)
    for words in _facts(invoice):
        paper.say(words, 9, muted=True)
    paper.ln(6)
    _table(paper, invoice)
    if invoice.note:
        paper.ln(8)
        paper.say(invoice.note, 9)
    return bytes(paper.output())


def _facts(invoice: InvoiceFacts) -> list[str]:
    period = {"start": date_format(invoice.period_start, "j M Y"), "end": date_format(invoice.period_end, "j M Y")}
    found = [_("For %(start)s to %(end)s") % period]
    if invoice.sent_at:
        found.append(_("Sent on %(day)s") % {"day": date_format(invoice.sent_at, "j M Y")})
    if invoice.state is InvoiceState.PAID and invoice.paid_at:
        found.append(_("Paid on %(day)s") % {"day": date_format(invoice.paid_at, "j M Y")})
    if invoice.state is InvoiceState.VOID:
        found.append(_("This invoice is void."))
    return found


def _table(paper: _Paper, invoice: InvoiceFacts) -> None:
    widths = (90.0, 20.0, 30.0, 30.0)
    _cells(paper, widths, (_("What"), _("Quantity"), _("Price"), _("Amount")), bold=True)
    for line in invoice.lines:
        _cells(paper, widths, _words(line, invoice.currency))
    _cells(paper, widths, (_("Sum"), "", "", rules.money(invoice.cents, invoice.currency)), bold=True)


def _words(line: Line, currency: str) -> tuple[str, str, str, str]:
    return (line.text, str(line.quantity), rules.money(line.unit_cents, currency), rules.money(line.cents, currency))


def _cells(paper: _Paper, widths: tuple[float, ...], words: tuple[str, ...], *, bold: bool = False) -> None:
    paper.look(9, bold=bold)
    for at, (width, text) in enumerate(zip(widths, words, strict=True)):
        said = paper.sayable(text)
        while said and paper.get_string_width(said) > width - 2:
            said = said[:-1]
        paper.cell(width, _ROW, said, align="L" if at == 0 else "R")
    paper.ln(_ROW)
    paper.rule()
