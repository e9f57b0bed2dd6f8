"""Uploads under way, and how much room is left."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum

from sundial import access
from sundial.server.activity.queries.screenshots import bytes_kept
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.vault.models import File, Upload, Version
from sundial.server.vault.queries.facts import facts_of_many
from sundial.server.vault.queries.visible import company_of, inside, parsed
from sundial.server.vault.types import Coming, Room, UploadView

PLAN_MEGABYTE = 1_000_000  # a plan counts as people do
_MOST = 100


def upload(acting: Acting, upload_id: UUID) -> UploadView:
    """One's own upload; raises NotFound."""
    with acting_for(inside(acting)), transaction.atomic():
        row = Upload.objects.filter(id=upload_id, owner_id=acting.id).first()
        if row is None:
            raise NotFound
        return as_upload(row)


def own_uploads(acting: Acting, *, now: datetime) -> list[UploadView]:
    """What the reader began to upload and may go on with, newest first."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = Upload.objects.filter(owner_id=acting.id, expires_at__gt=now).order_by("-begun_at")
        return [as_upload(row) for row in rows[:_MOST]]


def rule_for_upload(acting: Acting, folder_id: int | None) -> str:
    """The rule that an upload begins with: that of one's own newest file here, or of one's newest at all."""
    with acting_for(company_of(acting)), transaction.atomic():
        own = File.objects.filter(owner_id=acting.id, binned_at__isnull=True).exclude(rule_text="").order_by("-id")
        here = own.filter(Q(folder_id=folder_id)) if folder_id else own
        found = here.values_list("rule_text", flat=True).first() or own.values_list("rule_text", flat=True).first()
    return found or ""


def under_way(company_id: int, *, since: datetime, now: datetime) -> list[Coming]:
    """Who is uploading what, and for whom it would open now: those whose last part came after `since`."""
    with acting_for(company_id), transaction.atomic():
        moved = Upload.objects.filter(touched_at__gt=since).select_related("file")
        rows = list(moved.order_by("-touched_at")[:_MOST])
        people = companies.names_of({row.owner_id for row in rows})
        opens = _opens_for({_rule_of(row) for row in rows}, now)
    return [
        Coming(one.email, one.name, row.name, as_upload(row).percent, opens[_rule_of(row)] | {row.owner_id})
        for row in rows
        if (one := people.get(row.owner_id))
    ]


def _rule_of(row: Upload) -> str:
    """The rule that the file will have: of a next version, the one that the file has now."""
    return row.file.rule_text if row.file else row.rule_text


def _opens_for(rule_texts: set[str], now: datetime) -> dict[str, frozenset[int]]:
    """For whom of the company each rule is true now, wherever they are; in scope, few questions for many people."""
    facts = facts_of_many(companies.active_people().values_list("user_id", flat=True), now=now) if rule_texts else {}
    return {text: frozenset(one for one, known in facts.items() if _is_true(text, known)) for text in rule_texts}


def _is_true(rule_text: str, facts: access.Facts) -> bool:
    rule = parsed(rule_text)
    return rule is not None and access.opens(rule, facts)


def expired_uploads(now: datetime) -> set[int]:
    """The companies that have uploads which nobody went on with."""
    with transaction.atomic(), across_companies():
        return set(Upload.objects.filter(expires_at__lte=now).values_list("company_id", flat=True))


def binned_long(before: datetime) -> set[int]:
    """The companies in whose bins something lies since then or longer."""
    with transaction.atomic(), across_companies():
        rows = File.objects.filter(binned_at__lte=before, erased_at__isnull=True)
        return set(rows.order_by().values_list("company_id", flat=True).distinct())


def as_upload(row: Upload) -> UploadView:
    """An upload as it is shown."""
    return UploadView(row.pk, row.name, row.folder_id, row.owner_id, row.length, row.received, row.expires_at)


def files_kept(company_id: int) -> int:
    """How many bytes the files of a company take, all versions that were not erased."""
    with acting_for(company_id), transaction.atomic():
        total: int | None = Version.objects.filter(erased_at__isnull=True).aggregate(all=Sum("size"))["all"]
    return total or 0


def room_of(company_id: int) -> Room:
    """How much a company may keep, and what takes it up; what uploads still need is spoken for."""
    planned = companies.limits_of(company_id).storage_mb
    with acting_for(company_id), transaction.atomic():
        coming: int | None = Upload.objects.aggregate(all=Sum("length"))["all"]
    return Room(
        of_plan=None if planned is None else planned * PLAN_MEGABYTE,
        of_machine=int(settings.VAULT_QUOTA),
        pictures=bytes_kept(company_id),
        files=files_kept(company_id),
        coming=coming or 0,
    )
