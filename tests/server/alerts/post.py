"""A mail server on loopback that keeps what it is given, or refuses it."""

from email import message_from_bytes
from email.message import Message
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _AnyPort(Controller):
    """Listens where there is room, and asks whether it is there at that very port."""

    def _trigger_server(self) -> None:
        self.port = cast(Any, self.server).sockets[0].getsockname()[1]
        cast(Any, super())._trigger_server()


class PostOffice:
    """Real SMTP on a port of its own."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.refuses = False
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a letter, or not."""
        if self.refuses:
            return "451 not today"
        self.received.append(message_from_bytes(envelope.original_content or b""))
        return "250 taken"

    def open(self) -> int:
        """Begin to listen; answers the port."""
        self._controller.start()
        return int(self._controller.port)

    def close(self) -> None:
        """Listen no more."""
        self._controller.stop()
