"""Writes of the vault: files, folders, their rules, uploads, the bin, keys."""

from sundial.server.vault.actions import uses
from sundial.server.vault.actions.binning import (
    bin_file,
    bin_many,
    delete_for_good,
    delete_many_for_good,
    each,
    restore_file,
    restore_many,
)
from sundial.server.vault.actions.erasing import remove_all_files, sweep
from sundial.server.vault.actions.filerules import remove_rule, remove_rules_of_many, set_rule
from sundial.server.vault.actions.files import move, rename
from sundial.server.vault.actions.folders import bin_folder, make_folder, move_folder, rename_folder
from sundial.server.vault.actions.rotating import (
    PURPOSES,
    finish_company_keys,
    retire_roots,
    rewrap_under_root,
    root_in_use,
    roots_named,
    rotate_company_key,
    rotate_root,
)
from sundial.server.vault.actions.sharing import end_share, share
from sundial.server.vault.actions.sources import Made, make_file, register_source, source_words
from sundial.server.vault.actions.upkeep import empty_bins, give_up_expired
from sundial.server.vault.actions.uploads import (
    NameTaken,
    NoRoom,
    begin_upload,
    cancel_upload,
    look_at_upload,
    put_file,
    receive_part,
)
from sundial.server.vault.actions.versions import make_current

__all__ = [
    "PURPOSES",
    "Made",
    "NameTaken",
    "NoRoom",
    "begin_upload",
    "bin_file",
    "bin_folder",
    "bin_many",
    "cancel_upload",
    "delete_for_good",
    "delete_many_for_good",
    "each",
    "empty_bins",
    "end_share",
    "finish_company_keys",
    "give_up_expired",
    "look_at_upload",
    "make_current",
    "make_file",
    "make_folder",
    "move",
    "move_folder",
    "put_file",
    "receive_part",
    "register_source",
    "remove_all_files",
    "remove_rule",
    "remove_rules_of_many",
    "rename",
    "rename_folder",
    "restore_file",
    "restore_many",
    "retire_roots",
    "rewrap_under_root",
    "root_in_use",
    "roots_named",
    "rotate_company_key",
    "rotate_root",
    "set_rule",
    "share",
    "source_words",
    "sweep",
    "uses",
]
