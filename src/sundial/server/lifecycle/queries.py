"""Reads about exports and closing; and which tables of the database hold rows of companies."""

import json
from collections.abc import Iterator
from datetime import datetime
from graphlib import TopologicalSorter

from django.db import connection, transaction

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.lifecycle.models import Closing, CompanyExport
from sundial.server.lifecycle.types import ClosingFacts, ExportFacts, ExportState

_SHOWN = (
    "id", "state", "asked_at", "asked_by_owner", "done", "total", "bytes", "made_at", "expires_at", "fetched_at",
    "problem",
)  # fmt: skip
# Secrets, and what only the program needs: nothing of it tells a company about itself.
_NOT_TAKEN_OUT = {
    "devices_token", "devices_enrolment_code", "devices_enrolment_attempt", "portal_kept_answer", "realtime_event",
    "realtime_room", "realtime_watcher", "lifecycle_companyexport", "activity_stale",
    "audit_archive_key",
}  # fmt: skip
_SECRET = ("wrapped", "digest", "salt", "token")
_TABLES = """
SELECT p.tablename, has_table_privilege(format('public.%I', p.tablename), 'DELETE') FROM pg_policies p
WHERE p.schemaname = 'public' AND p.policyname = 'tenant' ORDER BY 1
"""
_POINTS = """
SELECT DISTINCT c.conrelid::regclass::text, c.confrelid::regclass::text FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT t.relispartition
"""


def exports(acting: Acting, company_id: int, *, ordering: str = "-asked_at") -> list[ExportFacts]:
    """The newest twenty exports of a company, by when they were asked for; never what is in them."""
    companies.company_for(acting, company_id)
    if acting.role not in {Role.OWNER, Role.ADMIN}:
        raise NotAllowed("Exports of the whole company are for whoever runs it.")
    with acting_for(company_id), transaction.atomic():
        rows = CompanyExport.objects.filter(company_id=company_id).order_by("-id").values(*_SHOWN)[:20]
        found = [ExportFacts(**{**row, "state": ExportState(row["state"])}) for row in rows]
    return found if ordering.startswith("-") else found[::-1]


def closing(company_id: int) -> ClosingFacts | None:
    """When a company was closed and when its data goes; None if it is open."""
    with acting_for(company_id), transaction.atomic():
        row = Closing.objects.filter(company_id=company_id).first()
    return None if row is None else ClosingFacts(row.closed_at, row.delete_at, row.deleted_at)


def due_closings(now: datetime) -> list[int]:
    """The closed companies whose data is to go now."""
    with transaction.atomic(), across_companies():
        rows = Closing.objects.filter(delete_at__lte=now, deleted_at__isnull=True)
        return list(rows.order_by("delete_at").values_list("company_id", flat=True))


def expired_exports(now: datetime) -> list[tuple[int, int]]:
    """The exports whose time is over: company and export."""
    with transaction.atomic(), across_companies():
        rows = CompanyExport.objects.filter(state=ExportState.READY, expires_at__lte=now)
        return list(rows.values_list("company_id", "id"))


def tables_of_companies() -> dict[str, bool]:
    """Every table with rows of companies, and whether its rows may be deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return dict(cursor.fetchall())


def taken_out() -> list[str]:
    """The tables that an export of a company holds."""
    return [name for name in tables_of_companies() if name not in _NOT_TAKEN_OUT]


def rows_of(table: str) -> Iterator[str]:
    """Every row of the company in scope, as JSON without its secrets; the caller's transaction is open."""
    quoted = connection.ops.quote_name(table)
    secrets = [f"%{word}%" for word in _SECRET]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(column_name::text) FROM information_schema.columns "
            "WHERE table_name = %s AND table_schema = 'public' AND column_name LIKE ANY(%s)",
            [table, secrets],
        )
        hidden = cursor.fetchone()[0] or []
        cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {quoted} t", [hidden])  # noqa: S608 - a table's name, and quoted
        while found := cursor.fetchmany(2000):
            yield from (row[0] for row in found)


def in_order_of_deletion(wanted: set[str], kept: set[str]) -> list[str]:
    """These tables, those that point to others first; without those to which a kept one points."""
    with connection.cursor() as cursor:
        cursor.execute(_POINTS)
        points = [(source, target) for source, target in cursor.fetchall() if source != target]
    held = set(kept)
    while more := {target for source, target in points if source in held} - held:
        held |= more
    going = wanted - held
    graph: TopologicalSorter[str] = TopologicalSorter({table: set() for table in going})
    for source, target in points:
        if source in going and target in going:
            graph.add(target, source)
    return list(graph.static_order())


def people_of(company_id: int) -> list[int]:
    """The ids of everybody who ever belonged to a company, those who left included; in its scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM companies_membership WHERE company_id = %s ORDER BY 1", [company_id])
        return [row[0] for row in cursor.fetchall()]


def accounts_of(company_id: int) -> Iterator[str]:
    """Whose each user id of a company is, as JSON: only there do addresses stand."""
    with acting_for(company_id), transaction.atomic():
        found = companies.names_of(people_of(company_id))
    for person in found.values():
        yield json.dumps({"user_id": person.id, "email": person.email, "name": person.name}, ensure_ascii=False)
