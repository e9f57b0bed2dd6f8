"""Saving a policy: check, save, audit, and a hint at commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from sundial.protocol import etags, switches
from sundial.protocol import settings as table
from sundial.protocol.settings import Adjusted, Value
from sundial.server.audit.actions import record
from sundial.server.companies import actions as companies
from sundial.server.companies.queries import company
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.realtime.actions import publish
from sundial.server.tracking import queries, rules
from sundial.server.tracking.actions.issuing import add_version, locked_head
from sundial.server.tracking.models import PolicyHead, PolicyVersion
from sundial.server.tracking.types import COMPANY_SCOPE, Difference, Head, Mode, Saved

FIRST_EPOCH = 1
NOT_DELEGATED = "Only the owner of the platform may change this tracking policy, or an administrator they let do so."
STALE = "Someone else changed this policy since you opened it. Nothing was saved."


@dataclass(frozen=True, slots=True)
class _Asked:
    """Changes that fit, and what had to be done to make them fit."""

    values: Mapping[str, Value]
    adjusted: Mapping[str, Adjusted] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def create_first_policy(*, acting: Acting, company_id: int, now: datetime) -> Head:
    """Version 1 of a new company: the defaults. Founding the company is what is audited."""
    with acting_for(company_id), transaction.atomic():
        head = PolicyHead(company_id=company_id, scope=COMPANY_SCOPE, epoch=FIRST_EPOCH, version=0)
        return add_version(head, acting=acting, settings=table.defaults(), sections={}, now=now)


def change_policy(
    *,
    acting: Acting,
    company_id: int,
    changes: Mapping[str, object],
    now: datetime,
    if_match: str | None = None,
    mode: Mode = Mode.STRICT,
    sections: Mapping[str, object] | None = None,
) -> Saved:
    """Save these settings, and these switches of sections, as the next version, if they change anything.

    `if_match` is the etag that the saver saw: Conflict, with the difference, if it is no longer the one in force.
    Raises Invalid (nothing written), NotAllowed, NotFound.
    """
    with acting_for(company_id), transaction.atomic():
        require_may_change(acting, company_id)
        asked = _fitted(changes, switches.named(sections or {}), mode)
        head = locked_head(company_id)
        current = queries.version_of(head)
        if if_match is not None:
            _refuse_stale(acting, head, current, if_match, asked.values)
        changed = _save(head, current, asked.values, acting=acting, now=now)
        return Saved(changed, queries.head_of(head), asked.adjusted, asked.ignored)


def restore_version(
    *, acting: Acting, company_id: int, number: int, now: datetime, if_match: str | None = None
) -> Saved:
    """Bring the values of a former version back, as a new one; raises as `change_policy` does."""
    with acting_for(company_id), transaction.atomic():
        require_may_change(acting, company_id)
        head = locked_head(company_id)
        current = queries.version_of(head)
        former = PolicyVersion.objects.filter(
            company_id=company_id, scope=head.scope, epoch=head.epoch, version=number
        ).first()
        if former is None:
            raise NotFound
        settings = {setting.name: former.settings[setting.name] for setting in table.EDITABLE}
        values = switches.whole(settings, former.sections)
        if if_match is not None:
            _refuse_stale(acting, head, current, if_match, values)
        changed = _save(head, current, values, acting=acting, now=now, restored_from=number)
        return Saved(changed, queries.head_of(head))


def set_delegation(*, acting: Acting, company_id: int, delegated: bool, now: datetime) -> None:
    """Let a company's administrators change its policy, or no longer; only the OWNER may."""
    companies.change_company(acting=acting, company_id=company_id, changes={"policy_delegated": delegated}, now=now)


def require_may_change(acting: Acting, company_id: int) -> None:
    """Raise NotFound or NotAllowed for whoever may not change this company's policy."""
    if not rules.may_read(acting, company_id):
        raise NotFound
    if not rules.may_change(acting, company_id, delegated=company(company_id).policy_delegated):
        raise NotAllowed(NOT_DELEGATED)


def _fitted(changes: Mapping[str, object], switched: Mapping[str, object], mode: Mode) -> _Asked:
    if mode is Mode.STRICT:
        if problems := {**table.validate_strict(changes), **switches.problems(switched)}:
            raise Invalid(problems)
        values, _ = table.clamp(changes)
        return _Asked({**values, **{name: bool(value) for name, value in switched.items()}})
    known, ignored = table.split_known(changes)
    if wrong := table.type_errors(known):
        raise Invalid(wrong)
    values, adjusted = table.clamp(known)
    return _Asked(values, adjusted, tuple(ignored))


def _refuse_stale(
    acting: Acting, head: PolicyHead, current: PolicyVersion, if_match: str, asked: Mapping[str, Value]
) -> None:
    if etags.matches(if_match, head.etag):
        return
    seen = PolicyVersion.objects.filter(company_id=head.company_id, scope=head.scope, etag=etags.bare(if_match)).first()
    if seen is not None and (seen.epoch, seen.version) == (head.epoch, head.version):
        return  # only the signing key has changed since
    by = queries.last_change(acting, head.company_id).saved_by.label
    before = queries.set_in(seen) if seen else None
    settings = rules.stale_difference(seen=before, current=queries.set_in(current), asked=asked)
    difference = {
        "config_version": head.version,
        "etag": head.etag,
        "saved_at": rules.stamp(head.saved_at),
        "saved_by": by,
        "settings": settings,
    }
    raise Conflict(STALE, difference)


def _save(
    head: PolicyHead,
    current: PolicyVersion,
    values: Mapping[str, Value],
    *,
    acting: Acting,
    now: datetime,
    restored_from: int | None = None,
) -> bool:
    """Write the next version and all that goes with it, unless nothing would change."""
    changed = rules.differences(queries.set_in(current), values)
    if not changed:
        return False
    switched = {one.name: one.new for one in changed if one.name not in current.settings}
    add_version(
        head,
        acting=acting,
        settings={name: values.get(name, value) for name, value in current.settings.items()},
        sections=switches.sections_with(current.sections, switched),
        now=now,
        restored_from=restored_from,
    )
    _audit_change(head, rules.in_words(head.version, changed, restored_from), acting, now, changed)
    _tell_consoles(head, acting, now)
    return True


def _audit_change(
    head: PolicyHead, description: str, acting: Acting, now: datetime, changed: tuple[Difference, ...]
) -> None:
    record(
        acting=acting,
        company_id=head.company_id,
        action="POLICY_CHANGED",
        description=description,
        details={
            "old_values": {one.name: one.old for one in changed},
            "new_values": {one.name: one.new for one in changed},
            "config_version": head.version,
        },
        target_kind="company",
        target_id=head.company_id,
        now=now,
    )


def _tell_consoles(head: PolicyHead, acting: Acting, now: datetime) -> None:
    """Admins, everyone in the company, and the platform, whose owners are told the role and not the person."""
    data = {"company_id": head.company_id, "config_version": head.version}
    kind = "tracking_policy_changed"
    for room in ("admin", "dashboard"):
        publish(company_id=head.company_id, room=room, kind=kind, data=data, actor=acting.label, now=now)
    known = acting.label if acting.is_owner else str(acting.role)
    publish(company_id=PLATFORM, room="platform", kind=kind, data=data, actor=known, now=now)
