"""Changing the attributes of many people from the console, with a way back for an hour."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.actions.many import (
    Carries,
    Turn,
    change_attributes_of_many,
    restore_attributes_of_many,
)
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.portal.views.console_doors import json_door
from sundial.server.portal.views.console_told import body_of, told
from sundial.server.portal.views.undoing import undo_token, undone

_WHAT = "console-people"

Packed = list[tuple[list[Any], list[Any], list[int]]]


@allow(Role.ADMIN)
@require_POST
@json_door
def attributes(request: HttpRequest) -> HttpResponse:
    """Give, take or set attributes of the people named; answers how many changed, who did not and why, and the undo."""
    acting, now = acting_of_page(request), clock.now()
    asked = body_of(request)
    held = [Held.from_text(one) for one in _texts(asked.get("attributes"))]
    many = change_attributes_of_many(
        acting=acting, user_ids=_ids(asked.get("ids")), held=held, how=str(asked.get("how", "")), now=now
    )
    return told(len(many.turns), many.items, undo_token(acting, _WHAT, packed(many.turns)) if many.turns else "")


@allow(Role.ADMIN)
@require_POST
@json_door
def undo(request: HttpRequest) -> HttpResponse:
    """Take such a change back, for everybody whom nobody changed since."""
    acting, now = acting_of_page(request), clock.now()
    kept = undone(acting, _WHAT, body_of(request).get("undo", ""))
    items = restore_attributes_of_many(acting=acting, turns=unpacked(kept), now=now)
    return told(sum(one.done for one in items), items)


def _ids(told: Any) -> list[int]:
    if not isinstance(told, list) or not all(type(one) is int and 0 < one <= HIGHEST_ID for one in told):
        raise Invalid({"ids": _("Name people by their ids.")})
    return told


def _texts(told: Any) -> list[str]:
    if not isinstance(told, list) or not all(isinstance(one, str) and len(one) <= 121 for one in told):
        raise Invalid({"attributes": _("Write attributes as finance or clearance=3.")})
    return told


def packed(turns: dict[int, Turn]) -> Packed:
    """People whose change was the same, together: thousands of them in a few lines."""
    groups: dict[str, tuple[list[Any], list[Any], list[int]]] = {}
    for user_id, turn in turns.items():
        before, then = _plain(turn.before), _plain(turn.now)
        groups.setdefault(json.dumps([before, then]), (before, then, []))[2].append(user_id)
    return list(groups.values())


def unpacked(kept: Packed) -> dict[int, Turn]:
    """What `packed` wrote."""
    return {one: Turn(_carries(before), _carries(then)) for before, then, ids in kept for one in ids}


def _plain(carries: Carries) -> list[Any]:
    return [[key, value, end and end.isoformat()] for key, (value, end) in sorted(carries.items())]


def _carries(plain: list[Any]) -> Carries:
    return {key: (value, end and datetime.fromisoformat(end)) for key, value, end in plain}
