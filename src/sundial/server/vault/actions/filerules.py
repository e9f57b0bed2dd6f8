"""The rules that open files: written, changed and taken away by administrators; each save wraps the keys anew."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db import transaction

from sundial import access
from sundial.server.audit.actions.recording import Line
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound, SundialError
from sundial.server.lib.outcomes import Outcome
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.checks import checked_rule, checking_rules
from sundial.server.vault.actions.holding import held_for_rule, held_for_rules, require_revision
from sundial.server.vault.actions.keys import bind_to_rules
from sundial.server.vault.actions.telling import line_of, log_files, refresh_pages, tell_each, tell_of_many
from sundial.server.vault.models import File
from sundial.server.vault.queries.visible import company_of, inside
from sundial.server.vault.storage import Rule

MOST = 1_000  # files at once
BROKEN = "The key of this file cannot be read, so its rule stays as it is."
_FIELDS = ("rule_text", "rule_language", "revision", "updated_at")


class _Turn(StrEnum):
    """What became of a file's rule, as consoles are told; by name, as the log says it."""

    ADDED = "policy_added"
    CHANGED = "policy_updated"
    REMOVED = "policy_deleted"


@dataclass(frozen=True, slots=True)
class _Changed:
    """A file with the rule that it has now, and the one that it had."""

    file: File
    before: Rule

    @property
    def turn(self) -> _Turn:
        """What became of its rule."""
        if not self.file.rule_text:
            return _Turn.REMOVED
        return _Turn.CHANGED if self.before.text else _Turn.ADDED

    @property
    def told(self) -> dict[str, Any]:
        """What its event says."""
        told = {"file": self.file.name, "id": self.file.pk}
        return {**told, "policy": self.file.rule_text} if self.file.rule_text else told


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
        row = held_for_rule(acting, file_id, now=now, revision=revision)
        changed = _turned(row, checked_rule(rule_text), now)
        if changed:
            if not _saved([changed], row.company_id, acting, now):
                raise Conflict(BROKEN)
            tell_each(changed.turn, row.company_id, [changed.told], acting, now)
            refresh_pages(row.company_id)
    return row


def remove_rule(*, acting: Acting, file_id: int, revision: int | None = None, now: datetime) -> File:
    """Take a file's rule away: it opens for nobody until there is another."""
    return set_rule(acting=acting, file_id=file_id, rule_text="", revision=revision, now=now)


def set_rules_of_many(*, acting: Acting, rulings: Collection[Ruling], now: datetime) -> Ruled:
    """Write these rules in one transaction and as many statements for many as for one; each file stands alone.

    Consoles are told of each file that has another rule, and once of all that have none any more.
    """
    company_id = _company_of(acting, rulings)
    wanted = {one.file_id: one for one in sorted(rulings, key=attrgetter("file_id"))}
    with acting_for(company_id), transaction.atomic():
        turned, refused = _each_turned(wanted, now)
        changed = _saved(turned, company_id, acting, now)
        if changed:
            _tell(changed, company_id, acting, now)
            refresh_pages(company_id)
    back = {one.file.pk: Ruling(one.file.pk, one.before.text, one.file.revision) for one in changed}
    refused |= {one.file.pk: BROKEN for one in turned if one.file.pk not in back}
    return Ruled([Outcome(key, key not in refused, refused.get(key, "")) for key in wanted], list(back.values()))


def remove_rules_of_many(*, acting: Acting, file_ids: Collection[int], now: datetime) -> Ruled:
    """Take the rules of these files away, as `set_rules_of_many` does."""
    return set_rules_of_many(acting=acting, rulings=[Ruling(one, "") for one in file_ids], now=now)


def _company_of(acting: Acting, rulings: Collection[Ruling]) -> int:
    if not rules.may_rule(acting):
        raise NotAllowed("Only an administrator may change the rule of a file.")
    if len(rulings) > MOST:
        raise Invalid({"files": f"At most {MOST} files at once."})
    return company_of(acting)


def _each_turned(wanted: Mapping[int, Ruling], now: datetime) -> tuple[list[_Changed], dict[int, str]]:
    """The files that shall have another rule, held, with it; and why others cannot, by their ids."""
    rows, rule_of = held_for_rules(wanted), checking_rules()
    turned, refused = [], {}
    for key, ruling in wanted.items():
        try:
            turned.append(_ruled(rows.get(key), ruling, rule_of, now))
        except SundialError as refusal:
            refused[key] = refusal.message
    return [one for one in turned if one is not None], refused


def _ruled(row: File | None, ruling: Ruling, rule_of: Callable[[str], str], now: datetime) -> _Changed | None:
    if row is None:
        raise NotFound
    require_revision(row, ruling.revision)
    return _turned(row, rule_of(ruling.rule_text), now)


def _turned(row: File, rule_text: str, now: datetime) -> _Changed | None:
    """The file with another rule, which is not saved yet; None if it has that one already."""
    before = Rule(row.rule_text, row.rule_language)
    if rule_text == before.text:
        return None
    row.rule_text, row.rule_language = rule_text, access.LANGUAGE
    row.revision, row.updated_at = row.revision + 1, now
    return _Changed(row, before)


def _saved(turned: Sequence[_Changed], company_id: int, acting: Acting, now: datetime) -> list[_Changed]:
    """Keep these, with their keys under the new rules and their entries in the log; not those whose keys are broken."""
    files, before = {one.file.pk: one.file for one in turned}, {one.file.pk: one.before for one in turned}
    broken = bind_to_rules(company_id=company_id, files=files, before=before, now=now)
    changed = [one for one in turned if one.file.pk not in broken]
    File.objects.bulk_update([one.file for one in changed], _FIELDS)
    for turn in _Turn:
        lines = [_line(one) for one in changed if one.turn is turn]
        if lines:
            log_files(f"FILE_RULE_{turn.name}", lines, company_id, acting, now)
    return changed


def _line(one: _Changed) -> Line:
    """What the rule was and is stands where it can be erased: it may name somebody's team."""
    more = {"old_rule": one.before.text, "new_rule": one.file.rule_text}
    return line_of("opens by another rule", one.file, more=more, revision=one.file.revision)


def _tell(changed: Sequence[_Changed], company_id: int, acting: Acting, now: datetime) -> None:
    for turn in (_Turn.ADDED, _Turn.CHANGED):
        data = [one.told for one in changed if one.turn is turn]
        if data:
            tell_each(turn, company_id, data, acting, now)
    gone = [one.file.name for one in changed if one.turn is _Turn.REMOVED]
    if gone:
        tell_of_many("policies_bulk_deleted", company_id, acting, now, files=gone)
