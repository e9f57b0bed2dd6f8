"""Asking whether a file opens for somebody, without opening it: nothing is written down."""

from datetime import datetime

from django.db import transaction

from sundial.access import Decision
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault import rules
from sundial.server.vault.gate.deciding import explained
from sundial.server.vault.models import File
from sundial.server.vault.queries.visible import inside


def access_of(*, acting: Acting, file_id: int, user_id: int | None = None, now: datetime) -> Decision:
    """Whether a file in use opens, part by part: for oneself, or for another who is asked about.

    Everybody may ask for themselves; about others an administrator, and whoever uploaded the file.
    """
    with acting_for(inside(acting)), transaction.atomic():
        row = File.objects.filter(id=file_id, binned_at__isnull=True, erased_at__isnull=True).first()
        if row is None:
            raise NotFound
        about = user_id or acting.id or 0
        if about != acting.id and not rules.may_change(acting, row.owner_id):
            raise NotAllowed("Only an administrator and whoever uploaded this file may ask about others.")
        address = acting.ip if about == acting.id else None
        return explained(acting=acting, file=row, user_id=about, now=now, address=address)
