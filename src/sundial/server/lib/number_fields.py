"""Numbers in forms, whose limits are said in plain words."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

_LIMITS: dict[str, Any] = {
    "min_value": _("It has to be %(limit_value)s or more."),
    "max_value": _("It has to be %(limit_value)s or less."),
}


class WholeNumber(forms.IntegerField):
    """A whole number."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Write a whole number."), **_LIMITS}


class Amount(forms.DecimalField):
    """A number that may have a fraction."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Write a number, like 4.50."), **_LIMITS}
