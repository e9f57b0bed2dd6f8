"""The shape of what the pages' forms send."""

import functools
import zoneinfo
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.protocol.settings import EDITABLE, Value, parse_form
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib.acting import Role

_REGIONS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@functools.cache
def time_zones() -> tuple[tuple[str, str], ...]:
    """UTC, then every zone that is named after a place."""
    places = sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in _REGIONS)
    return (("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places))


def _zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        initial="UTC",
        help_text=_("Days and hours are counted, and pages show their times, in this zone."),
    )


class CompanyForm(forms.Form):
    """A new company and its first administrator."""

    name = forms.CharField(label=_("Name of the company"), max_length=120)
    time_zone = _zone_field()
    status = forms.ChoiceField(
        label=_("Starts as"),
        choices=[(CompanyStatus.TRIAL, _("Trial")), (CompanyStatus.ACTIVE, _("Active"))],
    )
    admin_first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    admin_last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    admin_email = forms.EmailField(label=_("E-mail address"), help_text=_("They get a link to set their own password."))


class CompanySettingsForm(forms.Form):
    """What the owner may change about a company."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = _zone_field()
    policy_delegated = forms.BooleanField(required=False)
    classic_clients = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.initial.get("time_zone", "UTC")
        if zone not in dict(time_zones()):  # any zone may be set by the API; it stays until another is chosen
            self.fields["time_zone"].choices = ((zone, zone), *time_zones())  # type: ignore[attr-defined] # a choice


class PersonForm(forms.Form):
    """Someone who joins a company."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("They get a link to set their own password."))
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
