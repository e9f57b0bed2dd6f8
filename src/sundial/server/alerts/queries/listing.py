"""Alerts for those who may see them: ADMIN the company's, MANAGER those about their people, OWNER the platform's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sundial.server.alerts.models import Alert, Seen
from sundial.server.alerts.queries.words import href_of, rule_word, text_of
from sundial.server.alerts.types import PLATFORM_ALERTS, AlertRow, Rule, State
from sundial.server.companies import queries as companies
from sundial.server.lib import orders
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

PAGE_SIZE = 20
READERS = (Role.OWNER, Role.ADMIN, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class AlertFilters:
    """Which alerts to list; every part left out means all. `state` is open, unread, snoozed or resolved."""

    state: str = ""
    rule: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page of alerts."""

    items: tuple[AlertRow, ...]
    count: int
    page: int
    pages: int


def company_of(acting: Acting) -> int:
    """Where the alerts stand that this person may read; NotAllowed for whoever reads none."""
    if acting.role is Role.OWNER:
        return PLATFORM_ALERTS
    if acting.role not in READERS or acting.company_id is None:
        raise NotAllowed("Alerts are for those who look after people.")
    return acting.company_id


def visible(acting: Acting) -> QuerySet[Alert]:
    """The alerts this person may see, in the scope of `company_of`."""
    rows = Alert.objects.filter(company_id=company_of(acting)).exclude(state=State.PENDING)
    if acting.role is Role.MANAGER:
        return rows.filter(user_id__in=companies.visible_user_ids(acting))
    return rows


def alerts(
    acting: Acting,
    filters: AlertFilters,
    *,
    now: datetime,
    ordering: str = "-raised_at",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> AlertPage:
    """One page of what this person may see; a page past the end is the last."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _filtered(acting, _with_unread(visible(acting), acting, now), filters, now)
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(1, page), pages)
        first = (page - 1) * page_size
        found = list(rows.order_by(*orders.by(ordering))[first : first + page_size])
        return AlertPage(tuple(as_rows(acting, found)), count, page, pages)


def alert(acting: Acting, alert_id: int, *, now: datetime) -> AlertRow:
    """One alert this person may see; raises NotFound."""
    with acting_for(company_of(acting)), transaction.atomic():
        found = _with_unread(visible(acting), acting, now).filter(id=alert_id).first()
        if found is None:
            raise NotFound
        return as_rows(acting, [found])[0]


def unread_count(acting: Acting, *, now: datetime) -> int:
    """How many open alerts this person has not read yet; snoozed ones wait."""
    with acting_for(company_of(acting)), transaction.atomic():
        count: int = _with_unread(visible(acting), acting, now).filter(unread=True).count()
    return count


def unread_ids(acting: Acting, *, now: datetime) -> list[int]:
    """Which open alerts this person has not read yet."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _with_unread(visible(acting), acting, now).filter(unread=True)
        return list(rows.order_by("id").values_list("id", flat=True))


def of_ids(acting: Acting, ids: Collection[int], *, now: datetime) -> list[AlertRow]:
    """Those of these alerts that this person may see, newest first."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _with_unread(visible(acting), acting, now).filter(id__in=ids)
        return as_rows(acting, list(rows.order_by("-raised_at", "-id")))


def open_alerts(acting: Acting, *, now: datetime, limit: int) -> tuple[list[AlertRow], int]:
    """The newest open alerts this person may see, and how many there are; snoozed ones wait."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = _with_unread(visible(acting), acting, now).filter(state=State.OPEN).filter(_awake(now))
        return as_rows(acting, list(rows.order_by("-raised_at", "-id")[:limit])), rows.count()


def _awake(now: datetime) -> Q:
    return Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)


def _with_unread(rows: QuerySet[Alert], acting: Acting, now: datetime) -> Any:
    read = Seen.objects.filter(alert_id=OuterRef("pk"), user_id=acting.id or 0)
    return rows.annotate(unread=Q(state=State.OPEN) & _awake(now) & ~Exists(read))


def _filtered(acting: Acting, rows: Any, filters: AlertFilters, now: datetime) -> Any:
    states = {
        "open": Q(state=State.OPEN) & _awake(now),
        "unread": Q(unread=True),
        "snoozed": Q(state=State.OPEN, snoozed_until__gt=now),
        "resolved": Q(state=State.RESOLVED),
    }
    rows = rows.filter(states.get(filters.state, Q()))
    if filters.rule:
        rows = rows.filter(rule=storable(filters.rule))
    for word in storable(filters.search).split():
        rows = rows.filter(_says(acting, word))
    return rows


def _says(acting: Acting, word: str) -> Q:
    rules = [rule for rule in Rule if word.casefold() in rule_word(rule).casefold()]
    found = Q(rule__in=rules) | Q(details__computer__icontains=word)
    if acting.company_id is None:
        ids = [one.id for one in companies.companies_of(acting, search=word)]
        return found | Q(subject_kind="company", subject_id__in=ids)
    ids = list(companies.people(acting, search=word).values_list("user_id", flat=True))
    return found | Q(user_id__in=ids)


def as_rows(acting: Acting, found: Sequence[Alert]) -> list[AlertRow]:
    """Alerts in words, with the names of those concerned."""
    names = _names(acting, found)
    return [
        _row(one, names.get((one.subject_kind, one.subject_id)) or names.get(("", one.user_id or 0), ""))
        for one in found
    ]


def _names(acting: Acting, found: Sequence[Alert]) -> dict[tuple[str, int], str]:
    if acting.company_id is None:
        wanted = {one.subject_id for one in found if one.subject_kind == "company"}
        known = companies.companies_of(acting) if wanted else []
        return {("company", one.id): one.name for one in known if one.id in wanted}
    people = companies.names_of({one.user_id for one in found if one.user_id})
    return {("", user_id): person.name for user_id, person in people.items()}


def _row(one: Alert, who: str) -> AlertRow:
    return AlertRow(
        id=one.pk,
        rule=Rule(one.rule),
        title=rule_word(one.rule),
        text=text_of(one.rule, one.details, who),
        state=State(one.state),
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        user_id=one.user_id,
        person=who if one.user_id else "",
        raised_at=one.raised_at or one.first_seen_at,
        resolved_at=one.resolved_at,
        snoozed_until=one.snoozed_until,
        times=one.times,
        unread=bool(vars(one).get("unread")),
        href=href_of(one.rule, one.subject_kind, one.subject_id, one.user_id),
    )
