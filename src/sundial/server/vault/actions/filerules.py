"""The rules that open files: written, changed and taken away by administrators; each save wraps the keys anew."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sundial import access
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed, SundialError
from sundial.server.lib.outcomes import Outcome
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.checks import checked_rule
from sundial.server.vault.actions.holding import held_for_rule
from sundial.server.vault.actions.keys import bind_to_rule
from sundial.server.vault.actions.telling import log_file, refresh_pages, tell, tell_of_many
from sundial.server.vault.models import File
from sundial.server.vault.queries.visible import company_of, inside
from sundial.server.vault.storage import Rule


def set_rule(*, acting: Acting, file_id: int, rule_text: str, revision: int | None = None, now: datetime) -> File:
    """Write a file's rule; the empty one takes it away, the same one changes nothing."""
    with acting_for(inside(acting)), transaction.atomic():
        row = held_for_rule(acting, file_id, now=now, revision=revision)
        wanted = checked_rule(rule_text)
        before = row.rule_text
        if wanted == before:
            return row
        _write(row, wanted, now)
        _log(row, before, acting, now)
        if not wanted:
            tell("policy_deleted", row, acting, now)
        else:
            tell("policy_updated" if before else "policy_added", row, acting, now, policy=wanted)
        refresh_pages(row.company_id)
    return row


def remove_rule(*, acting: Acting, file_id: int, revision: int | None = None, now: datetime) -> File:
    """Take a file's rule away: it opens for nobody until there is another."""
    return set_rule(acting=acting, file_id=file_id, rule_text="", revision=revision, now=now)


def remove_rules_of_many(*, acting: Acting, file_ids: Iterable[int], now: datetime) -> list[Outcome]:
    """Take the rules of these files away; each stands alone, and consoles are told once."""
    company_id = company_of(acting)
    if not rules.may_rule(acting):
        raise NotAllowed("Only an administrator may change the rule of a file.")
    found: list[Outcome] = []
    names: list[str] = []
    with acting_for(company_id), transaction.atomic():
        for key in sorted(set(file_ids)):
            try:
                row = held_for_rule(acting, key, now=now)
            except SundialError as refusal:
                found.append(Outcome(key, done=False, message=refusal.message))
                continue
            found.append(Outcome(key, done=True))
            if row.rule_text:
                before = row.rule_text
                _write(row, "", now)
                _log(row, before, acting, now)
                names.append(row.name)
        if names:
            tell_of_many("policies_bulk_deleted", company_id, acting, now, files=names)
            refresh_pages(company_id)
    return found


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
