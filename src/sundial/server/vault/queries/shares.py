"""Share links, as those who follow them are told."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault.models import File, Share
from sundial.server.vault.queries.visible import inside


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link says before its file was opened: the name is told only where the rule lets."""

    file_id: int
    name: str
    size: int
    media_type: str
    made_by: str
    expires_at: datetime
    is_over: bool


def digest_of(token: str) -> bytes:
    """What is kept of a link's token."""
    return sha256(token.encode()).digest()


def share_of(token: str) -> Share | None:
    """The link of this token, whether it has ended or not. In the company's scope."""
    return Share.objects.filter(digest=digest_of(token)).first()


def shared(acting: Acting, token: str, *, now: datetime) -> Shared:
    """Where a link leads; NotFound for one of another company, and for a file that is in the bin or erased."""
    with acting_for(inside(acting)), transaction.atomic():
        row = share_of(token)
        files = File.objects.filter(binned_at__isnull=True, erased_at__isnull=True)
        file = None if row is None else files.filter(id=row.file_id).first()
        if row is None or file is None:
            raise NotFound
        people = companies.names_of([row.made_by_id])
    is_over = row.ended_at is not None or row.expires_at <= now
    made_by = people[row.made_by_id].name if row.made_by_id in people else ""
    return Shared(file.pk, file.name, file.size, file.media_type, made_by, row.expires_at, is_over)
