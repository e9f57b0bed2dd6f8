"""The shape of what the owner's forms send."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.server.billing import queries as billing
from sundial.server.portal.forms import CompanyForm

DAYS_OF_TRIAL = 30
GRACES = ((0, _("at once")), (24, _("after a day")), (168, _("after a week")), (720, _("after 30 days")))
NO_PLAN = ""


def plan_choices() -> list[tuple[str, Any]]:
    """Every plan, after none."""
    return [(NO_PLAN, _("No plan, no limits")), *((str(plan.id), plan.name) for plan in billing.plans())]


def end_of(day: date | None) -> datetime | None:
    """The end of a day in UTC, in which the owner reads."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, UTC)


class FoundingForm(CompanyForm):
    """A new company, its plan, how long it may try, and its first administrator."""

    plan = forms.ChoiceField(label=_("Plan"), choices=plan_choices, required=False)
    trial_ends = forms.DateField(
        label=_("The trial ends after"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("For a trial. Its administrators are written to a week and a day before. Empty: no end."),
    )

    def founding(self) -> dict[str, Any]:
        """What was sent, as the action takes it."""
        sent = dict(self.cleaned_data)
        plan, ends = sent.pop("plan"), end_of(sent.pop("trial_ends"))
        on_trial = sent["status"] == "TRIAL"
        return {**sent, "plan_id": int(plan) if plan else None, "trial_ends_at": ends if on_trial else None}


class TrialForm(forms.Form):
    """Until when a company may try."""

    ends = forms.DateField(label=_("The trial ends after"), widget=forms.DateInput(attrs={"type": "date"}))


class KeyForm(forms.Form):
    """How long the key until now is still taken."""

    grace_hours = forms.TypedChoiceField(
        label=_("The old key stops working"),
        choices=GRACES,
        coerce=int,
        initial=168,
        help_text=_("Agents that are enrolled need no key. Older clients have this long to take the new one."),
    )


class AdminForm(forms.Form):
    """Whom to make an administrator."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_(
            "Whoever has it becomes an administrator of the company and is mailed a link. "
            "You are not told whether they were there before."
        ),
    )
