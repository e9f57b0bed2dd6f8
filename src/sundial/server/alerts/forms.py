"""What an administrator may set about alerts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.server.alerts.queries import rule_word
from sundial.server.alerts.types import IN_COMPANIES, Thresholds
from sundial.server.lib.choices import offer
from sundial.server.lib.number_fields import WholeNumber

_FREE = _("Empty: after four working hours, or a day where no working hours are set.")
_RULES = tuple((str(rule), rule) for rule in IN_COMPANIES)


class WantedForm(forms.Form):
    """From when on a company wants to know, and of what."""

    offline_minutes = WholeNumber(
        label=_("Offline for longer than (minutes of working time)"),
        min_value=15,
        max_value=10_080,
        required=False,
        help_text=_FREE,
    )
    never_synced_days = WholeNumber(label=_("Enrolled and never heard of for (days)"), min_value=1, max_value=60)
    silent_minutes = WholeNumber(
        label=_("At work and nothing recorded for (minutes of working time)"), min_value=15, max_value=1_440
    )
    on = forms.MultipleChoiceField(
        label=_("Raise these alerts"),
        required=False,
        choices=_RULES,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "on", [(str(rule), rule_word(rule)) for rule in IN_COMPANIES])

    def wanted(self) -> Thresholds:
        """What was asked for, once it is valid."""
        said = self.cleaned_data
        return Thresholds(
            said["offline_minutes"],
            said["never_synced_days"],
            said["silent_minutes"],
            frozenset(str(rule) for rule in IN_COMPANIES) - frozenset(said["on"]),
        )


def form_of(wanted: Thresholds) -> WantedForm:
    """The form filled with what is wanted now."""
    return WantedForm(
        initial={
            "offline_minutes": wanted.offline_minutes,
            "never_synced_days": wanted.never_synced_days,
            "silent_minutes": wanted.silent_minutes,
            "on": [str(rule) for rule in IN_COMPANIES if rule not in wanted.off],
        }
    )
