"""Adding an entry, in the very transaction of the change that it tells of."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from sundial.server.audit import rules
from sundial.server.audit.models import Entry, Head, Personal
from sundial.server.lib.acting import Acting
from sundial.server.lib.merkle import Frontier, leaf_hash
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.realtime.actions import publish
from sundial.server.realtime.types import RoomName

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
    Must be called in the transaction of the change. Its log stays locked until that transaction ends;
    who records in two logs takes the company's first and the platform's last.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of the change it tells of")
    by = rules.By(rules.clean(acting.label), acting.ip or "")
    about = _about(action, description, personal or {})
    with acting_for(company_id):
        head = _locked_head(company_id)
        facts = rules.Facts(
            log=company_id,
            seq=head.size + 1,
            at=now,
            action=str(action),
            actor_kind=acting.kind,
            actor_id=acting.id,
            actor_role=str(acting.role),
            target_kind=_SAME_KIND.get(target_kind, target_kind),
            target_id=target_id,
            details=rules.to_json(details),
        )
        entry = _append(head, facts, about, by)
        _tell_consoles(entry, about, by)
    return entry


def _about(action: str, description: str, personal: Mapping[str, Any]) -> rules.About:
    more = {name: value for name, value in personal.items() if name != "target"}
    return rules.About(
        description=rules.clean(description or rules.in_words(action)),
        target=rules.clean(str(personal.get("target", ""))),
        more=rules.to_json(more) if more else "",
    )


def _locked_head(company_id: int) -> Head:
    heads = Head.objects.select_for_update()
    head = heads.filter(company_id=company_id).first()
    if head is None:
        Head.objects.bulk_create([Head(company_id=company_id)], ignore_conflicts=True)
        head = heads.get(company_id=company_id)
    return head


def _append(head: Head, facts: rules.Facts, about: rules.About, by: rules.By) -> Entry:
    if problem := rules.problem_with(facts):
        raise ValueError(problem)
    about_salt, actor_salt = secrets.token_bytes(rules.SALT_BYTES), secrets.token_bytes(rules.SALT_BYTES)
    about_commitment, actor_commitment = rules.commit_about(about_salt, about), rules.commit_by(actor_salt, by)
    hashed = leaf_hash(rules.leaf(facts, about_commitment, actor_commitment))
    entry = Entry.objects.create(
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
        about_commitment=about_commitment,
        actor_commitment=actor_commitment,
        leaf_hash=hashed,
    )
    Personal.objects.create(
        company_id=facts.log,
        seq=facts.seq,
        actor=by.label,
        ip=by.ip,
        actor_salt=actor_salt,
        description=about.description,
        target=about.target,
        more=about.more,
        about_salt=about_salt,
    )
    frontier = Frontier.from_bytes(head.size, bytes(head.frontier))
    frontier.append(hashed)
    Head.objects.filter(company_id=facts.log).update(size=frontier.size, frontier=frontier.to_bytes())
    return entry


def _tell_consoles(entry: Entry, about: rules.About, by: rules.By) -> None:
    publish(
        company_id=entry.company_id,
        room=RoomName.PLATFORM if entry.company_id == PLATFORM else RoomName.ADMIN,
        kind="audit_log_added",
        data={
            "id": entry.seq,
            "action_type": entry.action,
            "description": about.description,
            "user": by.label,
        },
        actor=by.label,
        now=entry.at,
    )
