"""The rules that open files: written, changed and taken away by administrators; each save wraps the keys anew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from sundial import access
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.outcomes import Outcome, alone
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.checks import checked_rule
from sundial.server.vault.actions.holding import held_for_rule
from sundial.server.vault.actions.keys import bind_to_rule
from sundial.server.vault.actions.telling import log_file, refresh_pages, tell, tell_of_many
from sundial.server.vault.models import File
from sundial.server.vault.queries.visible import company_of, inside
from sundial.server.vault.storage import Rule

Changed = tuple[File, str]  # a file, and the rule that it had

MOST = 1_000  # files at once


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule that a file shall have; with `revision`, if nobody changed the file since."""

    file_id: int
    rule_text: str
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """What came of each file, and the rulings that bring back the rules of those that changed."""

    items: list[Outcome]
    back: list[Ruling]


def set_rule(*, acting: Acting, file_id: int, rule_text: str, revision: int | None = None, now: datetime) -> File:
    """Write a file's rule; the empty one takes it away, the same one changes nothing."""
    with acting_for(inside(acting)), transaction.atomic():
        row, before = _put(Ruling(file_id, rule_text, revision), acting, now)
        if row.rule_text != before:
            _tell(row, before, acting, now)
            refresh_pages(row.company_id)
    return row


def remove_rule(*, acting: Acting, file_id: int, revision: int | None = None, now: datetime) -> File:
    """Take a file's rule away: it opens for nobody until there is another."""
    return set_rule(acting=acting, file_id=file_id, rule_text="", revision=revision, now=now)


def set_rules_of_many(*, acting: Acting, rulings: Collection[Ruling], now: datetime) -> Ruled:
    """Write these rules in one transaction; each stands alone, and consoles are told of each that changed."""
    company_id = _company_of(acting, rulings)
    with acting_for(company_id), transaction.atomic():
        items, changed = _put_each(rulings, acting, now)
        for row, before in changed:
            _tell(row, before, acting, now)
        if changed:
            refresh_pages(company_id)
    return Ruled(items, _back(changed))


def remove_rules_of_many(*, acting: Acting, file_ids: Collection[int], now: datetime) -> Ruled:
    """Take the rules of these files away in one transaction; each stands alone, and consoles are told once."""
    rulings = [Ruling(one, "") for one in file_ids]
    company_id = _company_of(acting, rulings)
    with acting_for(company_id), transaction.atomic():
        items, changed = _put_each(rulings, acting, now)
        if changed:
            names = [row.name for row, _before in changed]
            tell_of_many("policies_bulk_deleted", company_id, acting, now, files=names)
            refresh_pages(company_id)
    return Ruled(items, _back(changed))


def _company_of(acting: Acting, rulings: Collection[Ruling]) -> int:
    if not rules.may_rule(acting):
        raise NotAllowed("Only an administrator may change the rule of a file.")
    if len(rulings) > MOST:
        raise Invalid({"files": f"At most {MOST} files at once."})
    return company_of(acting)


def _put_each(rulings: Collection[Ruling], acting: Acting, now: datetime) -> tuple[list[Outcome], list[Changed]]:
    """What came of each, locked in one order, and those that have another rule now."""
    put: list[Changed] = []

    def do(one: Ruling) -> None:
        put.append(_put(one, acting, now))

    wanted = {one.file_id: one for one in rulings}
    items = [alone(key, partial(do, wanted[key])) for key in sorted(wanted)]
    return items, [(row, before) for row, before in put if row.rule_text != before]


def _back(changed: list[Changed]) -> list[Ruling]:
    return [Ruling(row.pk, before, row.revision) for row, before in changed]


def _put(one: Ruling, acting: Acting, now: datetime) -> Changed:
    """Put a rule in place, with its entry in the log if it is another: the file, and the rule that it had."""
    row = held_for_rule(acting, one.file_id, now=now, revision=one.revision)
    before, wanted = row.rule_text, checked_rule(one.rule_text)
    if wanted != before:
        _write(row, wanted, now)
        _log(row, before, acting, now)
    return row, before


def _tell(row: File, before: str, acting: Acting, now: datetime) -> None:
    if row.rule_text:
        tell("policy_updated" if before else "policy_added", row, acting, now, policy=row.rule_text)
    else:
        tell("policy_deleted", row, acting, now)


def _write(row: File, rule_text: str, now: datetime) -> None:
    before = Rule(row.rule_text, row.rule_language)
    row.rule_text, row.rule_language = rule_text, access.LANGUAGE
    row.revision, row.updated_at = row.revision + 1, now
    row.save(update_fields=["rule_text", "rule_language", "revision", "updated_at"])
    bind_to_rule(file=row, before=before, now=now)


def _log(row: File, before: str, acting: Acting, now: datetime) -> None:
    """What the rule was and is stands where it can be erased: it may name somebody's team."""
    action = "FILE_RULE_REMOVED" if not row.rule_text else "FILE_RULE_CHANGED" if before else "FILE_RULE_ADDED"
    more = {"old_rule": before, "new_rule": row.rule_text}
    log_file(action, "opens by another rule", row, acting, now, more=more, revision=row.revision)
