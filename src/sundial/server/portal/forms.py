"""The shape of what the pages' forms send."""

import functools
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.protocol.settings import EDITABLE, Value, parsed
from sundial.protocol.switches import SWITCHES, sections_with
from sundial.server.companies.types import WEEKDAYS, AttributeKind, CompanyStatus, DepartmentRow
from sundial.server.lib.acting import Role
from sundial.server.lib.choices import LongSelect, offer
from sundial.server.lib.number_fields import WholeNumber

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
        keep_zone(self)


class PersonForm(forms.Form):
    """Someone who joins a company."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("They get a link to set their own password.")
    )
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
    department_id = forms.TypedChoiceField(label=_("Department"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, departments: Sequence[DepartmentRow] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department_id", department_choices(departments))
        if not departments:
            del self.fields["department_id"]


class EditPersonForm(PersonForm):
    """What may change about someone; the address is theirs and stays."""

    email = None  # type: ignore[assignment] # Django's way to drop an inherited field


class DepartmentForm(forms.Form):
    """A department and where it lies."""

    name = forms.CharField(label=_("Name"), max_length=80)
    parent_id = forms.TypedChoiceField(label=_("Lies in"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, departments: Sequence[DepartmentRow] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent_id", department_choices(departments, nowhere=_("Nothing: it stands at the top")))


class AttributeForm(forms.Form):
    """A new word to say about people."""

    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        help_text=_("Small letters, digits, - and _, beginning with a letter: finance, night-shift, clearance."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "none"}),
    )
    kind = forms.ChoiceField(
        label=_("What it says"),
        choices=[
            (AttributeKind.FLAG, _("One has it or not, like finance")),
            (AttributeKind.NUMBER, _("A number, like clearance=3")),
            (AttributeKind.WORD, _("A word, like site=london")),
        ],
    )


class TeamForm(forms.Form):
    """A team's name."""

    name = forms.CharField(label=_("Name of the team"), max_length=80)


class WaysForm(forms.Form):
    """How a company works; a weekday without hours is free."""

    time_zone = _zone_field()
    day_minutes = WholeNumber(
        label=_("A full working day, in minutes"),
        min_value=15,
        max_value=24 * 60,
        help_text=_("480 minutes are eight hours. Reports compare with it."),
    )
    people_delete_screenshots = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_zone(self)
        for day in WEEKDAYS:
            for end in ("from", "to"):
                widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
                self.fields[f"{day}_{end}"] = forms.TimeField(required=False, widget=widget)

    def clean(self) -> dict[str, Any]:
        """Hours have a beginning and an end, in this order."""
        given = super().clean() or {}
        for day in WEEKDAYS:
            since, until = given.get(f"{day}_from"), given.get(f"{day}_to")
            if (since is None) != (until is None):
                self.add_error(f"{day}_to", _("Say when it begins and when it ends, or neither."))
            elif since and until and since >= until:
                self.add_error(f"{day}_to", _("It ends before it begins."))
        return given

    @property
    def changes(self) -> dict[str, Any]:
        """What was sent, as the action takes it."""
        given = self.cleaned_data
        hours = {
            day: [f"{given[f'{day}_{end}']:%H:%M}" for end in ("from", "to")] for day in WEEKDAYS if given[f"{day}_to"]
        }
        plain = ("time_zone", "day_minutes", "people_delete_screenshots")
        return {**{name: given[name] for name in plain}, "working_hours": hours}


def keep_zone(form: forms.Form) -> None:
    """Any zone may be set by the API; it stays until another is chosen."""
    zone = form.initial.get("time_zone", "UTC")
    if zone not in dict(time_zones()):
        offer(form, "time_zone", ((zone, zone), *time_zones()))


