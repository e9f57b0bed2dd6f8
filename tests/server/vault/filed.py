"""Files in the vault without a page or a program: what reading them needs, and nothing else."""

from uuid import uuid4

from django.db import transaction

from sundial.server.lib.scope import acting_for
from sundial.server.vault.actions.keys import bind_to_version, new_upload_key
from sundial.server.vault.models import File, Upload, Version
from sundial.server.vault.storage import Place, close_up, open_draft
from sundial.server.vault.types import UPLOAD_LASTS
from tests.cast import Cast, unique


def put(cast: Cast, content: bytes, rule: str = "finance", name: str = "", media_type: str = "text/plain") -> File:
    """A file of the admin's with one version."""
    with acting_for(cast.company.pk), transaction.atomic():
        name = name or unique("file")
        file = File.objects.create(
            company_id=cast.company.pk,
            name=name,
            folded=name.casefold(),
            owner_id=cast.admin.id,
            rule_text=rule,
            media_type=media_type,
            created_at=cast.now,
            updated_at=cast.now,
        )
        add_version(cast, file, content)
    return file


def add_version(cast: Cast, file: File, content: bytes) -> Version:
    """One more version of a file, which is read from now on."""
    upload = begin(cast, file, len(content))
    with open_draft(upload) as draft:
        draft.write(content)
        kept = draft.finish()
    wrapped = bind_to_version(upload=upload, file=file, number=file.version + 1, now=cast.now)
    version = Version.objects.create(
        company_id=cast.company.pk,
        file=file,
        number=file.version + 1,
        size=kept.size,
        media_type=file.media_type,
        chunks=kept.chunks,
        storage=upload.storage,
        wrapped_key=wrapped.key,
        company_key=wrapped.company_key,
        sha256=kept.digest,
        created_by_id=cast.admin.id,
        created_at=cast.now,
    )
    file.version, file.size = version.number, kept.size
    file.save(update_fields=["version", "size"])
    upload.delete()
    close_up(Place(cast.company.pk, upload.storage))
    return version


def begin(cast: Cast, file: File | None, length: int) -> Upload:
    """An upload that has just begun."""
    storage = uuid4()
    wrapped = new_upload_key(company_id=cast.company.pk, storage=storage, now=cast.now)
    return Upload.objects.create(
        id=uuid4(),
        company_id=cast.company.pk,
        file=file,
        name="upload",
        owner_id=cast.admin.id,
        length=length,
        wrapped_key=wrapped.key,
        company_key=wrapped.company_key,
        storage=storage,
        begun_at=cast.now,
        touched_at=cast.now,
        expires_at=cast.now + UPLOAD_LASTS,
    )
