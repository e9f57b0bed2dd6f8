"""What lies outside the database: the sealed bytes of files, and the half of each file's key that erasing destroys."""

from sundial.server.vault.storage.erase_secrets import destroy_secret, make_secret, secret_is_there, secrets_kept
from sundial.server.vault.storage.opening import company_key, file_key, open_draft, open_version, upload_key
from sundial.server.vault.storage.sealed_files import Draft, Kept, Place, Reader, close_up, files_kept, remove
from sundial.server.vault.storage.wrapping import (
    Rule,
    file_binding,
    unwrap_file_key,
    upload_binding,
    wrap_file_key,
)

__all__ = [
    "Draft",
    "Kept",
    "Place",
    "Reader",
    "Rule",
    "close_up",
    "company_key",
    "destroy_secret",
    "file_binding",
    "file_key",
    "files_kept",
    "make_secret",
    "open_draft",
    "open_version",
    "remove",
    "secret_is_there",
    "secrets_kept",
    "unwrap_file_key",
    "upload_binding",
    "upload_key",
    "wrap_file_key",
]
