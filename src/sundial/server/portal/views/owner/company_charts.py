"""What a company came to day by day, drawn for its owner: sums alone, nobody's name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from sundial.server.billing.queries.plans import MEGABYTE
from sundial.server.billing.types import DayFacts
from sundial.server.ui.types import Chart, Series


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart under its heading."""

    key: str
    heading: str
    chart: Chart


def drawn(days: Sequence[date], facts: Sequence[DayFacts], zone: str) -> list[Drawn]:
    """The charts over these days of the company's zone, active time first; nothing but zeros is not drawn."""
    by_day = {one.day: one for one in facts}

    def draw(
        key: str, heading: str, name: str, reads: Callable[[DayFacts], float | None], unit: Literal["length", "count"]
    ) -> Drawn:
        values = tuple(reads(by_day[day]) if day in by_day else None for day in days)
        labels = tuple(f"{day:%-d %b}" for day in days)
        return Drawn(key, heading, Chart(labels, (Series(name, values),), unit, _("Day"), zone))

    charts = [
        draw("active", _("Active time, 30 days"), _("Active"), lambda one: one.active_ms / 1000, "length"),
        draw("working", _("People at work, 30 days"), _("People"), lambda one: one.working, "count"),
        draw("seats", _("Seats taken, 30 days"), _("Seats"), _seats, "count"),
        draw("screenshots", _("Screenshots taken, 30 days"), _("Screenshots"), lambda one: one.screenshots, "count"),
        draw("storage", _("Room for screenshots in MB, 30 days"), _("MB"), _megabytes, "count"),
    ]
    return [one for one in charts if any(one.chart.series[0].values)]


def _seats(one: DayFacts) -> int | None:
    """None for a day that was written afterwards: how the company stood on it is not known."""
    return one.seats or None


def _megabytes(one: DayFacts) -> int | None:
    """None for a day that was written afterwards, as with seats."""
    return -(-one.storage_bytes // MEGABYTE) if one.seats else None
