"""A real platform for the gateway to serve: its own PostgreSQL, one company, its policy, its devices."""

import time

from django.db import connection, transaction

from bench.setting import FOLDER, prepare
from sundial.run.postgres import Cluster
from sundial.server.accounts.actions import issue_token
from sundial.server.accounts.models import User
from sundial.server.companies.actions import add_person
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices.actions import ready_devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import found_company
from sundial.server.tracking.actions import change_policy
from sundial.server.tracking.queries import head


class Platform:
    """One company with one employee."""

    def __init__(self) -> None:
        self.cluster = Cluster(FOLDER / "pg", {"max_connections": "100"})
        self.cluster.start()
        self.dsn = self.cluster.app_dsn()
        prepare(self.cluster, pool_size=4)
        owner = User.objects.create(email="owner@example.test", is_owner=True, created_at=clock.now())
        self.owner = Acting("person", owner.pk, owner.email, Role.OWNER, None, "127.0.0.1")
        founded = found_company(
            acting=self.owner,
            name="Bench",
            admin_email="admin@example.test",
            status=CompanyStatus.ACTIVE,
            now=clock.now(),
        )
        self.company_id = founded.company_id
        self.employee_id = self._employee(founded.admin_id)
        self._interval = 30

    def devices(self, count: int) -> list[str]:
        """The tokens of that many enrolled devices."""
        made = ready_devices(acting=self.owner, company_id=self.company_id, count=count, now=clock.now())
        return [device.token for device in made]

    def person_token(self) -> str:
        """A token for the first system's doors."""
        with transaction.atomic():
            return issue_token(user_id=self.employee_id, company_id=self.company_id, now=clock.now())

    def policy(self) -> tuple[str, str]:
        """The etag in force, and the document."""
        with acting_for(self.company_id), transaction.atomic():
            current = head(self.company_id)
            return current.etag, current.document

    def save(self) -> float:
        """Save another policy; when the commit was begun, on the machine's monotonic clock in milliseconds."""
        self._interval += 1
        changes = {"screenshot_interval_seconds": self._interval}
        with transaction.atomic():
            change_policy(acting=self.owner, company_id=self.company_id, changes=changes, now=clock.now())
            return time.monotonic() * 1e3

    def stop(self) -> None:
        """End the database."""
        connection.close()
        if connection.pool is not None:
            connection.close_pool()
        self.cluster.stop()

    def _employee(self, admin_id: int) -> int:
        admin = Acting("person", admin_id, "admin@example.test", Role.ADMIN, self.company_id, "127.0.0.1")
        with acting_for(self.company_id), transaction.atomic():
            row = add_person(
                acting=admin,
                company_id=self.company_id,
                email="employee@example.test",
                first_name="Emma",
                last_name="Employee",
                role=Role.EMPLOYEE,
                now=clock.now(),
            )
        return row.user_id
