"""Closing a company: its devices end, nobody signs in, and after a while its data goes, with evidence."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from sundial.server.accounts.actions import end_all_tokens
from sundial.server.accounts.actions.erasing import forget_people
from sundial.server.activity import actions as activity
from sundial.server.activity.actions.takeout import remove_all_pictures
from sundial.server.audit import actions as audit
from sundial.server.audit.types import Subject
from sundial.server.companies import queries as companies
from sundial.server.companies.actions.company import close
from sundial.server.companies.scoping import places_of
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import actions as devices
from sundial.server.devices.actions.blanking import blank_devices
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotAllowed
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lifecycle import queries, storage
from sundial.server.lifecycle.models import Closing
from sundial.server.lifecycle.types import ExportState
from sundial.server.vault.actions import remove_all_files

DATA_STAYS = timedelta(days=30)
AT_ONCE = 10_000  # rows deleted in one transaction
# The log stays whole, its personal values go; invoices are kept by law; closing itself is the evidence.
_KEPT = {"audit_head", "audit_entry", "audit_personal", "audit_archive", "audit_archive_key", "audit_removal",
         "billing_invoice", "billing_subscription",
         "billing_companyday", "lifecycle_closing", "companies_company"}  # fmt: skip


@transaction.atomic
def close_company(*, acting: Acting, company_id: int, now: datetime) -> None:
    """End a company that was exported before: devices, sessions and tokens end now, its data in thirty days.

    Raises Conflict without an export that is ready. Until the data goes, reactivating opens it again; its devices
    then have to be enrolled anew.
    """
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may close a company.")
    if not any(one.state is ExportState.READY for one in queries.exports(acting, company_id)):
        raise Conflict("Have it exported first, so that its people can take their data with them.")
    close(acting=acting, company_id=company_id, now=now)
    with acting_for(company_id):
        for user_id in queries.people_of(company_id):
            activity.end_sessions_of(company_id=company_id, user_id=user_id, now=now)
            end_all_tokens(user_id=user_id, company_id=company_id)
            devices.revoke_all_of_person(acting=acting, company_id=company_id, user_id=user_id, now=now)
        devices.tell_company_status(company_id=company_id, status=CompanyStatus.SUSPENDED, now=now)
        Closing.objects.update_or_create(
            company_id=company_id, defaults={"closed_at": now, "delete_at": now + DATA_STAYS}
        )


def delete_closed(*, now: datetime) -> int:
    """Delete the data of the companies whose time is over; how many. One that was interrupted is begun again."""
    due = queries.due_closings(now)
    for company_id in due:
        _delete(company_id, now)
    return len(due)


def _delete(company_id: int, now: datetime) -> None:
    if companies.company(company_id).closed_at is None:  # it was opened again
        with acting_for(company_id), transaction.atomic():
            Closing.objects.filter(company_id=company_id).delete()
        return
    with acting_for(company_id), transaction.atomic():
        people = queries.people_of(company_id)
    if people:  # their names go first: what is left has none
        subjects = [Subject("person", user_id) for user_id in people]
        audit.erase(acting=Acting.system(), company_id=company_id, subjects=subjects, now=now)
    audit.erase_names(acting=Acting.system(), company_id=company_id, now=now)
    counts = {table: n for table in _going() if (n := _empty(company_id, table))}
    remove_all_pictures(company_id)
    remove_all_files(company_id)
    storage.remove_all(company_id)  # after their rows: whoever fetches one now is told that it is gone
    _close_the_books(company_id, people, counts, now)


def _going() -> list[str]:
    with transaction.atomic():
        tables = queries.tables_of_companies()
        fixed = {table for table, may_go in tables.items() if not may_go}
        return queries.in_order_of_deletion(set(tables) - _KEPT - fixed, _KEPT | fixed)


def _empty(company_id: int, table: str) -> int:
    """Delete a company's rows of a table, some at a time; how many. Row-level security keeps to the company."""
    quoted, deleted = connection.ops.quote_name(table), 0
    statement = f"DELETE FROM {quoted} WHERE ctid IN (SELECT ctid FROM {quoted} LIMIT {AT_ONCE})"  # noqa: S608 - a table's name, and quoted
    while True:
        with acting_for(company_id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            found = int(cursor.rowcount)
        deleted += found
        if not found:
            return deleted


def _close_the_books(company_id: int, people: list[int], counts: dict[str, int], now: datetime) -> None:
    """Blank what has to stay, forget those who belong nowhere any more, and write the evidence."""
    with transaction.atomic():
        with acting_for(company_id):
            blank_devices(company_id=company_id)
            Closing.objects.filter(company_id=company_id).update(deleted_at=now)
        forget_people(user_ids=[user_id for user_id in people if not places_of(user_id)])
        with acting_for(PLATFORM):
            audit.record(
                acting=Acting.system(),
                company_id=PLATFORM,
                action="COMPANY_DATA_DELETED",
                description=f"The data of company {company_id} was deleted, {DATA_STAYS.days} days after it was closed",
                details={"company_id": company_id, "rows": counts, "people": len(people)},
                target_kind="company",
                target_id=company_id,
                now=now,
            )
