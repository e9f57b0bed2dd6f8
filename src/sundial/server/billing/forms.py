"""The shape of what the billing pages' forms send."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.server.billing import rules
from sundial.server.billing.types import PlanFacts
from sundial.server.lib.number_fields import Amount, WholeNumber

MEGABYTES = 1000  # in a gigabyte, as people count
MOST_LINES = 50
_LINE = re.compile(r"^(?P<text>.+?)\s*[|;]\s*(?P<quantity>\d{1,7})\s*[x×*]\s*(?P<unit>-?\d{1,9}(?:[.,]\d{1,2})?)$")
_LINE_FORM = _("One line each, as in: Seats in November | 12 x 5.00")


class PlanForm(forms.Form):
    """A plan; a number that is left out is no limit."""

    name = forms.CharField(label=_("Name"), max_length=40)
    description = forms.CharField(label=_("For whom it is"), max_length=200, required=False)
    seats = WholeNumber(
        label=_("Seats"), min_value=1, required=False, help_text=_("People who may work. Empty: no limit.")
    )
    storage_gb = Amount(
        label=_("Room for screenshots, GB"),
        min_value=0,
        max_digits=9,
        decimal_places=3,
        required=False,
        help_text=_("Empty: no limit."),
    )
    retention_days = WholeNumber(
        label=_("Data is kept at most, days"), min_value=1, required=False, help_text=_("Empty: no limit.")
    )
    features = forms.MultipleChoiceField(
        label=_("It also brings"),
        choices=[(str(feature), f"{words[:1].upper()}{words[1:]}") for feature, words in rules.FEATURE_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    price = Amount(
        label=_("Price per seat and month"),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        help_text=_("Companies that are on the plan keep the price of the day they joined."),
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="EUR", help_text=_("Three letters."))

    def values(self) -> dict[str, Any]:
        """What was sent, as the actions take it."""
        sent = self.cleaned_data
        room = sent["storage_gb"]
        return {
            "name": sent["name"],
            "description": sent["description"],
            "seats": sent["seats"],
            "storage_mb": None if room is None else max(1, int(room * MEGABYTES)),
            "retention_days": sent["retention_days"],
            "features": sent["features"],
            "price_cents": int(sent["price"] * 100),
            "currency": sent["currency"],
        }


def initial_of(plan: PlanFacts) -> dict[str, Any]:
    """A plan as its form shows it."""
    room = None if plan.storage_mb is None else f"{plan.storage_mb / MEGABYTES:g}"
    shown = {name: getattr(plan, name) for name in ("name", "description", "seats", "retention_days", "currency")}
    return shown | {"storage_gb": room, "features": list(plan.features), "price": f"{plan.price_cents / 100:.2f}"}


class InvoiceForm(forms.Form):
    """A draft; without lines it is made from the plan and the seats taken."""

    period_start = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    period_end = forms.DateField(label=_("To, included"), widget=forms.DateInput(attrs={"type": "date"}))
    lines = forms.CharField(
        label=_("Lines"),
        required=False,
        max_length=12_000,
        widget=forms.Textarea,
        help_text=_("Empty: the seats taken now, at the price of the plan. Or one line each: Text | 12 x 5.00"),
    )
    note = forms.CharField(label=_("Note on the invoice"), max_length=500, required=False)

    def clean_lines(self) -> list[dict[str, Any]]:
        """Each line taken apart; says which one cannot be read."""
        written = [line.strip() for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        found = []
        for at, line in enumerate(written, 1):
            parts = _LINE.match(line)
            if parts is None:
                raise forms.ValidationError(
                    _("Line %(at)s cannot be read. %(form)s"), params={"at": at, "form": _LINE_FORM}
                )
            cents = round(float(parts["unit"].replace(",", ".")) * 100)
            found.append({"text": parts["text"], "quantity": int(parts["quantity"]), "unit_cents": cents})
        return found
