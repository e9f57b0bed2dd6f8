"""A secret that is made once and kept in a file only its owner may read."""

import secrets
from pathlib import Path

from sundial.server.lib.files import write_new


def read_or_make(path: Path) -> str:
    """The secret in `path`; made, mode 600, if there is none yet. Two processes at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)  # the data directory: others may walk through it
    if not path.exists():
        write_new(path, secrets.token_urlsafe(48).encode())
    return path.read_text().strip()
