"""The keys of companies and files: made, and bound to what they belong to."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from uuid import UUID

from django.db import connection

from sundial.server.lib import root_keys
from sundial.server.lib.seal import KEY_BYTES, SealBroken
from sundial.server.vault.models import CompanyKey, File, Upload, Version
from sundial.server.vault.storage.erase_secrets import SECRETS
from sundial.server.vault.storage.opening import PURPOSE, company_binding, company_key, file_key, upload_key
from sundial.server.vault.storage.wrapping import Rule, file_binding, upload_binding, wrap_file_key

# Shared with others who wrap, exclusive to whoever retires the key: it is not retired under a transaction that uses it.
_IN_USE = (
    "SELECT number FROM vault_companykey WHERE company_id = %s AND retired_at IS NULL ORDER BY number DESC LIMIT 1"
)
_HELD = "SELECT retired_at FROM vault_companykey WHERE company_id = %s AND number = %s FOR SHARE"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A file's key as its row holds it, and the number of the company's key that it lies under."""

    key: bytes
    company_key: int


@dataclass(frozen=True, slots=True)
class InForce:
    """The company's key that wraps what is new, and its number; held until the commit."""

    key: bytes
    number: int


def new_upload_key(*, company_id: int, storage: UUID, now: datetime) -> Wrapped:
    """A fresh key for an upload that begins; its erase secret lasts already."""
    secret, under = SECRETS.make(company_id, storage), in_force(company_id, now)
    wrapped = wrap_file_key(
        secrets.token_bytes(KEY_BYTES),
        company_key=under.key,
        secret=secret,
        bound=upload_binding(company_id=company_id, storage=storage),
    )
    return Wrapped(wrapped, under.number)


def bind_to_version(*, upload: Upload, file: File, number: int, now: datetime) -> Wrapped:
    """The key of an upload that came in whole, as the key of this version of a file under the file's rule."""
    return _wrapped(upload_key(upload), file, number, upload.storage, in_force(file.company_id, now))


def bind_to_rules(*, company_id: int, files: Mapping[int, File], before: Mapping[int, Rule], now: datetime) -> set[int]:
    """Wrap the keys of all versions of these files under the rules that they have now; `before` are those they had.

    Answers the files of which a key cannot be read: theirs stay as they are. As many statements for many as for one.
    """
    held = Version.objects.select_for_update().filter(file_id__in=files, wrapped_key__isnull=False)
    versions = list(held.order_by("id"))
    if not versions:
        return set()
    under, opened, broken = in_force(company_id, now), cache(partial(company_key, company_id)), set()
    for version in versions:
        file, rule = files[version.file_id], before[version.file_id]
        try:
            key = file_key(file, version, rule=rule, under=opened(version.company_key))
        except SealBroken:
            broken.add(file.pk)
        else:
            wrapped = _wrapped(key, file, version.number, version.storage, under)
            version.wrapped_key, version.company_key = wrapped.key, wrapped.company_key
    whole = [version for version in versions if version.file_id not in broken]
    Version.objects.bulk_update(whole, ["wrapped_key", "company_key"])
    return broken


def in_force(company_id: int, now: datetime) -> InForce:
    """The company's key that wraps what is new."""
    number = company_key_for(company_id, now)
    return InForce(company_key(company_id, number), number)


def company_key_for(company_id: int, now: datetime) -> int:
    """The number of the company's key that wraps what is new, made now if there is none; held until the commit."""
    while True:
        number = in_use(company_id) or _make(company_id, 1, now)
        with connection.cursor() as cursor:
            cursor.execute(_HELD, [company_id, number])
            row = cursor.fetchone()
        if row is not None and row[0] is None:
            return number


def in_use(company_id: int) -> int:
    """The number of the company's key in use, 0 before there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE, [company_id])
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def _make(company_id: int, number: int, now: datetime) -> int:
    """A fresh key under the root in use; of two that are made at once one stays."""
    fresh = root_keys.wrap(PURPOSE, secrets.token_bytes(KEY_BYTES), company_binding(company_id, number))
    row, _new = CompanyKey.objects.get_or_create(
        company_id=company_id,
        number=number,
        defaults={"wrapped": fresh, "root": root_keys.root_of(fresh), "made_at": now},
    )
    return row.number


def make_next(company_id: int, now: datetime) -> int:
    """One more key for the company, in use from the commit on."""
    return _make(company_id, in_use(company_id) + 1, now)


def _wrapped(key: bytes, file: File, number: int, storage: UUID, under: InForce) -> Wrapped:
    company_id = file.company_id
    bound = file_binding(
        company_id=company_id,
        file_id=file.pk,
        version=number,
        storage=storage,
        rule=Rule(file.rule_text, file.rule_language),
    )
    wrapped = wrap_file_key(key, company_key=under.key, secret=SECRETS.read(company_id, storage), bound=bound)
    return Wrapped(wrapped, under.number)
