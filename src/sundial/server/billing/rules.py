"""Money, periods and consequences, without a database."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sundial.server.billing.types import Consequence, PlanFacts, Use
from sundial.server.companies.types import Feature, Limits
from sundial.server.lib.numbers import whole_in

FEATURE_WORDS = {
    Feature.PDF: "reports as PDF",
    Feature.BRANDING: "own logo and colours",
}
NO_PLAN = Limits()


def limits_of(plan: PlanFacts | None) -> Limits:
    """What a plan allows; no plan allows everything."""
    if plan is None:
        return NO_PLAN
    return Limits(plan.name, plan.seats, plan.storage_mb, plan.retention_days, plan.features)


def consequences(before: Limits, after: Limits, use: Use) -> list[Consequence]:
    """What changing from one plan to another means for a company that uses so much; what is lost comes first."""
    found = [
        *_seats(before.seats, after.seats, use.seats),
        *_storage(before.storage_mb, after.storage_mb, use.storage_mb),
        *_retention(before.retention_days, after.retention_days),
        *_features(before, after),
    ]
    return sorted(found, key=lambda one: not one.worse)


def _seats(before: int | None, after: int | None, used: int) -> Iterator[Consequence]:
    if after is not None and used > after:
        over = used - after
        yield Consequence(
            f"{people(over)} over the new limit of {seats(after)}: nobody is removed, nobody can be added.", worse=True
        )
    elif before != after:
        yield Consequence(
            f"{'Seats without limit' if after is None else seats(after)}; {used} are taken.", worse=_less(before, after)
        )


def _storage(before: int | None, after: int | None, used: int) -> Iterator[Consequence]:
    if after is not None and used > after:
        yield Consequence(
            f"Its screenshots take {size(used)}, more than the new limit of {size(after)}: none is deleted, "
            "and no new ones are taken until there is room.",
            worse=True,
        )
    elif before != after:
        room = "Room for screenshots without limit" if after is None else f"{size(after)} for screenshots"
        yield Consequence(f"{room}; {size(used)} are taken.", worse=_less(before, after))


def _retention(before: int | None, after: int | None) -> Iterator[Consequence]:
    if before == after:
        return
    if _less(before, after):
        yield Consequence(f"What is older than {after} days is deleted the following night.", worse=True)
    else:
        yield Consequence(f"What is recorded may be kept {'without limit' if after is None else f'{after} days'}.")


def _features(before: Limits, after: Limits) -> Iterator[Consequence]:
    for feature, words in FEATURE_WORDS.items():
        had, has = before.allows(feature), after.allows(feature)
        if had and not has:
            yield Consequence(f"It loses: {words}.", worse=True)
        elif has and not had:
            yield Consequence(f"It gains: {words}.")


def _less(before: int | None, after: int | None) -> bool:
    return after is not None and (before is None or after < before)


def seats(count: int) -> str:
    """`1 seat`, `5 seats`."""
    return "1 seat" if count == 1 else f"{count} seats"


def people(count: int) -> str:
    """`1 person is`, `12 people are`."""
    return "1 person is" if count == 1 else f"{count} people are"


def size(megabytes: int) -> str:
    """Megabytes as people say them."""
    return f"{megabytes} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f}".removesuffix(".0") + " GB"


def money(cents: int, currency: str) -> str:
    """An amount as it stands on an invoice: `1,234.50 EUR`."""
    return f"{cents / 100:,.2f} {currency}"


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of the month that a day lies in."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following - timedelta(days=1)


def number(year: int, counted: int) -> str:
    """An invoice's number: dense within its year."""
    return f"{year}-{counted:04d}"


def year_and_count(number: str) -> tuple[int, int]:
    """What a number says: its year, and how many there were in it; (0, 0) for words that are none."""
    year, _dash, counted = number.strip().partition("-")
    return whole_in(year, 4) or 0, whole_in(counted) or 0


def known_features(names: Sequence[str]) -> bool:
    """Whether each of these is a feature."""
    return set(names) <= set(Feature)


def near(used: int, limit: int | None) -> bool:
    """Whether four fifths of a limit are used."""
    return limit is not None and used * 5 >= limit * 4
