"""Adding an entry, in the very transaction of the change that it tells of."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
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
_APPEND = """
WITH entry AS (
  INSERT INTO audit_entry (
    company_id, seq, at, action, actor_kind, actor_id, actor_role, target_kind, target_id, details,
    about_commitment, actor_commitment, leaf_hash
  ) VALUES (
    %(log)s, %(seq)s, %(at)s, %(action)s, %(actor_kind)s, %(actor_id)s, %(actor_role)s, %(target_kind)s,
    %(target_id)s, %(details)s, %(about_commitment)s, %(actor_commitment)s, %(leaf_hash)s
  )
), personal AS (
  INSERT INTO audit_personal (
    company_id, seq, actor, ip, actor_salt, description, target, more, about_salt
  ) VALUES (
    %(log)s, %(seq)s, %(label)s, %(ip)s, %(actor_salt)s, %(description)s, %(target)s, %(more)s, %(about_salt)s
  )
)
UPDATE audit_head SET size = %(seq)s, frontier = %(frontier)s WHERE company_id = %(log)s
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
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of the change it tells of")
    by = rules.By(rules.clean(acting.label), acting.ip or "")
    about = _about(action, description, personal or {})
    with acting_for(company_id):
        edge = _locked_edge(company_id)
        facts = rules.Facts(
            log=company_id,
            seq=edge.size + 1,
            at=now,
            action=str(action),
            actor_kind=acting.kind,
            actor_id=acting.id,
            actor_role=str(acting.role),
            target_kind=_SAME_KIND.get(target_kind, target_kind),
            target_id=target_id,
            details=rules.to_json(details),
        )
        entry = _append(edge, facts, about, by)
        _tell_consoles(entry, about, by)
    return entry


def _about(action: str, description: str, personal: Mapping[str, Any]) -> rules.About:
    more = {name: value for name, value in personal.items() if name != "target"}
    return rules.About(
        description=rules.clean(description or rules.in_words(action)),
        target=rules.clean(str(personal.get("target", ""))),
        more=rules.to_json(more) if more else "",
    )


def _locked_edge(log: int) -> Frontier:
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


def _append(edge: Frontier, facts: rules.Facts, about: rules.About, by: rules.By) -> Entry:
    if problem := rules.problem_with(facts):
        raise ValueError(problem)
    about_salt, actor_salt = secrets.token_bytes(rules.SALT_BYTES), secrets.token_bytes(rules.SALT_BYTES)
    hidden = rules.commit_about(about_salt, about), rules.commit_by(actor_salt, by)
    hashed = leaf_hash(rules.leaf(facts, *hidden))
    edge.append(hashed)
    values: dict[str, Any] = asdict(facts) | asdict(about) | asdict(by)
    values |= {"about_commitment": hidden[0], "actor_commitment": hidden[1], "leaf_hash": hashed}
    values |= {"about_salt": about_salt, "actor_salt": actor_salt, "frontier": edge.to_bytes()}
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, values)
    stored = asdict(facts)
    return Entry(
        company_id=stored.pop("log"),
        about_commitment=hidden[0],
        actor_commitment=hidden[1],
        leaf_hash=hashed,
        **stored,
    )


def _tell_consoles(entry: Entry, about: rules.About, by: rules.By) -> None:
    description, user = about.description, by.label
    if rules.is_withheld(entry.company_id, entry.actor_kind, entry.actor_role, entry.target_kind):
        description, user = rules.in_words(entry.action), ""  # the platform's room hears of no person
    publish(
        company_id=entry.company_id,
        room=RoomName.PLATFORM if entry.company_id == PLATFORM else RoomName.ADMIN,
        kind="audit_log_added",
        data={"id": entry.seq, "action_type": entry.action, "description": description, "user": user},
        actor=user,
        now=entry.at,
    )
