"""Where the socket lies."""

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST = 100  # a socket's path is 104 bytes on macOS, 108 on Linux


def socket_of(folder: Path) -> Path:
    """In the profile folder; where its path is too long, in the user's runtime folder under a name made from it."""
    near = folder.resolve() / "control.sock"
    if len(os.fsencode(near)) <= LONGEST:
        return near
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return runtime / f"sundial-agent-{hashlib.sha256(os.fsencode(near)).hexdigest()[:16]}.sock"