class LooksForm(forms.Form):
    """How a company looks to its own people."""

    display_name = forms.CharField(
        label=_("Name that your people see"),
        max_length=80,
        required=False,
        help_text=_("On pages and in mail; empty for the company's own name."),
    )
    colour = forms.CharField(
        label=_("Colour"),
        max_length=9,
        required=False,
        help_text=_("Like #b35900, for buttons and what is live; empty for Sundial's amber."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "placeholder": "#b35900"}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP; shown at most 32 pixels high. It should be seen on light and on dark."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


_NO_DEPARTMENT = _("None")


def department_choices(rows: Sequence[DepartmentRow], nowhere: Any = _NO_DEPARTMENT) -> list[tuple[Any, Any]]:
    """Departments to choose from, those inside one under it."""
    return [("", nowhere), *((row.id, "\u2003" * row.depth + row.name) for row in rows)]


def policy_changes(data: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    """All that a policy form asks for, and what does not fit, by name; an unticked switch is off."""
    changes: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for setting in (*EDITABLE, *SWITCHES):
        text = data.get(setting.name, "off" if setting.kind == "bool" else None)
        if text is None:
            continue
        try:
            value = parsed(setting, text)
        except ValueError as problem:
            errors[setting.name] = str(problem)
            continue
        changes[setting.name] = value
        if fault := setting.problem_with(value):
            errors[setting.name] = fault
    return changes, errors


def policy_parts(values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Any]]:
    """What a policy form asks for, as settings and as sections."""
    switched = {one.name: values[one.name] for one in SWITCHES if one.name in values}
    return {name: value for name, value in values.items() if name not in switched}, sections_with({}, switched)


class RetentionForm(forms.Form):
    """For how many days each kind of data is kept; a field that is left empty is as long as the plan allows."""

    activity = WholeNumber(
        label=_("To the minute: applications, titles, websites, absences"), required=False, min_value=1
    )
    screenshots = WholeNumber(label=_("Screenshots"), required=False, min_value=1)
    sums = WholeNumber(
        label=_("Sums and sessions: what reports are made from"),
        required=False,
        min_value=1,
        help_text=_("Kept at least as long as what they were made from."),
    )

    def __init__(self, *args: Any, limit: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("Days; empty: for ever.") if limit is None else _("Days; empty: the plan's %d days.") % limit
        for name, field in self.fields.items():
            known = field.help_text
            field.help_text = f"{known} {words}" if known else words
            field.widget.attrs |= {"inputmode": "numeric", "max": limit or 3650, "data-kind": name}

    @property
    def wanted(self) -> dict[str, int]:
        """The numbers that were given."""
        return {name: days for name, days in self.cleaned_data.items() if days}


class ArchiveRuleForm(forms.Form):
    """After how long entries of the audit log are archived."""

    months = forms.TypedChoiceField(
        label=_("Archive entries that are older than"),
        coerce=int,
        choices=[
            (0, _("Never: all stay in the list")),
            (12, _("12 months")),
            (18, _("18 months")),
            (24, _("2 years")),
            (36, _("3 years")),
            (60, _("5 years")),
            (84, _("7 years")),
            (120, _("10 years")),
        ],
        help_text=_("Whole months, at night. Archives can be read, fetched and verified as long as you keep them."),
    )


class ManualTimeForm(forms.Form):
    """Time that nothing recorded."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int, empty_value=None, required=False, widget=LongSelect)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(
        label=_("To"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("A time before the start is on the day after."),
    )
    kind = forms.ChoiceField(label=_("What it was"), choices=[("work", _("Work")), ("meeting", _("Meeting"))])
    reason = forms.CharField(
        label=_("What you did, or why it was not recorded"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    task = forms.TypedChoiceField(label=_("Task"), coerce=int, empty_value=None, required=False)

    def __init__(
        self, *args: Any, people: Sequence[tuple[int, str]], tasks: Sequence[tuple[int, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        offer(self, "person", [(str(key), word) for key, word in people])
        self.fields["person"].required = bool(people)
        offer(self, "task", [("", _("No task")), *((str(key), word) for key, word in tasks)])


class SessionEndForm(forms.Form):
    """When a session really ended, and why that was not told."""

    ended_at = forms.DateTimeField(
        label=_("It really ended"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )
    reason = forms.CharField(label=_("Why"), max_length=500)
