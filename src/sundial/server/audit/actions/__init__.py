"""What is done with the log: adding to it, erasing personal values, and carrying evidence of it away."""

from sundial.server.audit.actions.archiving import archive_all, change_archive_rule
from sundial.server.audit.actions.checkpoints import (
    RefusedError,
    Signer,
    last_notes,
    signer,
    write_checkpoint,
    write_checkpoints,
)
from sundial.server.audit.actions.erasing import erase, erase_names
from sundial.server.audit.actions.exporting import CONTENT_TYPES, ENDINGS, export, files_of_log, sealed
from sundial.server.audit.actions.reading_back import (
    archive_read_by,
    archived_entries,
    archived_entry,
    archives_read_by,
    archives_telling_of,
    fetch_archive,
    told_in_archive,
)
from sundial.server.audit.actions.recording import record

__all__ = [
    "CONTENT_TYPES",
    "ENDINGS",
    "RefusedError",
    "Signer",
    "archive_all",
    "archive_read_by",
    "archived_entries",
    "archived_entry",
    "archives_read_by",
    "archives_telling_of",
    "change_archive_rule",
    "erase",
    "erase_names",
    "export",
    "fetch_archive",
    "files_of_log",
    "last_notes",
    "record",
    "sealed",
    "signer",
    "told_in_archive",
    "write_checkpoint",
    "write_checkpoints",
]
