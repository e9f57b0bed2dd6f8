"""The shape of what the tasks' pages send."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sundial.server.lib.choices import LongSelect
from sundial.server.lib.number_fields import Amount
from sundial.server.tasks.types import HUES, LONGEST_ESTIMATE, NAME_LIMIT, TEXT_LIMIT, TITLE_LIMIT

Choices = Sequence[tuple[int, str]]
_SHORTEST_STEP = Decimal("0.25")


class _IdField(forms.TypedChoiceField):
    """One of several by its id, or none."""

    widget = LongSelect

    def __init__(self, none: Any, **more: Any) -> None:
        self.none = none
        wrong = {"invalid_choice": _("Choose one of the list.")}  # never the id: it may be somebody else's
        super().__init__(coerce=int, empty_value=None, required=False, error_messages=wrong, **more)

    def offer(self, choices: Choices) -> None:
        """What may be chosen."""
        self.choices = [("", self.none), *((str(key), word) for key, word in choices)]


class TaskForm(forms.Form):
    """What a task says, and whose it is."""

    title = forms.CharField(label=_("What is to do"), max_length=TITLE_LIMIT)
    description = forms.CharField(
        label=_("Details"), max_length=TEXT_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    assigned_to_id = _IdField(_("Nobody yet"), label=_("Who does it"))
    project_id = _IdField(_("No project"), label=_("Project"))
    due_date = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hours = Amount(
        label=_("Estimate in hours"),
        required=False,
        min_value=_SHORTEST_STEP,
        max_value=Decimal(LONGEST_ESTIMATE // 60),
        max_digits=7,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.25", "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, people: Choices, projects: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, choices in (("assigned_to_id", people), ("project_id", projects)):
            field = self.fields[name]
            assert isinstance(field, _IdField)
            field.offer(choices)

    def fields_of_task(self) -> dict[str, Any]:
        """What the action takes."""
        given = dict(self.cleaned_data)
        hours = given.pop("hours")
        return {**given, "estimate_minutes": None if hours is None else round(hours * 60)}


class CommentForm(forms.Form):
    """Something to say."""

    text = forms.CharField(
        label=_("Comment"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 3, "class": "textarea"})
    )


class ProjectForm(forms.Form):
    """A project's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LIMIT)
    hue = forms.TypedChoiceField(
        label=_("Colour"),
        coerce=int,
        initial=0,
        choices=[(0, _("None")), *zip(range(1, HUES + 1), (
            _("Blue"), _("Teal"), _("Violet"), _("Rose"), _("Green"), _("Copper"), _("Sky"), _("Indigo"),
        ), strict=True)],
        help_text=_("Shown beside its tasks."),
    )  # fmt: skip
