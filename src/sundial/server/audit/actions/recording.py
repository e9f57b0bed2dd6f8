"""Adding an entry, in the very transaction of the change that it tells of."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from sundial.server.audit import rules
from sundial.server.audit.models import Entry
from sundial.server.lib.acting import Acting
from sundial.server.lib.merkle import Frontier, leaf_hash
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.realtime.actions import publish
from sundial.server.realtime.types import RoomName

_LOCK = "SELECT size, frontier FROM audit_head WHERE company_id = %s FOR UPDATE"
_BEGIN = "INSERT INTO audit_head (company_id, size, frontier) VALUES (%s, 0, '') ON CONFLICT DO NOTHING"
# However many entries: one statement, with a list for each column in which they differ.
_WRITE = """
WITH moved AS (UPDATE audit_head SET size = %(size)s, frontier = %(frontier)s WHERE company_id = %(log)s),
entry AS (
  INSERT INTO audit_entry (
    company_id, seq, target_kind, target_id, details, about_commitment, actor_commitment, leaf_hash,
    at, action, actor_kind, actor_id, actor_role
  ) SELECT %(log)s, each.*, %(at)s, %(action)s, %(actor_kind)s, %(actor_id)s::bigint, %(actor_role)s
  FROM unnest(
    %(seq)s::bigint[], %(target_kind)s::text[], %(target_id)s::bigint[], %(details)s::text[],
    %(about_commitment)s::bytea[], %(actor_commitment)s::bytea[], %(leaf_hash)s::bytea[]
  ) AS each
)
INSERT INTO audit_personal (
  company_id, seq, actor_salt, description, target, more, about_salt, actor, ip
) SELECT %(log)s, each.*, %(label)s, %(ip)s
FROM unnest(
  %(seq)s::bigint[], %(actor_salt)s::bytea[], %(description)s::text[], %(target)s::text[], %(more)s::text[],
  %(about_salt)s::bytea[]
) AS each
"""
_SAME_KIND = {"user": "person"}  # a user account is a person to whoever reads the log


def record(
    *,
    acting: Acting,
    company_id: int,
    action: str,
    description: str = "",
    details: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
    target_kind: str = "",
    target_id: int | None = None,
    now: datetime,
) -> Entry:
    """Add an entry to the log of a company (0: of the platform); if it cannot be, the change is not made.

    `details` stands in the tree for ever and must say nothing personal; whatever does goes into
    `description` or `personal` (where `target` is the name of the target), which can be erased. These
    belong to the target: an entry that says something about a person names that person as its target.
    The log stays locked until the transaction ends: who records in two takes the platform's last.
    """
    line = Line(description, details, personal or {}, target_kind, target_id)
    return _record(acting, company_id, action, [line], now)


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry says, besides who did what and when; the words are those of `record`."""

    description: str
    details: Mapping[str, Any]
    personal: Mapping[str, Any]
    target_kind: str = ""
    target_id: int | None = None


def record_each(*, acting: Acting, company_id: int, action: str, lines: Sequence[Line], now: datetime) -> None:
    """Add an entry for each of these, as `record` does for one; consoles are told once, of the last and how many."""
    if lines:
        _record(acting, company_id, action, lines, now)


def _record(acting: Acting, company_id: int, action: str, lines: Sequence[Line], now: datetime) -> Entry:
    """Add these entries; answers the last of them."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of the change it tells of")
    by = rules.By(rules.clean(acting.label), acting.ip or "")
    with acting_for(company_id):
        edge = locked_edge(company_id)
        made = [_made(edge, acting, (company_id, str(action), now), by, line) for line in lines]
        facts, last = made[-1]
        _write(facts, by, [row for _, row in made], edge)
        entry = _entry(facts, last)
        _tell_consoles(entry, _about(str(action), lines[-1]), by, len(made))
    return entry


def _write(facts: rules.Facts, by: rules.By, rows: Sequence[dict[str, Any]], edge: Frontier) -> None:
    """Write the entries, and move the log's end to the last of them; who did what and when is the same in all."""
    same = {name: getattr(facts, name) for name in ("log", "at", "action", "actor_kind", "actor_id", "actor_role")}
    same |= {"label": by.label, "ip": by.ip, "size": edge.size, "frontier": edge.to_bytes()}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, same | {name: [row[name] for row in rows] for name in rows[0]})


def _about(action: str, line: Line) -> rules.About:
    more = {name: value for name, value in line.personal.items() if name != "target"}
    return rules.About(
        description=rules.clean(line.description or rules.in_words(action)),
        target=rules.clean(str(line.personal.get("target", ""))),
        more=rules.to_json(more) if more else "",
    )


def locked_edge(log: int) -> Frontier:
    """Where the log ends; nobody else adds to it until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [log])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_BEGIN, [log])
            cursor.execute(_LOCK, [log])
            row = cursor.fetchone()
    size, frontier = row
    return Frontier.from_bytes(size, bytes(frontier))


def _made(
    edge: Frontier, acting: Acting, what: tuple[int, str, datetime], by: rules.By, line: Line
) -> tuple[rules.Facts, dict[str, Any]]:
    """The next entry of a log, and what its row says besides who did what and when; its leaf is added to the edge."""
    log, action, now = what
    facts = rules.Facts(
        log=log,
        seq=edge.size + 1,
        at=now,
        action=action,
        actor_kind=acting.kind,
        actor_id=acting.id,
        actor_role=str(acting.role),
        target_kind=_SAME_KIND.get(line.target_kind, line.target_kind),
        target_id=line.target_id,
        details=rules.to_json(line.details),
    )
    if problem := rules.problem_with(facts):
        raise ValueError(problem)
    about = _about(action, line)
    about_salt, actor_salt = secrets.token_bytes(rules.SALT_BYTES), secrets.token_bytes(rules.SALT_BYTES)
    hidden = rules.commit_about(about_salt, about), rules.commit_by(actor_salt, by)
    hashed = leaf_hash(rules.leaf(facts, *hidden))
    edge.append(hashed)
    row = {"seq": facts.seq, "target_kind": facts.target_kind, "target_id": facts.target_id, "details": facts.details}
    row |= {"about_commitment": hidden[0], "actor_commitment": hidden[1], "leaf_hash": hashed}
    row |= {"description": about.description, "target": about.target, "more": about.more}
    return facts, row | {"about_salt": about_salt, "actor_salt": actor_salt}


def _entry(facts: rules.Facts, row: Mapping[str, Any]) -> Entry:
    return Entry(
        company_id=facts.log,
        seq=facts.seq,
        at=facts.at,
        action=facts.action,
        actor_kind=facts.actor_kind,
        actor_id=facts.actor_id,
        actor_role=facts.actor_role,
        target_kind=facts.target_kind,
        target_id=facts.target_id,
        details=facts.details,
        about_commitment=row["about_commitment"],
        actor_commitment=row["actor_commitment"],
        leaf_hash=row["leaf_hash"],
    )


def _tell_consoles(entry: Entry, about: rules.About, by: rules.By, count: int) -> None:
    description, user = about.description, by.label
    if rules.is_withheld(entry.company_id, entry.actor_kind, entry.actor_role, entry.target_kind):
        description, user = rules.in_words(entry.action), ""  # the platform's room hears of no person
    more = {"count": count} if count > 1 else {}
    publish(
        company_id=entry.company_id,
        room=RoomName.PLATFORM if entry.company_id == PLATFORM else RoomName.ADMIN,
        kind="audit_log_added",
        data={"id": entry.seq, "action_type": entry.action, "description": description, "user": user, **more},
        actor=user,
        now=entry.at,
    )
