"""How a company's sums were made, and which of its months stand in them."""

from dataclasses import dataclass, field
from datetime import date

from sundial.server.activity import rules
from sundial.server.activity.models import DayZone


@dataclass(frozen=True, slots=True)
class Made:
    """Up to which month there are sums of months, and from when on people were late by them."""

    months_until: date | None = None
    late_after: list[int] = field(default_factory=list)

    def months_in(self, since: date, until: date) -> rules.Whole:
        """The months that can be read instead of their days."""
        return rules.whole_months(since, until, self.months_until)


def made_of(company_id: int) -> Made:
    """How far the sums of months of this company are made; in its scope."""
    row = DayZone.objects.filter(company_id=company_id).values_list("months_until", "late_after").first()
    return Made(*row) if row else Made()
