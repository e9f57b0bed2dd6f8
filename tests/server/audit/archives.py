"""Logs with a past, and archives made of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sundial.server.audit import actions, queries
from sundial.server.audit.actions.archiving import Desk, archive_old
from sundial.server.audit.rules import months
from sundial.server.audit.storage import Outside, Shelf
from sundial.server.audit.types import Archive
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import ADMIN, NOW

JANUARY = datetime.fromisoformat("2025-01-05T09:00:00+00:00")
RAVI = Acting("person", 12, "ravi@acme.test", Role.EMPLOYEE, None, "203.0.113.77")
SHELF = Shelf(settings.ARCHIVE_DIR)


def live_through(log: int, count: int, *, since: datetime = JANUARY, step: timedelta = timedelta(hours=15)) -> None:
    """So many entries from a day long ago on: about people, by people, and about nobody."""
    with acting_for(log), transaction.atomic():
        for number in range(1, count + 1):
            about_someone = number % 3 == 0
            actions.record(
                acting=RAVI if number % 5 == 0 else ADMIN,
                company_id=log,
                action="EMPLOYEE_EDITED" if about_someone else "SETTINGS_CHANGED",
                description=f"Entry {number} of ten:thousand,",
                details={"number": number, "word": 'a "log": of\tsigns \\ \u00fc'},
                personal={"target": f"person{number % 7}@acme.test", "first_name": "Ünal"} if about_someone else None,
                target_kind="person" if about_someone else "",
                target_id=number % 7 + 12 if about_someone else None,
                now=since + step * number,
            )


def archive_company(company_id: int) -> int:
    """Archive what is older than a year of a company's log, with the platform's own directories and key."""
    folder = Outside(settings.CHECKPOINT_DIR).log(company_id)
    desk = Desk(company_id, folder, SHELF, actions.signer())
    return archive_old(desk, before=months.line(clock.now(), 12), now=clock.now())


@dataclass(frozen=True)
class Past:
    """A log of which the oldest months were archived."""

    log: int
    notary: Notary

    @property
    def desk(self) -> Desk:
        """What archiving it takes."""
        return Desk(self.log, self.notary.outside.log(self.log), SHELF, self.notary.signer)

    def archive(self, *, before: datetime | None = None, most: int = 50_000) -> int:
        """Archive what is older than a year; how many entries left the table."""
        return archive_old(self.desk, before=before or months.line(NOW, 12), now=NOW, most=most)

    @property
    def archives(self) -> list[Archive]:
        """What was archived."""
        return queries.archives(self.log)
