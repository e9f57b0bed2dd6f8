"""The log as people read it: in order, filtered, each reader seeing what their role may see."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from sundial.server.audit import rules
from sundial.server.audit.models import Head
from sundial.server.audit.queries.actors import named
from sundial.server.audit.queries.archives import taken_out
from sundial.server.audit.queries.searching import (
    COUNT_LIMIT,
    Met,
    acted,
    concerning,
    looked_for,
    met_in_order,
    search,
    with_words,
)
from sundial.server.audit.types import (
    PLATFORM_LOG,
    Difference,
    EntryView,
    Filters,
    OwnAct,
    Page,
    Subject,
)
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import PLATFORM, across_companies, acting_for

PAGE_SIZE = 20
EVERYTHING = Filters()

_FROM = """
FROM audit_entry e LEFT JOIN audit_personal p ON p.company_id = e.company_id AND p.seq = e.seq
WHERE e.company_id = %(log)s
"""
_WHAT = """
SELECT e.seq, e.at, e.action, e.actor_kind, e.actor_id, e.actor_role, e.target_kind, e.target_id, e.details,
  p.actor, p.ip, p.description, p.target, p.more
"""
_CONCERNS = (
    " AND ((e.actor_kind = %(who_kind)s AND e.actor_id = %(who_id)s)"
    " OR (e.target_kind = %(who_kind)s AND e.target_id = %(who_id)s))"
)
_COUNT = "SELECT count(*) FROM (SELECT 1 "
_UP_TO, _COUNTED = " LIMIT %(limit)s", ") found"
_NEWEST_FIRST = " ORDER BY e.seq DESC LIMIT %(limit)s OFFSET %(offset)s"
_ELDEST_FIRST = " ORDER BY e.seq LIMIT %(limit)s OFFSET %(offset)s"
# Of some days long ago, the index by time reads those days alone; the order is the same.
_BY_DAY = " ORDER BY e.at DESC, e.seq DESC LIMIT %(limit)s OFFSET %(offset)s"
_BY_DAY_ELDEST_FIRST = " ORDER BY e.at, e.seq LIMIT %(limit)s OFFSET %(offset)s"
# What is said of people is kept from owners, so what they look for must not tell it either.
_SAYABLE = " AND (e.actor_role = 'OWNER' OR NOT 'person' IN (e.actor_kind, e.target_kind))"
_OWN = """
FROM audit_entry WHERE actor_role = 'OWNER' AND actor_kind = 'person' AND actor_id = %(who)s
AND (%(logs)s::bigint[] IS NULL OR company_id = ANY(%(logs)s))
"""
_OWN_ACTS = "SELECT company_id, seq, at, action, details, target_kind" + _OWN
_OWN_NEWEST_FIRST = "ORDER BY at DESC, company_id, seq DESC LIMIT %(limit)s OFFSET %(offset)s"
_OWN_ELDEST_FIRST = "ORDER BY at, company_id DESC, seq LIMIT %(limit)s OFFSET %(offset)s"


@dataclass(frozen=True, slots=True)
class Reader:
    """Which log someone reads, and whom its entries must be about (nobody in particular: None)."""

    log: int
    about: Subject | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One page of a list: what its entries must meet, in which order, and how far down."""

    log: int
    conditions: str
    by_day: bool
    newest_first: bool
    values: dict[str, Any]
    page: int
    page_size: int

    @property
    def by(self) -> str:
        """The order of the page."""
        if self.by_day:
            return _BY_DAY if self.newest_first else _BY_DAY_ELDEST_FIRST
        return _NEWEST_FIRST if self.newest_first else _ELDEST_FIRST

    def cut(self, count: int) -> tuple[int, int, int]:
        """The page of so many that there is, how many there are, and how many entries are before it."""
        pages = max(1, -(-count // self.page_size))
        page = min(max(1, self.page), pages)
        return page, pages, (page - 1) * self.page_size


def entries(
    acting: Acting,
    filters: Filters = EVERYTHING,
    *,
    ordering: str = "-seq",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Page[EntryView]:
    """What this person may read: an ADMIN the company's log, an OWNER the platform's, an EMPLOYEE what is
    about themselves; NotAllowed for everybody else. With more than are counted, `seq` begins at the eldest of all,
    or at the eldest of those that were looked through for words or for somebody.
    """
    reader = reader_of(acting)
    names = _names(reader, filters)
    subjects = [subject for subject in (reader.about, filters.about) if subject is not None]
    several = names if names and len(names) > 1 and not subjects else []
    conditions, values = _conditions(reader, filters, None if several else names)
    by_day, newest_first = bool(filters.since or filters.until), ordering.startswith("-")
    asked = _Asked(reader.log, conditions, by_day, newest_first, values, page, page_size)
    with acting_for(reader.log), transaction.atomic():
        met = _met(asked, subjects, several, filters.search)
        whole = _listed(asked) if met is None else _named(asked, met)
    items = [seen_by(acting, _view(reader.log, row)) for row in whole.items]
    return Page(items, whole.count, whole.page, whole.pages, whole.capped)


def _met(asked: _Asked, subjects: Sequence[Subject], names: list[str], search: str) -> Met | None:
    """The entries of somebody, by several or with words, which are named first; None where an index serves the list."""
    which, by, narrowed = _FROM + asked.conditions, _BY_DAY if asked.by_day else _NEWEST_FIRST, bool(asked.conditions)
    if subjects:
        met = concerning(subjects, which, asked.values)
    elif names:
        met = acted(names, which, by, asked.values, narrowed=narrowed)
    elif search.strip():
        return looked_for(search, which, by, asked.values, narrowed=narrowed)
    else:
        return None
    return with_words(met, search, asked.values) if search.strip() else met


def _named(asked: _Asked, met: Met) -> Page[tuple[Any, ...]]:
    """The page of entries whose numbers are known."""
    page, pages, start = asked.cut(len(met.seqs))
    seqs = met.seqs if asked.newest_first else met.seqs[::-1]
    values = {**asked.values, "found": seqs[start : start + asked.page_size]}
    by = _NEWEST_FIRST if asked.newest_first else _ELDEST_FIRST
    found = _rows((" AND e.seq = ANY(%(found)s)", by), values, 0, asked.page_size)
    return Page(found, len(met.seqs), page, pages, met.is_part)


def _listed(asked: _Asked) -> Page[tuple[Any, ...]]:
    count, capped = _count(asked.log, asked.conditions, asked.values)
    archived = 0 if asked.conditions else min(count, taken_out(asked.log))
    page, pages, start = asked.cut(count - archived)
    if asked.conditions:
        found = _rows((asked.conditions, asked.by), asked.values, start, asked.page_size)
    else:  # numbers are dense: every page of the whole log is equally near
        sign, begin = ("<=", count - start) if asked.newest_first else (">", archived + start)
        found = _rows(
            (f" AND e.seq {sign} %(begin)s", asked.by), {"log": asked.log, "begin": begin}, 0, asked.page_size
        )
    return Page(found, count - archived, page, pages, capped)


def entries_before(acting: Acting, filters: Filters, *, before: int | None, limit: int) -> list[EntryView]:
    """What this person may read of entries with lower numbers (None: all), newest first; nothing is counted."""
    reader = reader_of(acting)
    conditions, values = _conditions(reader, filters, _names(reader, filters), before)
    conditions += _concerns(reader, filters, values)
    with acting_for(reader.log), transaction.atomic():
        sought = search(reader.log, filters.search)
        conditions, values = conditions + sought.condition, {**values, **sought.values}
        with met_in_order(sought):
            found = _rows((conditions, _NEWEST_FIRST), values, 0, limit)
    return [seen_by(acting, _view(reader.log, row)) for row in found]


def entry(acting: Acting, seq: int) -> EntryView:
    """One entry that this person may read (NotFound for every other)."""
    reader = reader_of(acting)
    conditions, values = _conditions(reader, EVERYTHING)
    conditions += _concerns(reader, EVERYTHING, values)
    with acting_for(reader.log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WHAT + _FROM + conditions + " AND e.seq = %(seq)s", {**values, "seq": seq})
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return seen_by(acting, _view(reader.log, row))


def differences(shown: EntryView) -> list[Difference]:
    """What the entry changed, row by row."""
    return rules.differences(shown.details)


def own_acts(
    acting: Acting,
    *,
    logs: Sequence[int] | None = None,
    ordering: str = "-timestamp",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Page[OwnAct]:
    """What an OWNER did in these companies, or in all, without the values of any person."""
    if not acting.is_owner:
        raise NotAllowed
    with acting_for(PLATFORM), transaction.atomic(), across_companies(), connection.cursor() as cursor:
        values: dict[str, Any] = {"who": acting.id, "logs": None if logs is None else list(logs)}
        cursor.execute(_COUNT + _OWN + _UP_TO + _COUNTED, {**values, "limit": COUNT_LIMIT + 1})
        count = cursor.fetchone()[0]
        pages = max(1, -(-min(count, COUNT_LIMIT) // page_size))
        page = min(max(1, page), pages)
        by = _OWN_NEWEST_FIRST if ordering.startswith("-") else _OWN_ELDEST_FIRST
        cursor.execute(_OWN_ACTS + by, {**values, "limit": page_size, "offset": (page - 1) * page_size})
        items = [
            OwnAct(log, seq, at, action, json.loads(details), target_kind)
            for log, seq, at, action, details, target_kind in cursor.fetchall()
        ]
    return Page(items, min(count, COUNT_LIMIT), page, pages, count > COUNT_LIMIT)


def archived_upto(acting: Acting) -> int:
    """The last entry of the log this person reads that is in an archive alone; 0 if the list shows all."""
    log = reader_of(acting).log
    with acting_for(log), transaction.atomic():
        return taken_out(log)


def log_read_by(acting: Acting) -> int:
    """The log that this person may read as a whole (NotAllowed if there is none)."""
    reader = reader_of(acting)
    if reader.about is not None:
        raise NotAllowed
    return reader.log


def reader_of(acting: Acting) -> Reader:
    """What this person may read (NotAllowed for whoever may read nothing)."""
    if acting.role is Role.OWNER:
        return Reader(PLATFORM_LOG)
    if acting.role is Role.ADMIN and acting.company_id is not None:
        return Reader(acting.company_id)
    if acting.role is Role.EMPLOYEE and acting.company_id is not None and acting.id is not None:
        return Reader(acting.company_id, Subject("person", acting.id))
    raise NotAllowed


def _names(reader: Reader, filters: Filters) -> list[str] | None:
    """The names of the actors that are asked for; None where all are, or one by their id."""
    if isinstance(filters.user, int) or not filters.user.strip():
        return None
    return named(reader.log, filters.user, filters.called)


def _conditions(
    reader: Reader, filters: Filters, names: list[str] | None = None, before: int | None = None
) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"log": reader.log}
    said = []
    if filters.action_type:
        values["action"] = rules.clean(filters.action_type)
        said.append("e.action = %(action)s")
    if isinstance(filters.user, int):
        values["user"] = filters.user
        said.append("e.actor_id = %(user)s AND e.actor_kind = 'person'")
    if names is not None:
        values["names"] = names
        said.append("p.actor = ANY(%(names)s)")
    for name, sign, moment in (("since", ">=", filters.since), ("until", "<", filters.until)):
        if moment is not None:
            values[name] = moment
            said.append(f"e.at {sign} %({name})s")
    if before is not None:
        values["before"] = before
        said.append("e.seq < %(before)s")
    guesses = filters.search or (isinstance(filters.user, str) and filters.user)
    conditions = "".join(f" AND {one}" for one in said) + (_SAYABLE if guesses and reader.log == PLATFORM_LOG else "")
    return conditions, values


def _concerns(reader: Reader, filters: Filters, values: dict[str, Any]) -> str:
    said = ""
    for name, subject in (("reader", reader.about), ("about", filters.about)):
        if subject is not None:
            values |= {f"{name}_kind": subject.kind, f"{name}_id": subject.id}
            said += _CONCERNS.replace("who_", f"{name}_")
    return said


def _count(log: int, conditions: str, values: dict[str, Any]) -> tuple[int, bool]:
    if not conditions:  # numbers are dense: the head knows
        return Head.objects.filter(company_id=log).values_list("size", flat=True).first() or 0, False
    with connection.cursor() as cursor:
        cursor.execute(_COUNT + _FROM + conditions + _UP_TO + _COUNTED, {**values, "limit": COUNT_LIMIT + 1})
        count = cursor.fetchone()[0]
    return min(count, COUNT_LIMIT), count > COUNT_LIMIT


def _rows(asked: tuple[str, str], values: dict[str, Any], offset: int, limit: int) -> Sequence[tuple[Any, ...]]:
    conditions, by = asked
    with connection.cursor() as cursor:
        cursor.execute(_WHAT + _FROM + conditions + by, {**values, "offset": offset, "limit": limit})
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return found


def _view(log: int, row: tuple[Any, ...]) -> EntryView:
    seq, at, action, actor_kind, actor_id, actor_role, target_kind, target_id, details, *personal = row
    label, ip, description, target, more = personal
    return EntryView(
        log=log,
        seq=seq,
        at=at,
        action_type=action,
        description=description,
        details=rules.merged(json.loads(details), json.loads(more) if more else {}),
        actor_kind=actor_kind,
        actor_id=actor_id,
        actor_role=actor_role,
        user=label,
        ip_address=ip or None,
        target_kind=target_kind,
        target_id=target_id,
        target=target,
        erased=label is None or description is None,
    )


def seen_by(acting: Acting, shown: EntryView) -> EntryView:
    """The entry without what this reader may not know of others."""
    own = (shown.actor_kind, shown.actor_id) == ("person", acting.id)
    if acting.role is Role.EMPLOYEE and not own:
        return replace(shown, ip_address=None)
    if rules.is_withheld(shown.log, shown.actor_kind, shown.actor_role, shown.target_kind):
        open_details = {name: value for name, value in shown.details.items() if name in {"reason", "door"}}
        words = rules.in_words(shown.action_type)
        return replace(
            shown, user=None, ip_address=None, description=words, target=None, target_id=None, details=open_details
        )
    return shown
