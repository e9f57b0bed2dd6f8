"""What a form offers to choose from, where that is known only when the form is made."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A list of many: written down in one go, where Django would fill in a template for each option.

    It stays the browser's own list: one types a name to find it, with or without a script. Groups are not known to it.
    """

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The whole element, as a form's field asks for it."""
        chosen = self.format_value(value) or []
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if str(key) in chosen else "", word) for key, word in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs({**self.attrs, "name": name}, attrs)), options
        )


def offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let people choose from these in this field of the form, which is a choice."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
