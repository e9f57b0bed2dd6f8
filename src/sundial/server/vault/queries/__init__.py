"""Reads of the vault."""

from sundial.server.vault.queries.files import ORDERINGS, file, files, files_only, files_with, owners
from sundial.server.vault.queries.folders import Tree, folder, folders_of
from sundial.server.vault.queries.uploads import files_kept, own_uploads, room_of, under_way, upload

__all__ = [
    "ORDERINGS",
    "Tree",
    "file",
    "files",
    "files_kept",
    "files_only",
    "files_with",
    "folder",
    "folders_of",
    "own_uploads",
    "owners",
    "room_of",
    "under_way",
    "upload",
]
