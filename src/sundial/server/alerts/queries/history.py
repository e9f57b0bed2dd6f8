"""What people were told, and whether the mails have left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from sundial.server.alerts.models import Message
from sundial.server.alerts.types import Told
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class ToldPage:
    """One page of messages, newest first."""

    items: tuple[Told, ...]
    count: int
    page: int
    pages: int


def history(acting: Acting, *, search: str = "", kind: str = "", page: int = 1, page_size: int = PAGE_SIZE) -> ToldPage:
    """What people that this person may see were told; a page past the end is the last."""
    if acting.role not in {Role.ADMIN, Role.MANAGER} or acting.company_id is None:
        raise NotAllowed("Only those who look after people may read this.")
    with acting_for(acting.company_id), transaction.atomic():
        rows = _searched(acting, Message.objects.filter(company_id=acting.company_id), search)
        if kind:
            rows = rows.filter(kind=storable(kind))
        if acting.role is Role.MANAGER:
            rows = rows.filter(user_id__in=companies.visible_user_ids(acting))
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(1, page), pages)
        found = list(rows.order_by("-made_at", "-id")[(page - 1) * page_size : page * page_size])
        names = companies.names_of({row.user_id for row in found})
        people = {user_id: person.name for user_id, person in names.items()}
        return ToldPage(tuple(_told(row, people.get(row.user_id, "")) for row in found), count, page, pages)


def last_told(company_id: int, user_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these people was last told something, of those who were."""
    with acting_for(company_id), transaction.atomic():
        rows = Message.objects.filter(company_id=company_id, user_id__in=list(user_ids))
        return dict(rows.order_by("user_id", "-made_at").distinct("user_id").values_list("user_id", "made_at"))


def message(company_id: int, message_id: int) -> Message | None:
    """One message, for whoever mails it."""
    with acting_for(company_id), transaction.atomic():
        return Message.objects.filter(id=message_id).first()


def _searched(acting: Acting, rows: QuerySet[Message], search: str) -> QuerySet[Message]:
    for word in storable(search).split():
        people = companies.people(acting, search=word).values_list("user_id", flat=True)
        rows = rows.filter(Q(subject__icontains=word) | Q(by_name__icontains=word) | Q(user_id__in=list(people)))
    return rows


def _told(row: Message, person: str) -> Told:
    return Told(
        row.pk, row.user_id, person, row.kind, row.subject, row.by_name, row.made_at, row.mailed_at, row.problem
    )
