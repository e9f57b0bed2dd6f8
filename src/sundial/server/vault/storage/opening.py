"""From rows to keys: the root opens the company's key, that and the erase secret open the file's."""

from sundial.server.lib import root_keys
from sundial.server.lib.seal import SealBroken
from sundial.server.vault.models import CompanyKey, File, Upload, Version
from sundial.server.vault.storage.erase_secrets import SECRETS
from sundial.server.vault.storage.sealed_files import Draft, Place, Reader
from sundial.server.vault.storage.wrapping import Rule, file_binding, unwrap_file_key, upload_binding

PURPOSE = "vault"


def company_binding(company_id: int, number: int) -> bytes:
    """The name that a company's key is wrapped under."""
    return f"vault-company-key|{company_id}|{number}".encode()


def company_key(company_id: int, number: int) -> bytes:
    """One of the company's keys; SealBroken if it is gone."""
    row = CompanyKey.objects.filter(company_id=company_id, number=number).first()
    if row is None:
        raise SealBroken("the key of this company is gone")
    return root_keys.unwrap(PURPOSE, bytes(row.wrapped), company_binding(company_id, number))


def file_key(file: File, version: Version, *, rule: Rule | None = None, under: bytes | None = None) -> bytes:
    """The key of a version; `rule` is another than the file has now while that is being changed.

    `under` is the company's key that it lies under, where that was read already.
    """
    if version.wrapped_key is None:
        raise SealBroken("the key of this file was destroyed")
    rule = rule or Rule(file.rule_text, file.rule_language)
    company_id, storage = version.company_id, version.storage
    bound = file_binding(company_id=company_id, file_id=file.pk, version=version.number, storage=storage, rule=rule)
    return unwrap_file_key(
        bytes(version.wrapped_key),
        company_key=under or company_key(company_id, version.company_key),
        secret=SECRETS.read(company_id, storage),
        bound=bound,
    )


def upload_key(upload: Upload) -> bytes:
    """The key of an upload under way."""
    company_id, storage = upload.company_id, upload.storage
    return unwrap_file_key(
        bytes(upload.wrapped_key),
        company_key=company_key(company_id, upload.company_key),
        secret=SECRETS.read(company_id, storage),
        bound=upload_binding(company_id=company_id, storage=storage),
    )


def open_draft(upload: Upload) -> Draft:
    """What came of an upload so far, to go on with."""
    return Draft(Place(upload.company_id, upload.storage), upload_key(upload))


def open_version(file: File, version: Version) -> Reader:
    """The content of a version; only the gate calls this for people."""
    return Reader(Place(version.company_id, version.storage), file_key(file, version), version.size)
