"""A whole company's pictures, for whoever takes them away or takes leave."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sundial.server.activity import storage
from sundial.server.activity.models import Screenshot
from sundial.server.activity.storage import Part
from sundial.server.activity.types import PictureState
from sundial.server.lib.scope import acting_for
from sundial.server.lib.sealing import SealBroken

_AT_ONCE = 200


def pictures_of_company(company_id: int) -> Iterator[tuple[int, bytes]]:
    """Every picture that can still be opened, with the id of its screenshot; the caller answers for who gets them."""
    last = 0
    while rows := _after(company_id, last):
        for row in rows:
            try:
                yield row.pk, storage.read(row, row.key, Part.PICTURE)
            except SealBroken:  # its key was destroyed: it is gone, as was promised
                continue
        last = rows[-1].pk


def count_pictures(company_id: int) -> int:
    """How many pictures there are to take away."""
    with acting_for(company_id), transaction.atomic():
        return Screenshot.objects.filter(company_id=company_id, state=PictureState.READY).count()


def remove_all_pictures(company_id: int) -> None:
    """Take the files of a company away, and the halves of keys; once its rows are gone nobody can name them."""
    for name, _made_at in storage.halves_outside(company_id):
        storage.destroy_half(company_id, name)
    shutil.rmtree(Path(settings.PICTURES_DIR) / str(company_id), ignore_errors=True)


def _after(company_id: int, last: int) -> list[Screenshot]:
    with acting_for(company_id), transaction.atomic():
        rows = Screenshot.objects.select_related("key").filter(company_id=company_id, state=PictureState.READY)
        return list(rows.filter(id__gt=last).order_by("id")[:_AT_ONCE])
