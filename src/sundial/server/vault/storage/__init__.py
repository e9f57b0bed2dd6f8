"""What lies outside the database: the sealed bytes of files, and the half of each file's key that erasing destroys."""

from sundial.server.vault.storage.erase_secrets import SECRETS
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
    "SECRETS",
    "Draft",
    "Kept",
    "Place",
    "Reader",
    "Rule",
    "close_up",
    "company_key",
    "file_binding",
    "file_key",
    "files_kept",
    "open_draft",
    "open_version",
    "remove",
    "unwrap_file_key",
    "upload_binding",
    "upload_key",
    "wrap_file_key",
]
