"""Links to a file for others in the company: they end, and still open by the file's rule alone."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.actions.telling import log_file, refresh_pages
from sundial.server.vault.models import File, Share
from sundial.server.vault.queries.shares import digest_of
from sundial.server.vault.queries.visible import inside, visible_file
from sundial.server.vault.types import SHARE_LASTS


def share(*, acting: Acting, file_id: int, lasts: timedelta, now: datetime) -> str:
    """Make a link to a file that `acting` sees; its token, which is told this once. Raises NotFound and Invalid."""
    if lasts not in SHARE_LASTS:
        raise Invalid({"lasts": "Choose how long the link lasts."})
    token = secrets.token_urlsafe(24)
    with acting_for(inside(acting)), transaction.atomic():
        file = visible_file(acting, file_id, now=now)
        row = Share.objects.create(
            company_id=file.company_id,
            file=file,
            digest=digest_of(token),
            made_by_id=acting.id or 0,
            made_at=now,
            expires_at=now + lasts,
        )
        hours = int(lasts.total_seconds() // 3600)
        log_file("FILE_SHARED", "is shown by a link", file, acting, now, share=row.pk, hours=hours)
        refresh_pages(file.company_id)
    return token


def end_share(*, acting: Acting, share_id: int, now: datetime) -> Share:
    """End a link: by whoever made it, the file's owner, or an administrator. One that has ended stays so."""
    with acting_for(inside(acting)), transaction.atomic():
        row = Share.objects.select_for_update(of=("self",)).filter(id=share_id).first()
        if row is None:
            raise NotFound
        file = File.objects.get(id=row.file_id)
        if row.made_by_id != acting.id:
            visible_file(acting, file.pk, now=now)
            if not rules.may_change(acting, file.owner_id):
                raise NotAllowed("Only whoever made this link, the file's owner or an administrator may end it.")
        if row.ended_at is None:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
            log_file("FILE_SHARE_ENDED", "is not shown by a link any more", file, acting, now, share=row.pk)
            refresh_pages(file.company_id)
    return row
