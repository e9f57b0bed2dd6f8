"""Which system account runs the embedded PostgreSQL: never root, which PostgreSQL refuses."""

import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sundial.run.errors import CannotRun


class Unreachable(CannotRun):
    """The account that must run the database cannot enter a folder on the way to it."""


@dataclass(frozen=True)
class Account:
    """The account the server runs as; `changes` when that is not our own."""

    uid: int
    gid: int
    name: str
    changes: bool

    @property
    def subprocess(self) -> dict[str, Any]:
        """The arguments by which a subprocess runs as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.changes else {}

    def give(self, paths: Iterable[Path]) -> None:
        """Make these files this account's."""
        if self.changes:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Whether the account may go through this folder."""
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def account_for(data: Path) -> Account:
    """Our own account; when that is root, the one that owns the data already, or `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), "this account", changes=False)
    if data.exists() and data.stat().st_uid != 0:
        found = data.stat()
        return Account(found.st_uid, found.st_gid, f"the owner of {data}", changes=True)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, "nobody", changes=True)


def make_reachable(folder: Path, account: Account) -> None:
    """Make the folder; those we make ourselves may be passed through, not listed, by the other account."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        if account.changes:
            path.chmod(0o711)


def open_to(account: Account, places: Iterable[Path]) -> None:
    """Say which folder stands in the way, and what to do, before the server fails with less to say."""
    if not account.changes:
        return
    for place in places:
        for folder in (*reversed(place.parents), place):
            if not account.may_enter(folder):
                raise Unreachable(
                    f"As root, Sundial runs its PostgreSQL as {account.name}, who may not enter {folder} "
                    f"(on the way to {place}). Run Sundial as an ordinary user, or `chmod o+x {folder}`, "
                    "or set SUNDIAL_DATA_DIR to a folder that everyone may enter, or set DATABASE_URL."
                )
