"""Files are erased by destroying their keys: in the database with the commit, outside it right after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.vault.models import File, Upload, Version
from sundial.server.vault.storage.erase_secrets import SECRETS
from sundial.server.vault.storage.sealed_files import Place, files_kept, remove

OLD_ENOUGH = timedelta(days=1)  # a younger one may belong to a transaction that is not over


@dataclass(frozen=True, slots=True)
class Erased:
    """So many versions and bytes."""

    versions: int
    bytes: int


def erase_versions(*, acting: Acting, file: File, numbers: Iterable[int] | None = None, now: datetime) -> Erased:
    """Destroy the keys of a file's versions, all or some; part of the caller's transaction, and written into the log.

    The log keeps the digest of each version's seals: whoever holds an old copy can tell that it is this one.
    """
    living = Version.objects.select_for_update().filter(file_id=file.pk, wrapped_key__isnull=False)
    if numbers is not None:
        living = living.filter(number__in=list(numbers))
    versions = list(living.order_by("number"))
    for version in versions:
        version.wrapped_key, version.erased_at = None, now
        version.save(update_fields=["wrapped_key", "erased_at"])
        _destroy_after_commit(version.company_id, version.storage)
    if versions:
        _audit(acting, file, versions, now)
    return Erased(len(versions), sum(version.size for version in versions))


def drop_upload_key(*, company_id: int, storage: UUID) -> None:
    """What came of an upload that is given up is unreadable, and gone, once the transaction is over."""
    _destroy_after_commit(company_id, storage)


def sweep(*, now: datetime) -> int:
    """Finish in every company what a kill left: secrets and bytes that nothing needs; how many."""
    return sum(_sweep(company_id, now) for company_id in companies.every_company())


def remove_all_files(company_id: int) -> None:
    """Nothing of a company can be read any more: every secret is destroyed, all bytes are taken away."""
    for storage, _made_at in SECRETS.kept(company_id):
        SECRETS.destroy(company_id, storage)
    for storage, _changed_at in files_kept(company_id):
        remove(Place(company_id, storage))


def _sweep(company_id: int, now: datetime) -> int:
    found = dict([*files_kept(company_id), *SECRETS.kept(company_id)])
    with acting_for(company_id), transaction.atomic():
        living = set(Version.objects.filter(wrapped_key__isnull=False).values_list("storage", flat=True))
        living |= set(Upload.objects.values_list("storage", flat=True))
        erased = set(Version.objects.filter(wrapped_key__isnull=True).values_list("storage", flat=True))
    going = [one for one, at in found.items() if one in erased or (one not in living and at < now - OLD_ENOUGH)]
    for storage in going:
        SECRETS.destroy(company_id, storage)
        remove(Place(company_id, storage))
    return len(going)


def _destroy_after_commit(company_id: int, storage: UUID) -> None:
    def destroy() -> None:
        SECRETS.destroy(company_id, storage)
        remove(Place(company_id, storage))

    transaction.on_commit(destroy, robust=True)  # what fails here is finished by `sweep`


def _audit(acting: Acting, file: File, versions: list[Version], now: datetime) -> None:
    told = [
        {"version": one.number, "bytes": one.size, "digest": bytes(one.sha256).hex(), "storage": str(one.storage)}
        for one in versions
    ]
    record(
        acting=acting,
        company_id=file.company_id,
        action="FILE_ERASED",
        description=f"The keys of {file.name} were destroyed",
        details={"file": file.pk, "versions": told},
        personal={"target": file.name},
        target_kind="file",
        target_id=file.pk,
        now=now,
    )
