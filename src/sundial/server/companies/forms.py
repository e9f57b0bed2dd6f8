"""The shape of what people type to come in."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sundial.server.accounts.queries import weaknesses

LONGEST_PASSWORD = 512

_PASSWORD_HELP = _("Ten characters or more; a few unrelated words are good. Not one you use elsewhere.")


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, help_text=help_text)


class SignInForm(forms.Form):
    """Who someone says they are."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _password(_("Password"), "current-password")


class ResetForm(forms.Form):
    """Where to send a link to set a new password."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """A new password of this person, typed twice."""

    password = _password(_("New password"), "new-password", _PASSWORD_HELP)
    again = _password(_("The same once more"), "new-password")

    def __init__(self, typed: QueryDict | None = None, *, user_id: int) -> None:
        super().__init__(typed)
        self._user_id = user_id

    def clean(self) -> dict[str, Any]:
        """Both must agree, and it must not be weak; all that speaks against it is said at once."""
        typed = super().clean() or {}
        password, again = typed.get("password"), typed.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two are not the same."))
        if password and (weak := weaknesses(self._user_id, password)):
            self.add_error("password", weak)
        return typed


class ChangePasswordForm(NewPasswordForm):
    """A new password by someone who still knows the old one."""

    current = _password(_("Current password"), "current-password")

    field_order = ("current", "password", "again")


class NamesForm(forms.Form):
    """What people call one another."""

    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
