"""The small program that a browser starts: passes words between its extension and the agent, and ends with either.

It keeps nothing and understands only the words of `words.py`: anything else ends it. The extension starts it anew.
"""

import argparse
import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from msgspec import Struct

from sundial.agent.probes.browser.place import NoPlace, connect, socket_of
from sundial.agent.probes.browser.words import ORIGIN, Asked, Caller, Frames, Front, Junk, framed
from sundial.protocol import codec

PIECE = 65536
SHELLS = frozenset({"sh", "bash", "dash", "browser-relay"})


def main(arguments: Sequence[str]) -> int:
    """0 when a conversation ended; 1 if none came about, with a line on why."""
    options = _parser().parse_known_args(arguments)[0]
    if options.origin != ORIGIN:
        return _refuse(f"started for {options.origin!r}, which is not Sundial's extension")
    caller = caller_of(os.getpid())
    if caller is None:
        return _refuse("not started by a browser")
    try:
        line = connect(socket_of(Path(options.profile)))
    except NoPlace as error:
        return _refuse(str(error))
    with line:
        converse(line, caller, sys.stdin.fileno(), sys.stdout.fileno())
    return 0


def converse(line: socket.socket, caller: Caller, browser_in: int, browser_out: int) -> None:
    """Both directions at once, until one of them ends."""
    with contextlib.suppress(OSError):  # an agent that has ended already is read as ended below
        line.sendall(framed(caller))
    over = threading.Event()
    directions = (
        lambda: pump(lambda: os.read(browser_in, PIECE), line.sendall, Front),
        lambda: pump(lambda: line.recv(PIECE), lambda data: _write_all(browser_out, data), Asked),
    )
    for direction in directions:
        threading.Thread(target=_until_over, args=(direction, over), daemon=True).start()
    over.wait()


def pump(read: Callable[[], bytes], write: Callable[[bytes], object], kind: type[Struct]) -> None:
    """Pass on whole messages of that kind, written anew: what they say beside is left out. Junk ends it."""
    frames = Frames()
    with contextlib.suppress(OSError, Junk, codec.Malformed):
        while data := read():
            for body in frames.feed(data):
                write(framed(codec.decode(kind, body)))


def caller_of(pid: int) -> Caller | None:
    """The browser that started this program: the nearest parent that is no shell."""
    with contextlib.suppress(psutil.Error):
        for parent in psutil.Process(pid).parents():
            if parent.pid > 1 and parent.name() not in SHELLS:
                return Caller(parent.name()[:128], parent.pid)
    return None


def _until_over(direction: Callable[[], None], over: threading.Event) -> None:
    try:
        direction()
    finally:
        over.set()


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="browser-relay", description="Started by a browser, not by people.")
    parser.add_argument("--profile", required=True)
    parser.add_argument("origin", help="whose extension started it, as the browser says")
    return parser


def _refuse(reason: str) -> int:
    sys.stderr.write(f"sundial browser-relay: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
