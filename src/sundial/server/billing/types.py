"""What other apps may know of plans, subscriptions and invoices."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

CURRENCY = "EUR"


class InvoiceState(StrEnum):
    """A DRAFT has no number and may be thrown away; what was SENT stays for ever, at last PAID or VOID."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    PAID = "PAID"
    VOID = "VOID"


@dataclass(frozen=True)
class PlanFacts:
    """A plan: prices are in hundredths of the currency, per seat and month; no number is no limit."""

    id: int
    name: str
    description: str
    seats: int | None
    storage_mb: int | None
    retention_days: int | None
    features: tuple[str, ...]
    price_cents: int
    currency: str
    companies: int = 0


@dataclass(frozen=True)
class Use:
    """What a company uses of its limits now."""

    seats: int
    storage_mb: int


@dataclass(frozen=True)
class Consequence:
    """What another plan would mean, in one sentence; `worse` where something is lost."""

    words: str
    worse: bool = False


@dataclass(frozen=True)
class Term:
    """A company's time on one plan; `until` is None while it lasts."""

    plan_name: str
    price_cents: int
    currency: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Line:
    """One line of an invoice; `unit_cents` times `quantity` is what it comes to."""

    text: str
    quantity: int
    unit_cents: int

    @property
    def cents(self) -> int:
        """What the line comes to."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice as it is shown; `number` is empty for a draft."""

    id: int
    company_id: int
    company_name: str
    number: str
    state: InvoiceState
    period_start: date
    period_end: date
    currency: str
    cents: int
    lines: tuple[Line, ...]
    note: str
    made_at: datetime
    sent_at: datetime | None
    paid_at: datetime | None
    voided_at: datetime | None


@dataclass(frozen=True)
class DayFacts:
    """What a company came to on one day of its zone; nobody's name, only sums."""

    company_id: int
    day: date
    active_ms: int
    worked_ms: int
    seats: int
    working: int
    screenshots: int
    storage_bytes: int
    last_sync_at: datetime | None
    versions: dict[str, int] = field(default_factory=dict)
    as_of: datetime | None = None
