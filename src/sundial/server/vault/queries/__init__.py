"""Reads of the vault."""

from sundial.server.vault.queries.changes import last_change
from sundial.server.vault.queries.details import DenialView, Details, ReadingView, ShareView, VersionView, details
from sundial.server.vault.queries.files import ORDERINGS, file, files, files_of, files_only, files_with, owners
from sundial.server.vault.queries.folders import Tree, folder, folder_list, folders_of
from sundial.server.vault.queries.shares import Shared, shared
from sundial.server.vault.queries.uploads import files_kept, own_uploads, room_of, rule_for_upload, under_way, upload

__all__ = [
    "ORDERINGS",
    "DenialView",
    "Details",
    "ReadingView",
    "ShareView",
    "Shared",
    "Tree",
    "VersionView",
    "details",
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
    "room_of",
    "rule_for_upload",
    "shared",
    "under_way",
    "upload",
]
