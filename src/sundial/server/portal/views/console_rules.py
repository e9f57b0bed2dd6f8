"""Changing the rules of many files from the console, with a way back for an hour."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.views.console_doors import json_door
from sundial.server.portal.views.console_told import body_of, told
from sundial.server.portal.views.undoing import undo_token, undone
from sundial.server.vault.actions.filerules import Ruled, Ruling, set_rules_of_many

_WHAT = "console-rules"


@allow(Role.ADMIN)
@require_POST
@json_door
def change(request: HttpRequest) -> HttpResponse:
    """Give these files one rule, or take theirs away; answers how many changed, which did not and why, and the undo."""
    acting, now, asked = acting_of_page(request), clock.now(), body_of(request)
    files, text = _files(asked.get("files")), asked.get("policy")
    if not isinstance(text, str):
        raise Invalid({"policy": _("Write a rule, or nothing to take it away.")})
    rulings = [Ruling(file_id, text, revision) for file_id, revision in files.items()]
    return _told(acting, set_rules_of_many(acting=acting, rulings=rulings, now=now))


@allow(Role.ADMIN)
@require_POST
@json_door
def undo(request: HttpRequest) -> HttpResponse:
    """Take such a change back, for every file that nobody changed since."""
    acting = acting_of_page(request)
    kept = undone(acting, _WHAT, body_of(request).get("undo", ""))
    done = set_rules_of_many(acting=acting, rulings=[Ruling(*one) for one in kept], now=clock.now())
    return told(len(done.back), done.items)


def _told(acting: Acting, done: Ruled) -> HttpResponse:
    back = [(one.file_id, one.rule_text, one.revision) for one in done.back]
    return told(len(back), done.items, undo_token(acting, _WHAT, back) if back else "")


def _files(asked: Any) -> dict[int, int]:
    """The revision that the page has seen of each file, by id."""
    try:
        return {_number(one["id"]): _number(one["revision"]) for one in asked}
    except (TypeError, KeyError) as error:
        raise Invalid({"files": _("Name files by their ids and revisions.")}) from error


def _number(told: Any) -> int:
    if type(told) is not int or not 0 < told <= HIGHEST_ID:
        raise TypeError
    return told
