"""Reads of the vault."""

from sundial.server.vault.queries.changes import last_change
from sundial.server.vault.queries.files import ORDERINGS, file, files, files_of, files_only, files_with, owners
from sundial.server.vault.queries.folders import Tree, folder, folder_list, folders_of
from sundial.server.vault.queries.shares import (
    DenialView,
    ReadingView,
    Shared,
    ShareView,
    VersionView,
    denials,
    readers,
    shared,
    shares,
    versions,
)
from sundial.server.vault.queries.uploads import files_kept, own_uploads, room_of, rule_for_upload, under_way, upload

__all__ = [
    "ORDERINGS",
    "DenialView",
    "ReadingView",
    "ShareView",
    "Shared",
    "Tree",
    "VersionView",
    "denials",
    "file",
    "files",
    "files_kept",
    "files_of",
    "files_only",
    "files_with",
    "folder",
    "folder_list",
    "folders_of",
    "last_change",
    "own_uploads",
    "owners",
    "readers",
    "room_of",
    "rule_for_upload",
    "shared",
    "shares",
    "under_way",
    "upload",
    "versions",
]
