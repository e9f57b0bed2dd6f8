"""What other apps may know of companies and people."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sundial.server.lib.acting import Role


class CompanyStatus(StrEnum):
    """TRIAL and ACTIVE work alike; SUSPENDED cannot sign in and its agents stop recording."""

    TRIAL = "TRIAL"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class MemberStatus(StrEnum):
    """An INACTIVE person may come back; one who LEFT is let go."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    LEFT = "LEFT"


class AttributeKind(StrEnum):
    """A FLAG one has or not; a VALUE is a word that differs from person to person."""

    FLAG = "flag"
    VALUE = "value"


COMPANY_ROLES = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@dataclass(frozen=True)
class Limits:
    """What a company's plan allows; no number is no limit. Without a plan (no name) everything is allowed."""

    plan_name: str = ""
    seats: int | None = None
    storage_mb: int | None = None
    retention_days: int | None = None
    features: tuple[str, ...] = ()

    def allows(self, feature: str) -> bool:
        """Whether this feature may be used."""
        return not self.plan_name or feature in self.features


@dataclass(frozen=True)
class Person:
    """Someone in a company; `id` is the user's."""

    id: int
    email: str
    first_name: str
    last_name: str
    role: Role
    status: MemberStatus
    created_at: datetime
    teams: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """How people call them; the address if no name was given."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


@dataclass(frozen=True)
class Place:
    """One company in which a user may act, seen before a company is in scope."""

    company_id: int
    company_name: str
    company_status: CompanyStatus
    role: Role
    status: MemberStatus

    @property
    def why_closed(self) -> str:
        """Why the person may not act here now, in plain words; empty if they may."""
        if self.status is not MemberStatus.ACTIVE:
            return f"Your access to {self.company_name} is switched off. An administrator there can switch it on."
        if self.company_status is CompanyStatus.SUSPENDED:
            return f"{self.company_name} is suspended: nothing is recorded, and nobody can sign in."
        return ""
