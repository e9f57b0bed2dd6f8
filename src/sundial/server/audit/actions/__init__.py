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
from sundial.server.audit.actions.erasing import erase
from sundial.server.audit.actions.exporting import CONTENT_TYPES, ENDINGS, export, sealed
from sundial.server.audit.actions.recording import record

__all__ = [
    "CONTENT_TYPES",
    "ENDINGS",
    "RefusedError",
    "Signer",
    "archive_all",
    "change_archive_rule",
    "erase",
    "export",
    "last_notes",
    "record",
    "sealed",
    "signer",
    "write_checkpoint",
    "write_checkpoints",
]
