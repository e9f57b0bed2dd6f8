"""The command line's end."""

import socket
from pathlib import Path

from sundial.agent.control.place import socket_of
from sundial.agent.control.words import LONGEST_LINE, Answer, Do, Question
from sundial.protocol import codec

ANSWERED_WITHIN_S = 10.0


class NotRunning(Exception):
    """No program runs with this profile, or it does not answer."""


def ask(folder: Path, do: Do) -> Answer:
    """The running program's answer; raises NotRunning."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(ANSWERED_WITHIN_S)
            line.connect(str(socket_of(folder)))
            line.sendall(codec.encode(Question(do)) + b"\n")
            return codec.decode(Answer, _read(line))
    except (OSError, AttributeError, codec.Malformed) as error:  # AttributeError: a system without such sockets
        raise NotRunning(f"the agent does not run with the profile {folder}") from error


def _read(line: socket.socket) -> bytes:
    heard = bytearray()
    while not heard.endswith(b"\n") and len(heard) <= LONGEST_LINE:
        piece = line.recv(65536)
        if not piece:
            break
        heard += piece
    return bytes(heard)
