"""What `sundial.access` says of rules and decisions, in the reader's language; what is kept in the log is English."""

from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sundial.access import Problem, Voice

_GONE, _TYPE = _("there is no attribute {name}"), _("{name} cannot be asked like this")
_TIME, _NO_TIME = _("it is {value}"), _("the time is not known")
_MORE, _MET = _("{value} and {n} more"), _("Every part that is needed is true.")
_NEEDS, _SO_ON = _("It needs {rule}, but {why}."), _("{why}, and so on")
# By the codes of `access.ENGLISH`: of somebody else, and to the person.
_WORDS: dict[str, tuple[Promise | str, Promise | str]] = {
    "gone": (_GONE, _GONE),
    "type": (_TYPE, _TYPE),
    "has": (_("they have {name}"), _("you have {name}")),
    "has not": (_("they do not have {name}"), _("you do not have {name}")),
    "no value": (_("they have no {name}"), _("you have no {name}")),
    "value": (_("their {name} is {value}"), _("your {name} is {value}")),
    "time": (_TIME, _TIME),
    "working": (_("they are working now"), _("you are working now")),
    "not working": (_("they are not working now"), _("you are not working now")),
    "enrolled": (_("they have an enrolled device"), _("you have an enrolled device")),
    "not enrolled": (_("they have no enrolled device"), _("you have no enrolled device")),
    "unknown working": (_("it is not known whether they are working"), _("it is not known whether you are working")),
    "unknown enrolled": (
        _("it is not known whether they have an enrolled device"),
        _("it is not known whether you have an enrolled device"),
    ),
    "unknown role": (_("their role is not known"), _("your role is not known")),
    "unknown department": (_("they are in no department"), _("you are in no department")),
    "unknown team": (_("they are in no team"), _("you are in no team")),
    "unknown network": (
        _("they are on no network that has a name"),
        _("you are on no network that has a name"),
    ),
    "unknown time": (_NO_TIME, _NO_TIME),
    "more values": (_MORE, _MORE),
    "met": (_MET, _MET),
    "needs": (_NEEDS, _NEEDS),
    "and so on": (_SO_ON, _SO_ON),
}


def _counted(code: str, n: int) -> str:
    if code == "hold":
        return ngettext("{n} of {all} holds", "{n} of {all} hold", n)
    return ngettext("And {n} more is missing.", "And {n} more are missing.", n)


@cache
def _voice(to: int, _language: str) -> Voice:
    """The words of the language in force, looked up once: a decision says a dozen, and lists make hundreds of them."""
    words = {code: str(either[to]) for code, either in _WORDS.items()}
    return Voice(lambda code, n: words.get(code) or _counted(code, n))


def to_others() -> Voice:
    """How the reader's language speaks of a person to somebody else."""
    return _voice(0, get_language() or "")


def to_them() -> Voice:
    """How the reader's language speaks to the person."""
    return _voice(1, get_language() or "")


def wrong(problem: Problem) -> str:
    """What is wrong with a rule, or a part of it."""
    return gettext(problem.words).format(**problem.values)


def wrong_or_meant(problem: Problem) -> str:
    """The same, with what may have been meant."""
    if not problem.suggestion:
        return wrong(problem)
    words = gettext("{problem} Did you mean {suggestion}?")
    return words.format(problem=wrong(problem), suggestion=problem.suggestion)
