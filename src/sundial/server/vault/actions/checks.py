"""Input that every action of this app checks the same way; in the company's scope."""

from collections.abc import Callable, Mapping
from functools import cache, partial

from django.db import connection
from django.db.models import Q

from sundial import access
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.words import storable
from sundial.server.vault import rules
from sundial.server.vault.models import File, Folder
from sundial.server.vault.queries import wording
from sundial.server.vault.queries.facts import pool
from sundial.server.vault.queries.visible import folder_in_use

TAKEN = "There is a file of this name in this folder."
_MOST_NUMBERS = 10_000


def checked_name(name: str) -> str:
    """What a file or folder may be called; raises Invalid."""
    try:
        return rules.cleaned(storable(name))
    except rules.BadName as error:
        raise Invalid({"name": str(error)}, str(error)) from error


def checked_rule(text: str) -> str:
    """The rule as it is kept; empty for none. Raises Invalid with where it is wrong and what may have been meant."""
    return _checked(pool, text)


def checking_rules() -> Callable[[str], str]:
    """`checked_rule` for many rules, with the company's attributes asked for once."""
    return partial(_checked, cache(pool))


def _checked(kinds: Callable[[], Mapping[str, str]], text: str) -> str:
    text = storable(text).strip()
    if not text:
        return ""
    try:
        rule = access.parse(text)
    except access.RuleError as error:
        raise _wrong(error.problem) from error
    for problem in access.check(rule, kinds()):
        raise _wrong(problem)
    return access.printed(rule)


def _wrong(problem: access.Problem) -> Invalid:
    words = wording.wrong_or_meant(problem)
    return Invalid({"policy": words}, words)


def checked_folder(folder_id: int | None) -> Folder | None:
    """A folder in use, or None for the top; raises Invalid."""
    if folder_id is None:
        return None
    try:
        return folder_in_use(folder_id)
    except NotFound as error:
        raise Invalid({"folder": "Choose a folder that is there."}) from error


def file_called(name: str, folder_id: int | None) -> File | None:
    """The file of this name in this folder that is in use."""
    rows = File.objects.filter(Q(folder_id=folder_id), folded=rules.folded(name), binned_at__isnull=True)
    return rows.first()


def require_free(name: str, folder_id: int | None, *, but: int | None = None) -> None:
    """Raise Invalid if another file there has this name."""
    found = file_called(name, folder_id)
    if found is not None and found.pk != but:
        raise Invalid({"name": TAKEN}, TAKEN)


def free_name(name: str, folder_id: int | None) -> str:
    """This name, or the first numbered one that no file there has."""
    if file_called(name, folder_id) is None:
        return name
    rows = File.objects.filter(Q(folder_id=folder_id), binned_at__isnull=True)
    taken = set(rows.values_list("folded", flat=True))
    tries = (rules.numbered(name, number) for number in range(2, _MOST_NUMBERS))
    return next(one for one in tries if rules.folded(one) not in taken)


def in_turn(company_id: int, what: str) -> None:
    """One at a time in this company, until the transaction ends: two at once cannot take the same name or room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"vault {what}", company_id])
