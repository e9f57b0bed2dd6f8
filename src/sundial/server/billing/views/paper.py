"""An invoice on paper."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos

from sundial.server.billing import rules
from sundial.server.billing.types import InvoiceFacts, InvoiceState, Line
from sundial.server.lib.paper import INK, MUTED, Paper

_MARGIN, _ROW = 20.0, 8.0


class _Invoice(Paper):
    """Paper for an invoice."""

    def __init__(self, invoice: InvoiceFacts, title: str, facts: list[str]) -> None:
        heads = (_("What"), _("Quantity"), _("Price"), _("Amount"), _("Sum"), "Sundial", invoice.currency)
        lines = (line.text for line in invoice.lines)
        super().__init__("".join((title, invoice.company_name, invoice.note, *facts, *heads, *lines)), margin=_MARGIN)
        self.set_auto_page_break(True, _MARGIN)
        self.set_title(title)

    def say(self, words: str, size: float = 10, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """A line of words."""
        self.look(size, bold=bold, colour=colour)
        self.multi_cell(0, size * 0.55, self.sayable(words), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def invoice_pdf(invoice: InvoiceFacts) -> bytes:
    """The whole invoice."""
    title = _("Invoice %(number)s") % {"number": invoice.number} if invoice.number else _("Draft of an invoice")
    facts = _facts(invoice)
    paper = _Invoice(invoice, title, facts)
    paper.add_page()
    paper.say("Sundial", 10, bold=True, colour=MUTED)
    paper.say(title, 20, bold=True)
    paper.ln(4)
    paper.say(invoice.company_name, 12, bold=True)
    for words in facts:
        paper.say(words, 9, colour=MUTED)
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


def _table(paper: _Invoice, invoice: InvoiceFacts) -> None:
    widths = (90.0, 20.0, 30.0, 30.0)
    _cells(paper, widths, (_("What"), _("Quantity"), _("Price"), _("Amount")), bold=True)
    for line in invoice.lines:
        _cells(paper, widths, _words(line, invoice.currency))
    _cells(paper, widths, (_("Sum"), "", "", rules.money(invoice.cents, invoice.currency)), bold=True)


def _words(line: Line, currency: str) -> tuple[str, str, str, str]:
    return (line.text, str(line.quantity), rules.money(line.unit_cents, currency), rules.money(line.cents, currency))


def _cells(paper: _Invoice, widths: tuple[float, ...], words: tuple[str, ...], *, bold: bool = False) -> None:
    paper.look(9, bold=bold)
    for at, (width, text) in enumerate(zip(widths, words, strict=True)):
        paper.cell(width, _ROW, paper.cut(text, width), align="L" if at == 0 else "R")
    paper.ln(_ROW)
    paper.rule()
