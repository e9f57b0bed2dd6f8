"""What a person may know about being recorded: who looked, and how much is kept."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min, Sum

from sundial.server.activity.models import Screenshot, Usage
from sundial.server.activity.queries import sessions as work
from sundial.server.activity.queries.usage import KEPT
from sundial.server.activity.queries.visible import company_of, visible_person
from sundial.server.activity.types import Look, Recorded, SpanKind
from sundial.server.audit import queries as audit
from sundial.server.audit.types import Subject
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for

DAY_VIEWED, SCREENSHOT_VIEWED = LOOKS = "DAY_VIEWED", "SCREENSHOT_VIEWED"


def who_looked(acting: Acting, user_id: int, *, limit: int = 50) -> list[Look]:
    """Who looked at this person's days and screenshots, latest first; for the person, and for who may see them."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        visible_person(acting, user_id)
        told = audit.told_about(company_id, Subject("person", user_id), actions=LOOKS, limit=limit)
    return [look_of(one) for one in told]


def look_of(told: audit.Told) -> Look:
    """A look, as the log tells of it."""
    said = told.details
    ids = said.get("screenshot_ids") or [said[name] for name in ("screenshot_id",) if name in said]
    return Look(told.at, told.by, told.action, str(said.get("day", "")), tuple(ids))


def recorded_about_me(acting: Acting, user_id: int) -> Recorded:
    """How much is kept about a person."""
    with acting_for(company_of(acting)), transaction.atomic():
        visible_person(acting, user_id)
        rows = list(
            Usage.objects.filter(user_id=user_id)
            .order_by()
            .values_list("kind")
            .annotate(n=Sum("spans"), all=Sum("ms"), first=Min("bucket"), last=Max("bucket"))
        )
        kept = Screenshot.objects.filter(user_id=user_id, state__in=KEPT)
        size: int | None = kept.aggregate(all=Sum("bytes"))["all"]
        firsts: list[datetime] = [row[3] for row in rows]
        lasts: list[datetime] = [row[4] for row in rows]
        return Recorded(
            sessions=work.living().filter(user_id=user_id).count(),
            spans={SpanKind(row[0]): row[1] for row in rows},
            ms={SpanKind(row[0]): row[2] for row in rows},
            since=min(firsts, default=None),
            until=max(lasts, default=None),
            screenshots=kept.count(),
            screenshot_bytes=size or 0,
        )
