"""The shape of what the pages' forms send."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.protocol.settings import EDITABLE, Value, parse_form
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib.acting import Role


class CompanyForm(forms.Form):
    """A new company and its first administrator."""

    name = forms.CharField(label=_("Name of the company"), max_length=120)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        initial="UTC",
        help_text=_("Days and hours are counted in this zone, for example Asia/Dhaka."),
    )
    status = forms.ChoiceField(
        label=_("Starts as"),
        choices=[(CompanyStatus.TRIAL, _("Trial")), (CompanyStatus.ACTIVE, _("Active"))],
    )
    admin_first_name = forms.CharField(label=_("First name of its administrator"), max_length=80, required=False)
    admin_last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    admin_email = forms.EmailField(
        label=_("Their e-mail address"), help_text=_("They get a link to set their own password.")
    )


class PersonForm(forms.Form):
    """Someone who joins a company."""

    email = forms.EmailField(label=_("E-mail address"))
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    role = forms.ChoiceField(
        label=_("Role"),
        initial=Role.EMPLOYEE,
        choices=[
            (Role.EMPLOYEE, _("Employee: sees their own record")),
            (Role.MANAGER, _("Manager: sees their teams")),
            (Role.ADMIN, _("Administrator: runs the company")),
        ],
    )


class EditPersonForm(PersonForm):
    """What may change about someone; the address is theirs and stays."""

    email = None  # type: ignore[assignment] # Django's way to drop an inherited field


def policy_changes(data: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    """The settings a policy form asks for, and what does not fit, by name; an unticked switch is off."""
    changes: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for setting in EDITABLE:
        text = data.get(setting.name, "off" if setting.kind == "bool" else None)
        if text is None:
            continue
        try:
            value = parse_form(setting.name, text)
        except ValueError as problem:
            errors[setting.name] = str(problem)
            continue
        changes[setting.name] = value
        if fault := setting.problem_with(value):
            errors[setting.name] = fault
    return changes, errors
