"""Changing what thousands of people carry, in one transaction and a handful of statements, and taking it back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.audit.actions.recording import Line, record_each
from sundial.server.companies.actions.checks import require_admin
from sundial.server.companies.actions.holding import checked_held, ends_told
from sundial.server.companies.actions.telling import tell_console
from sundial.server.companies.models import Attribute, Membership, MembershipAttribute
from sundial.server.companies.queries.people import visible
from sundial.server.companies.rules.carrying import Carries
from sundial.server.companies.rules.many import How, after
from sundial.server.companies.types import Held
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.outcomes import Outcome
from sundial.server.lib.words import storable

__all__ = ["Carries", "How", "Many", "Turn", "change_attributes_of_many", "restore_attributes_of_many"]

NOT_HERE = "There is no such person."
CHANGED_SINCE = "Somebody changed this person since."
MOST = 10_000  # people at once


@dataclass(frozen=True)
class Turn:
    """What one person carried, and what they carry now."""

    before: Carries
    now: Carries


@dataclass(frozen=True)
class Many:
    """What came of each, and the turns of those who changed, by user id: what an undo needs."""

    items: list[Outcome]
    turns: dict[int, Turn] = field(default_factory=dict)


@transaction.atomic
def change_attributes_of_many(
    *, acting: Acting, user_ids: Iterable[int], held: Sequence[Held], how: str = How.REPLACE, now: datetime
) -> Many:
    """Give, take or set these attributes, for each alone; one event tells the consoles. Invalid for an unknown one."""
    company_id, asked = require_admin(acting), _how(how)
    wanted = {} if asked is How.REMOVE else checked_held(held)
    named = _known(held) if asked is How.REMOVE else set(wanted)
    rows = _locked(acting, user_ids)
    carried = _carried(rows.values())
    turns = {
        user_id: Turn(before, then)
        for user_id, row in rows.items()
        if (before := carried.get(row.pk, {})) != (then := after(before, asked, wanted=wanted, named=named, now=now))
    }
    _write(acting, company_id, rows, turns, now)
    said = {} if asked is How.REPLACE else {"how": str(asked)}
    _tell(acting, company_id, rows, turns, {"attributes": [one.text for one in held], **said}, now)
    return Many([Outcome(one, one in rows, "" if one in rows else NOT_HERE) for one in dict.fromkeys(user_ids)], turns)


@transaction.atomic
def restore_attributes_of_many(*, acting: Acting, turns: Mapping[int, Turn], now: datetime) -> list[Outcome]:
    """Take a change back: each carries again what they did before, unless somebody changed them since."""
    company_id = require_admin(acting)
    rows = _locked(acting, turns)
    carried = _carried(rows.values())
    left = set(Attribute.objects.values_list("id", flat=True))
    refusals = {one: _why_not(rows.get(one), turn, carried) for one, turn in turns.items()}
    back = {
        one: Turn(turn.now, {key: value for key, value in turn.before.items() if key in left})
        for one, turn in turns.items()
        if not refusals[one]
    }
    _write(acting, company_id, rows, back, now)
    _tell(acting, company_id, rows, back, {"attributes": [], "how": "restore"}, now)
    return [Outcome(one, not refusals[one], refusals[one]) for one in turns]


def _why_not(row: Membership | None, turn: Turn, carried: Mapping[int, Carries]) -> str:
    if row is None:
        return NOT_HERE
    return "" if carried.get(row.pk, {}) == turn.now else CHANGED_SINCE


def _how(how: str) -> How:
    try:
        return How(how)
    except ValueError as error:
        raise Invalid({"how": "Choose add, remove or replace."}) from error


def _known(held: Sequence[Held]) -> set[int]:
    """The ids of the attributes that are named, whatever their values; raises Invalid."""
    known = dict(Attribute.objects.filter(name__in=[storable(one.name) for one in held]).values_list("name", "id"))
    for one in held:
        if one.name not in known:
            raise Invalid({"attributes": f"There is no attribute {one.name}."})
    return set(known.values())


def _locked(acting: Acting, user_ids: Iterable[int]) -> dict[int, Membership]:
    """Those whom `acting` may see, as they were asked for, by user id; locked in one order."""
    wanted = list(dict.fromkeys(user_ids))
    if len(wanted) > MOST:
        raise Invalid({"ids": f"At most {MOST} people at once."})
    seen = visible(acting).filter(user_id__in=wanted).values("id")
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user").order_by("id")
    locked = {row.user_id: row for row in rows.filter(id__in=seen)}
    return {one: locked[one] for one in wanted if one in locked}


def _carried(rows: Iterable[Membership]) -> dict[int, Carries]:
    """What these people have of their own, what is over included, by membership."""
    found: dict[int, Carries] = {}
    held = MembershipAttribute.objects.filter(membership_id__in=[row.pk for row in rows])
    for membership, attribute, value, end in held.values_list("membership_id", "attribute_id", "value", "expires_at"):
        found.setdefault(membership, {})[attribute] = (value, end)
    return found


def _write(
    acting: Acting, company_id: int, rows: Mapping[int, Membership], turns: Mapping[int, Turn], now: datetime
) -> None:
    """Put what changed in place, with an entry about each person."""
    if not turns:
        return
    MembershipAttribute.objects.filter(membership_id__in=[rows[one].pk for one in turns]).delete()
    MembershipAttribute.objects.bulk_create(
        [
            MembershipAttribute(
                company_id=company_id,
                membership_id=rows[one].pk,
                attribute_id=key,
                value=value,
                expires_at=end,
            )
            for one, turn in turns.items()
            for key, (value, end) in turn.now.items()
        ],
        batch_size=2_000,
    )
    names = dict(Attribute.objects.values_list("id", "name"))
    lines = [_line(rows[one], turn, names, now) for one, turn in turns.items()]
    record_each(acting=acting, company_id=company_id, action="ATTRIBUTES_CHANGED", lines=lines, now=now)


def _line(row: Membership, turn: Turn, names: Mapping[int, str], now: datetime) -> Line:
    before, then = _held(turn.before, names, now), _held(turn.now, names, now)
    values = {
        "old_values": {"attributes": sorted(one.text for one in before)},
        "new_values": {"attributes": sorted(one.text for one in then)},
        **ends_told(then),
    }
    words = f"The attributes of {row.user.email} were changed"
    return Line(words, {"user_id": row.user_id}, values, "user", row.user_id)


def _held(carries: Carries, names: Mapping[int, str], now: datetime) -> list[Held]:
    """What of it has not ended."""
    return [Held(names.get(key, ""), value, end) for key, (value, end) in carries.items() if end is None or end > now]


def _tell(
    acting: Acting,
    company_id: int,
    rows: Mapping[int, Membership],
    turns: Mapping[int, Turn],
    said: dict[str, Any],
    now: datetime,
) -> None:
    if turns:
        data = {"users": [rows[one].user.email for one in turns], **said}
        tell_console(company_id=company_id, kind="users_bulk_attrs_updated", data=data, acting=acting, now=now)
