"""Alerts as people read them: what is wrong, and what to do about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sundial.server.alerts.types import Rule

Details = Mapping[str, Any]


def rule_word(rule: str) -> str:
    """What an alert of this rule is called."""
    return {
        Rule.OFFLINE: _("Agent offline"),
        Rule.NEVER_SYNCED: _("Agent never synced"),
        Rule.REJECTED: _("Policy rejected"),
        Rule.SILENT: _("Working, but nothing is recorded"),
        Rule.STORAGE: _("Storage nearly used up"),
        Rule.SEATS: _("Seats nearly used up"),
        Rule.NEW_PLACE: _("Sign-in from a new place"),
        Rule.MAIL: _("Mails are not leaving"),
        Rule.TRIAL: _("Trial ends soon"),
        Rule.JOBS: _("Jobs are failing"),
        Rule.DISK: _("Disk nearly full"),
    }[Rule(rule)]


def text_of(rule: str, details: Details, who: str) -> str:
    """The alert in one sentence or two; `who` is the person, or the company where the platform is told."""
    return _TEXTS[Rule(rule)](details, who)


def href_of(rule: str, subject_kind: str, subject_id: int, user_id: int | None) -> str:
    """Where one looks into it; empty where nothing is to be seen."""
    if subject_kind == "company" and subject_id:
        return reverse("owner-company", args=[subject_id])
    if subject_kind == "session":
        return reverse("session", args=[subject_id])
    if rule == Rule.REJECTED:
        return reverse("devices") + "?standing=rejected"
    if user_id is not None:
        return reverse("person", args=[user_id])
    return ""


def _moment(text: object) -> str:
    at = timezone.localtime(datetime.fromisoformat(str(text)))
    return dateformat.format(at, "j F, H:i")


def _day(text: object) -> str:
    return dateformat.format(timezone.localtime(datetime.fromisoformat(str(text))), "j F Y")


def _offline(said: Details, who: str) -> str:
    words = {"who": who, "when": _moment(said["since"])}
    return _("%(who)s's agent was last heard of on %(when)s.") % words


def _never(said: Details, who: str) -> str:
    words = {"who": who, "computer": said["computer"] or _("a computer"), "when": _day(said["since"])}
    return _("%(who)s enrolled %(computer)s on %(when)s, and its agent was never heard of.") % words


def _rejected(said: Details, who: str) -> str:
    words = {"who": who, "computer": said["computer"] or _("The computer"), "version": said["version"]}
    told = _("%(computer)s of %(who)s refused version %(version)s of the policy.") % words
    return f"{told} {said['error']}".strip()


def _silent(said: Details, who: str) -> str:
    words = {"who": who, "when": _moment(said["since"])}
    return _("%(who)s's session goes on, but nothing of it has come since %(when)s.") % words


def _seats(said: Details, who: str) -> str:
    told = _("%(used)s of %(limit)s seats are taken.") % said
    return f"{who}: {told}" if who else f"{told} {_('Deactivate somebody, or ask for a larger plan.')}"


def _storage(said: Details, who: str) -> str:
    told = _("%(used)s of %(limit)s MB are used.") % said
    return f"{who}: {told}" if who else f"{told} {_('Keep screenshots for fewer days, or ask for a larger plan.')}"


def _place(said: Details, who: str) -> str:
    words = {"who": who, "browser": said["browser"], "network": said["network"], "when": _moment(said["at"])}
    return _("%(who)s signed in with %(browser)s from the network %(network)s on %(when)s, for the first time.") % words


def _mail(said: Details, _who: str) -> str:
    waiting = int(said["waiting"])
    told = ngettext("%(n)s mail has not left.", "%(n)s mails have not left.", waiting) % {"n": waiting}
    return f"{told} {_('They are kept and tried again; whoever runs the server should look at the mail server.')}"


def _trial(said: Details, who: str) -> str:
    told = _("The trial ends on %(day)s.") % {"day": _day(said["ends"])}
    return f"{who}: {told}" if who else told


def _jobs(said: Details, _who: str) -> str:
    names = ", ".join(f"{name} ({n})" for name, n in said["names"].items())
    return _("Failed within a day: %(names)s. The server's log says why.") % {"names": names}


def _disk(said: Details, _who: str) -> str:
    return _("%(free_percent)s %% of the disk with the data is free.") % said


_TEXTS: dict[Rule, Callable[[Details, str], str]] = {
    Rule.OFFLINE: _offline,
    Rule.NEVER_SYNCED: _never,
    Rule.REJECTED: _rejected,
    Rule.SILENT: _silent,
    Rule.STORAGE: _storage,
    Rule.SEATS: _seats,
    Rule.NEW_PLACE: _place,
    Rule.MAIL: _mail,
    Rule.TRIAL: _trial,
    Rule.JOBS: _jobs,
    Rule.DISK: _disk,
}
