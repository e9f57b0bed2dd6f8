"""Doing one thing to several people: each stands alone, the answer says what came of each, and what can is undone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.actions.many import How, Turn, change_attributes_of_many, restore_attributes_of_many
from sundial.server.companies.types import AttributeKind, Held, Person
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotFound, SundialError
from sundial.server.lib.ids import id_in, ids_in
from sundial.server.lib.outcomes import Outcome
from sundial.server.lib.words import storable
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.views.console_many import Packed, packed, unpacked
from sundial.server.portal.views.undoing import undo_token, undone

MOST = 500
_WHAT = "people-bulk"


@dataclass(frozen=True)
class PersonOutcome:
    """What came of one person; `undo` is what was before."""

    person: Person
    done: bool
    message: str = ""
    undo: Any = None


@allow(Role.ADMIN)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do what was asked to the people who were ticked; what ends something asks first."""
    acting = acting_of_page(request)
    what, _colon, argument = request.POST.get("what", "").partition(":")
    chosen = _chosen(acting, request.POST.getlist("ids"))
    if not chosen:
        return redirect("people")
    if what == "give":
        row = _attribute(argument)
        if row.kind != AttributeKind.FLAG:
            if not (value := request.POST.get("value", "").strip()):
                return _which(request, row, chosen)
            argument = f"{row.name}={value}"
    if what in _ASKS and "sure" not in request.POST:
        return render(request, "portal/people_bulk_sure.html", {"what": what, "people": chosen})
    outcomes, before = _done(acting, what, argument, chosen)
    token = undo_token(acting, _WHAT, [what, argument, before]) if before else ""
    return _told(request, what, outcomes, token)


@allow(Role.ADMIN)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was done to several people a moment ago."""
    acting = acting_of_page(request)
    what, argument, before = undone(acting, _WHAT, request.POST.get("undo", ""))
    if what in _HOW:
        outcomes = _attributes_restored(acting, unpacked(before))
    else:
        outcomes = _each(_chosen(acting, before), lambda one: _UNDO[what](acting, one, argument, before[str(one.id)]))
    return _told(request, "undo", outcomes)


def _told(request: HttpRequest, what: str, outcomes: Sequence[PersonOutcome], undo: str = "") -> HttpResponse:
    context = {"what": what, "outcomes": outcomes, "done": sum(one.done for one in outcomes), "undo": undo}
    return render(request, "portal/people_bulk_done.html", context)


def _chosen(acting: Acting, ids: Iterable[str]) -> list[Person]:
    """The people who were ticked and whom one may see; a stranger's id names nobody."""
    rows = queries.people(acting).filter(user_id__in=ids_in(ids)[:MOST])
    return [queries.as_person(row) for row in rows]


def _done(acting: Acting, what: str, argument: str, chosen: list[Person]) -> tuple[list[PersonOutcome], Any]:
    """What came of each, and what an undo needs."""
    if what in _HOW:
        return _attributes_changed(acting, what, argument, chosen)
    if what not in _DO:
        raise NotFound
    outcomes = _each(chosen, lambda one: _DO[what](acting, one, argument))
    return outcomes, {str(one.person.id): one.undo for one in outcomes if one.done and what in _UNDO}


def _attributes_changed(
    acting: Acting, what: str, argument: str, chosen: list[Person]
) -> tuple[list[PersonOutcome], Packed | None]:
    """Of all at once; what cannot be given is refused to all of them."""
    try:
        many = change_attributes_of_many(
            acting=acting,
            user_ids=[one.id for one in chosen],
            held=[Held.from_text(argument)],
            how=_HOW[what],
            now=clock.now(),
        )
    except Invalid as refusal:
        return [PersonOutcome(one, done=False, message=_words(refusal)) for one in chosen], None
    return _of_people(chosen, many.items), packed(many.turns)


def _attributes_restored(acting: Acting, turns: Mapping[int, Turn]) -> list[PersonOutcome]:
    chosen = _chosen(acting, map(str, turns))
    return _of_people(chosen, restore_attributes_of_many(acting=acting, turns=turns, now=clock.now()))


def _of_people(chosen: Sequence[Person], items: Iterable[Outcome]) -> list[PersonOutcome]:
    came = {one.id: one for one in items}
    return [PersonOutcome(one, done=came[one.id].done, message=came[one.id].message) for one in chosen]


def _each(chosen: list[Person], do: Callable[[Person], Any]) -> list[PersonOutcome]:
    """Each in a step of its own: who is refused stays as they were, and stops nobody else."""
    found = []
    for one in chosen:
        try:
            with transaction.atomic():
                before = do(one)
        except SundialError as refusal:
            found.append(PersonOutcome(one, done=False, message=_words(refusal)))
        else:
            found.append(PersonOutcome(one, done=True, undo=before))
    return found


def _words(refusal: SundialError) -> str:
    return " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else refusal.message


def _attribute(name: str) -> Any:
    row = queries.attributes(search=name).filter(name=storable(name)).first()
    if row is None:
        raise NotFound
    return row


def _which(request: HttpRequest, row: Any, chosen: list[Person]) -> HttpResponse:
    """Ask for the value that these people get."""
    number = row.kind == AttributeKind.NUMBER
    context = {"what": f"give:{row.name}", "name": row.name, "number": number, "people": chosen}
    return render(request, "portal/people_bulk_value.html", context)


def _set_department(acting: Acting, one: Person, argument: str) -> int | None:
    _move(acting, one, id_in(argument) or None)
    return one.department_id


def _move(acting: Acting, one: Person, department_id: int | None) -> None:
    changes = {"department_id": department_id}
    actions.edit_person(acting=acting, user_id=one.id, changes=changes, now=clock.now())


def _join_team(acting: Acting, one: Person, argument: str) -> bool:
    team_id = id_in(argument)
    if any(seat.team_id == team_id for seat in queries.teams_of([one.id]).get(one.id, ())):
        return False
    return actions.put_in_team(acting=acting, team_id=team_id, user_id=one.id, manages=False, now=clock.now())


def _leave_team(acting: Acting, one: Person, argument: str, joined: bool) -> None:
    if joined:
        team_id = id_in(argument)
        actions.take_out_of_team(acting=acting, team_id=team_id, user_id=one.id, now=clock.now())


def _deactivate(acting: Acting, one: Person, _argument: str) -> str:
    lifecycle.deactivate_person(acting=acting, user_id=one.id, now=clock.now())
    return str(one.status)


def _reactivate(acting: Acting, one: Person, _argument: str, before: str) -> None:
    if before == "ACTIVE":
        lifecycle.reactivate_person(acting=acting, user_id=one.id, now=clock.now())


def _let_go(acting: Acting, one: Person, _argument: str) -> None:
    lifecycle.let_go(acting=acting, user_id=one.id, now=clock.now())


def _invite(acting: Acting, one: Person, _argument: str) -> None:
    actions.invite_again(acting=acting, user_id=one.id, now=clock.now())


_DO: dict[str, Callable[[Acting, Person, str], Any]] = {
    "department": _set_department,
    "team": _join_team,
    "deactivate": _deactivate,
    "let-go": _let_go,
    "invite": _invite,
}
_UNDO: dict[str, Callable[[Acting, Person, str, Any], Any]] = {
    "department": lambda acting, one, _argument, before: _move(acting, one, before),
    "team": _leave_team,
    "deactivate": _reactivate,
}
_HOW = {"give": How.ADD, "take": How.REMOVE}
_ASKS = {"deactivate", "let-go"}
