"""Where relay and agent meet: a Unix socket in the profile folder that only its user may open.

Windows has no such sockets in Python; a named pipe is to take their place there. Until then both ends say so.
"""

import asyncio
import os
import socket
import stat
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

LONGEST = 100  # a socket's path is 104 bytes on macOS, 108 on Linux
NOT_ON_WINDOWS = "on Windows, websites are not recorded yet"
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class NoPlace(Exception):
    """They cannot meet here; the text says why, for the person to read."""


Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def socket_of(profile: Path) -> Path:
    """Both find it by the profile's folder alone."""
    return profile.expanduser().resolve() / "browser.sock"


if sys.platform == "win32":

    async def serve(path: Path, converse: Converse) -> asyncio.Server:
        raise NoPlace(NOT_ON_WINDOWS)

    def connect(path: Path) -> socket.socket:
        raise NoPlace(NOT_ON_WINDOWS)

    def is_ours(line: socket.socket) -> bool:
        return False

else:

    async def serve(path: Path, converse: Converse) -> asyncio.Server:
        """Listen on a socket that is ours alone from its first moment; one that a dead agent left is replaced."""
        if len(os.fsencode(path)) > LONGEST:
            raise NoPlace("the name of the profile's folder is too long for browsers to be heard: choose a shorter one")
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _bind(line, path)
        except OSError as error:
            line.close()
            raise NoPlace(f"the socket for browsers could not be opened: {error}") from error
        return await asyncio.start_unix_server(converse, sock=line)

    def _bind(line: socket.socket, path: Path) -> None:
        if sys.platform == "linux":
            os.fchmod(line.fileno(), stat.S_IRUSR | stat.S_IWUSR)  # bind makes the file with these; macOS refuses it
        path.unlink(missing_ok=True)
        line.bind(str(path))
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)

    def connect(path: Path) -> socket.socket:
        """A line to the agent of the same user; raises NoPlace."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(str(path))
        except OSError as error:
            line.close()
            raise NoPlace(f"the agent does not run: {error}") from error
        if not is_ours(line):
            line.close()
            raise NoPlace("another user listens there")
        return line

    def is_ours(line: socket.socket) -> bool:
        """Whether the other end is the same user; the system says so, not the other end."""
        if sys.platform == "linux":
            raw = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            uid: int = _CREDENTIALS.unpack(raw)[1]
            return uid == os.geteuid()
        return True  # macOS: the file's mode alone decides
