"""Keeping the answers of repeated requests, and how the platform did minute by minute."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import PLATFORM
from sundial.server.portal.models import KeptAnswer, Minute
from sundial.server.portal.types import Sample

KEPT_FOR = timedelta(days=1)
MINUTES_KEPT_FOR = timedelta(days=2)

_TAKE = """
INSERT INTO portal_kept_answer (company_id, user_id, key, fingerprint, status, body, made_at)
VALUES (%s, %s, %s, %s, 0, '', %s)
ON CONFLICT (company_id, user_id, key) DO NOTHING
"""


@dataclass(frozen=True)
class Answer:
    """A success, as it was first given."""

    status: int
    body: bytes


def once(*, acting: Acting, key: str, request: bytes, do: Callable[[], Answer | None], now: datetime) -> Answer | None:
    """Do it, or answer what it was answered before under this key; None if it was refused, and may be tried again.

    Two at once: the second waits until the first has committed or was undone. Raises Invalid if the key was used
    for another request. The caller's transaction, in the scope of the person's company, covers all of it.
    """
    if acting.id is None:
        return do()
    company_id = PLATFORM if acting.company_id is None else acting.company_id
    all_mine = KeptAnswer.objects.filter(company_id=company_id, user_id=acting.id)
    all_mine.filter(made_at__lte=now - KEPT_FOR).delete()
    mine = all_mine.filter(key=key)
    fingerprint = hashlib.sha256(request).digest()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [company_id, acting.id, key, fingerprint, now])
        first = cursor.rowcount == 1
    if not first:
        return _kept(mine.get(), fingerprint)
    answer = do()
    if answer is not None:
        mine.update(status=answer.status, body=_sealer().encrypt(answer.body))
    return answer


def _kept(row: KeptAnswer, fingerprint: bytes) -> Answer:
    if bytes(row.fingerprint) != fingerprint:
        raise Invalid({"Idempotency-Key": "This key was used for another request."})
    return Answer(row.status, _sealer().decrypt(bytes(row.body)))


def _sealer() -> Fernet:
    """Seals answers under a key that the database does not know."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"sundial kept answers").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def note_sample(sample: Sample, *, now: datetime) -> None:
    """Write down how the platform stands in this minute, and forget what is older than two days."""
    minute = now.replace(second=0, microsecond=0)
    Minute.objects.update_or_create(at=minute, defaults=asdict(sample))
    Minute.objects.filter(at__lt=now - MINUTES_KEPT_FOR).delete()
