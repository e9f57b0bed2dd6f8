"""Where root's PostgreSQL lives when its account may not enter our folders, such as a checkout under /root.

PostgreSQL refuses to run as root, and the folders of others are not ours to open. So the programs are copied, and the
data is kept, under /var/lib/sundial, which every account may pass through; the data directory then holds a link.
"""

import functools
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from sundial.run.postgres_account import Account

ELSEWHERE = Path("/var/lib/sundial")


def may_reach(place: Path, account: Account) -> bool:
    """Whether the account may go all the way to this place."""
    existing = [folder for folder in (place, *place.parents) if folder.is_dir()]
    return not account.changes or all(account.may_enter(folder) for folder in existing)


@functools.cache
def programs(install: Path, account: Account) -> Path:
    """The installation, or a copy of it that the account can reach."""
    if may_reach(install, account) or not _make_elsewhere():
        return install
    marks = hashlib.sha256(f"{install}:{(install / 'bin' / 'postgres').stat().st_mtime_ns}".encode())
    copy = ELSEWHERE / f"postgres-{marks.hexdigest()[:12]}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=ELSEWHERE))
        _copy(install, fresh)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(fresh)
    return copy / install.parent.name / install.name


def _copy(install: Path, to: Path) -> None:
    """The programs, and beside their package the libraries that the wheel brought, found by their relative place."""
    package = install.parent
    for folder in (install, package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, to / folder.relative_to(package.parent), symlinks=True)


def home(data: Path, account: Account) -> Path:
    """Where the data itself is: here, or behind a link to a place that the account can reach."""
    if data.exists() or may_reach(data.parent, account) or not _make_elsewhere():
        return data.resolve()
    place = Path(tempfile.mkdtemp(prefix="data-", dir=ELSEWHERE))
    place.chmod(0o711)
    try:
        data.symlink_to(place / data.name)
    except FileExistsError:  # another process was quicker
        place.rmdir()
    return data.resolve()


def _make_elsewhere() -> bool:
    try:
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(ELSEWHERE, os.W_OK)
