"""Whose files somebody may list, and which of them they see at this moment."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, lru_cache

from django.db.models import Q, QuerySet

from sundial import access
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.vault import rules
from sundial.server.vault.models import File, Folder
from sundial.server.vault.queries.facts import facts_for

_PARSED_AT_ONCE = 4096


def company_of(acting: Acting) -> int:
    """The company whose files this person may list; NotAllowed for the OWNER, who sees no company's files."""
    if acting.company_id is None or acting.kind != "person" or acting.role not in rules.INSIDE:
        raise NotAllowed("Files are visible inside their own company only.")
    return acting.company_id


def person_of(acting: Acting) -> int:
    """Who acts, as a person of a company; NotAllowed for anybody else."""
    company_of(acting)
    return acting.id or 0


def inside(acting: Acting) -> int:
    """The company of whoever asks for one thing of it; NotFound for somebody who belongs to none."""
    if acting.company_id is None or acting.kind != "person" or acting.role not in rules.INSIDE:
        raise NotFound
    return acting.company_id


def opening(acting: Acting, now: datetime) -> Callable[[str], bool]:
    """Whether a rule is true for this person now; their facts are read once, each rule is decided once."""
    facts = facts_for(acting, now=now)

    @cache
    def opens(rule_text: str) -> bool:
        rule = parsed(rule_text)
        return rule is not None and access.opens(rule, facts)

    return opens


@lru_cache(maxsize=_PARSED_AT_ONCE)
def parsed(rule_text: str) -> access.Rule | None:
    """The rule that this text is; None for an empty one, and for one that is none: neither opens a file."""
    try:
        return access.parse(rule_text) if rule_text else None
    except access.RuleError:
        return None


def visible(acting: Acting, rows: QuerySet[File], opens: Callable[[str], bool]) -> QuerySet[File]:
    """Of these files all for an ADMIN; for others those that open for them now, and their own. In scope."""
    if rules.runs_vault(acting):
        return rows
    texts: Iterable[str] = rows.exclude(owner_id=acting.id).order_by().values_list("rule_text", flat=True).distinct()
    return rows.filter(Q(owner_id=acting.id) | Q(rule_text__in=[text for text in texts if text and opens(text)]))


def visible_file(acting: Acting, file_id: int, *, now: datetime, binned: bool = False) -> File:
    """One file that is in use (or in the bin) and that `acting` sees; NotFound else. In the company's scope."""
    inside(acting)
    found = File.objects.filter(id=file_id, binned_at__isnull=not binned, erased_at__isnull=True).first()
    if found is None or not _sees(acting, found, now, binned=binned):
        raise NotFound
    return found


def _sees(acting: Acting, row: File, now: datetime, *, binned: bool) -> bool:
    if rules.may_change(acting, row.owner_id):
        return True
    return not binned and opening(acting, now)(row.rule_text)


def folder_in_use(folder_id: int) -> Folder:
    """A folder that is not in the bin; NotFound else. In the company's scope."""
    found = Folder.objects.filter(id=folder_id, binned_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found
