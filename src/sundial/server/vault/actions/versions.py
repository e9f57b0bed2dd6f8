"""Which of a file's versions is read."""

from datetime import datetime

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault.actions.holding import held
from sundial.server.vault.actions.telling import log_file, refresh_pages, tell
from sundial.server.vault.models import File, Version
from sundial.server.vault.queries.visible import inside


def make_current(*, acting: Acting, file_id: int, number: int, revision: int | None = None, now: datetime) -> File:
    """Have this version of a file be read from now on; it is already: nothing is done. Raises NotFound."""
    with acting_for(inside(acting)), transaction.atomic():
        row = held(acting, file_id, now=now, revision=revision)
        version = Version.objects.filter(file_id=file_id, number=number, wrapped_key__isnull=False).first()
        if version is None:
            raise NotFound
        if row.version == number:
            return row
        was = row.version
        row.version, row.size, row.media_type = number, version.size, version.media_type
        row.revision, row.updated_at = row.revision + 1, now
        row.save(update_fields=["version", "size", "media_type", "revision", "updated_at"])
        log_file(
            "FILE_VERSION_CHOSEN",
            f"is read as version {number}",
            row,
            acting,
            now,
            old_values={"version": was},
            new_values={"version": number},
        )
        tell("file_updated", row, acting, now, version=number)
        refresh_pages(row.company_id)
    return row
