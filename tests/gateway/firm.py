"""A company and what happens to it, said through the server's own actions."""

import itertools
from datetime import datetime, timedelta

import psycopg
from django.db import transaction

from sundial.protocol.messages import NoticeKind
from sundial.protocol.tokens import digest
from sundial.server.accounts.actions import end_all_tokens, issue_token
from sundial.server.accounts.models import PersonToken
from sundial.server.companies.models import Membership
from sundial.server.devices.actions import notify, ready_devices, revoke
from sundial.server.devices.models import DeviceReport, DeviceToken
from sundial.server.devices.queries import device
from sundial.server.devices.types import ReadyDevice
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import reactivate_company, suspend_company
from sundial.server.tracking.actions import change_policy
from sundial.server.tracking.types import Head
from tests.cast import Cast


class Firm:
    """The company of the cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.id: int = cast.company.pk
        self._values = itertools.cycle(range(31, 3600))

    @classmethod
    def of_the_stranger(cls, cast: Cast) -> "Firm":
        """The other company, of which ours knows nothing."""
        firm = cls(cast)
        firm.id = cast.other.pk
        return firm

    def device(self) -> ReadyDevice:
        """One more enrolled device."""
        return self.devices(1)[0]

    def devices(self, count: int) -> list[ReadyDevice]:
        """Many at once."""
        return ready_devices(acting=self.cast.owner.acting, company_id=self.id, count=count, now=clock.now())

    def save(self, **changes: int | bool) -> Head:
        """Save a policy that differs from the last one."""
        changes = changes or {"screenshot_interval_seconds": next(self._values)}
        saved = change_policy(acting=self.cast.owner.acting, company_id=self.id, changes=changes, now=clock.now())
        assert saved.changed
        return saved.head

    def suspend(self) -> None:
        """The owner suspends the company."""
        suspend_company(acting=self.cast.owner.acting, company_id=self.id, reason="test", now=clock.now())

    def reactivate(self) -> None:
        """The owner lets it work again."""
        reactivate_company(acting=self.cast.owner.acting, company_id=self.id, now=clock.now())

    def revoke(self, device_id: int) -> None:
        """The admin ends a device."""
        revoke(acting=self.cast.admin.acting, device_id=device_id, now=clock.now())

    def notify(self, kind: NoticeKind, device_id: int | None = None) -> int:
        """Tell one device, or all."""
        return int(notify(company_id=self.id, device_id=device_id, kind=kind, now=clock.now()).pk)

    def person_token(self, user_id: int, company_id: int | None) -> str:
        """A token as signing in gives it."""
        with transaction.atomic():
            return issue_token(user_id=user_id, company_id=company_id, now=clock.now())

    def end_tokens(self, user_id: int) -> None:
        """What signing out everywhere does."""
        with transaction.atomic():
            end_all_tokens(user_id=user_id)

    def let_rest(self, token: str, days: int) -> None:
        """As if the token had last been used that long ago."""
        with transaction.atomic():
            PersonToken.objects.filter(digest=digest(token)).update(last_used_at=clock.now() - timedelta(days=days))

    def rested(self, token: str) -> float:
        """Seconds since the token was last used."""
        with transaction.atomic():
            return (clock.now() - PersonToken.objects.get(digest=digest(token)).last_used_at).total_seconds()

    def set_membership(self, user_id: int, status: str) -> None:
        """What deactivating does to the membership alone."""
        with acting_for(self.id), transaction.atomic():
            Membership.objects.filter(user_id=user_id).update(status=status)

    def row(self, device_id: int) -> DeviceReport:
        """What is kept of a device."""
        with acting_for(self.id), transaction.atomic():
            return DeviceReport.objects.get(device_id=device_id)

    def give_token(self, device_id: int, token: str) -> None:
        """Give a device another token, without a hint to anyone."""
        with acting_for(self.id), transaction.atomic():
            DeviceToken.objects.filter(device_id=device_id).update(digest=digest(token))

    def lose_policy(self, owner_dsn: str) -> None:
        """As if the company had been founded without one."""
        with psycopg.connect(owner_dsn) as owner:
            owner.execute("DELETE FROM tracking_policy_head WHERE company_id = %s", [self.id])

    def forget_token(self, token: str) -> None:
        """Delete a token's row, as nothing in the platform does."""
        with acting_for(self.id), transaction.atomic():
            DeviceToken.objects.filter(digest=digest(token)).delete()

    def online(self, device_id: int, now: datetime | None = None) -> bool:
        """Whether the pages show it online."""
        return device(self.cast.admin.acting, device_id, now=now or clock.now()).presence == "online"
