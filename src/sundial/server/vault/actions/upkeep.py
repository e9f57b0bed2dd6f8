"""What the vault does by itself: it gives up uploads that nobody went on with, and empties the bin."""

from datetime import datetime

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.vault.actions.binning import erase
from sundial.server.vault.actions.telling import refresh_pages
from sundial.server.vault.actions.uploads import give_up
from sundial.server.vault.models import File, Folder, Upload
from sundial.server.vault.queries.uploads import binned_long, expired_uploads
from sundial.server.vault.types import BINNED_FOR

_AT_ONCE = 100


def give_up_expired(*, now: datetime) -> int:
    """Give up the uploads whose time is over, in every company; how many."""
    return sum(_give_up_in(company_id, now) for company_id in sorted(expired_uploads(now)))


def _give_up_in(company_id: int, now: datetime) -> int:
    with acting_for(company_id), transaction.atomic():
        found = Upload.objects.select_for_update(of=("self",), skip_locked=True).filter(expires_at__lte=now)
        rows = list(found)
        for row in rows:
            give_up(row)
    return len(rows)


def empty_bins(*, now: datetime) -> int:
    """Delete for good what lay in the bin long enough, in every company; how many files."""
    before = now - BINNED_FOR
    return sum(_empty(company_id, before, now) for company_id in sorted(binned_long(before)))


def _empty(company_id: int, before: datetime, now: datetime) -> int:
    done = 0
    while some := _empty_some(company_id, before, now):
        done += some
    with acting_for(company_id), transaction.atomic():
        _forget_folders(before)
    return done


def _empty_some(company_id: int, before: datetime, now: datetime) -> int:
    with acting_for(company_id), transaction.atomic():
        due = File.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        rows = list(due.filter(binned_at__lte=before, erased_at__isnull=True).order_by("id")[:_AT_ONCE])
        for row in rows:
            erase(row, Acting.system(), now)
        if rows:
            refresh_pages(company_id)
    return len(rows)


def _forget_folders(before: datetime) -> None:
    """Folders in the bin in which nothing lies any more, the innermost first."""
    while True:
        holding = File.objects.filter(folder_id__isnull=False).values("folder_id")
        parents = Folder.objects.filter(parent_id__isnull=False).values("parent_id")
        coming = Upload.objects.filter(folder_id__isnull=False).values("folder_id")
        rows = Folder.objects.filter(binned_at__lte=before).exclude(id__in=holding).exclude(id__in=parents)
        if not rows.exclude(id__in=coming).delete()[0]:
            return
