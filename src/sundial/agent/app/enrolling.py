"""Becoming a device of a company: by a code, or by signing in, which makes one."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from sundial.agent.app.identity import Identities
from sundial.agent.config import Identity, Machine
from sundial.agent.core.shown import Enrol, SignIn
from sundial.agent.link.doors import enrol
from sundial.agent.link.errors import LinkError, Refused, Trouble
from sundial.agent.link.signing_in import NotSignedIn, code_for
from sundial.protocol.messages import EnrolRequest

STRANGER = "This is not a Sundial server, or your network asks you to sign in first: open a web page, then try again."
NOT_SUNDIAL = "a Sundial server"  # as the link says of an answer that it cannot read


class CannotEnrol(Exception):
    """Why not, in plain words; `field` is the box that it is about."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What it needs to ask a server, and to remember who this device then is."""

    open_client: Callable[[str], httpx.AsyncClient]
    machine: Machine
    identities: Identities

    async def enrol(self, said: Enrol | SignIn) -> Identity:
        """The identity, kept; raises CannotEnrol."""
        server = _address(said.server)
        try:
            async with self.open_client(server) as client:
                identity = await self._ask(client, server, said)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise CannotEnrol(f"This is not the address of a server: {error}", "server") from error
        except LinkError as error:
            raise _in_plain_words(error, said) from error
        try:
            await self.identities.keep(identity)
        except OSError as error:
            raise CannotEnrol(f"This computer's disk does not take who it is now: {error}", _box(said)) from error
        return identity

    async def _ask(self, client: httpx.AsyncClient, server: str, said: Enrol | SignIn) -> Identity:
        code = said.code.strip() if isinstance(said, Enrol) else await code_for(client, said.email, said.password)
        machine = self.machine
        answer = await enrol(
            client, EnrolRequest(code, machine.hostname, machine.os, machine.app_version, machine.boot_id)
        )
        return Identity(
            server, answer.device_id, answer.token, answer.company_id, answer.company_name, list(answer.keys)
        )


def _address(text: str) -> str:
    """As people type it: without a scheme it is https, on this very machine http."""
    typed = text.strip().rstrip("/")
    if not typed:
        raise CannotEnrol("The address of your company's Sundial is needed.", "server")
    if typed.startswith(("http://", "https://")):
        return typed
    if "://" in typed:
        raise CannotEnrol("The address of a server begins with https://", "server")
    host = typed.partition("/")[0].partition(":")[0]
    return f"{'http' if host in ('localhost', '127.0.0.1') else 'https'}://{typed}"


def _in_plain_words(error: LinkError, said: Enrol | SignIn) -> CannotEnrol:
    """Whose word it is decides: the server's own is passed on, anybody else's is not."""
    text = str(error).removeprefix(f"{error.status} ")
    match error:
        case NotSignedIn():
            return CannotEnrol(text, "password")
        case _ if error.code or (isinstance(error, Refused) and not error.status):
            return CannotEnrol(text, _box(said))
        case Trouble() if not error.status and NOT_SUNDIAL in text:
            return CannotEnrol(STRANGER, "server")
        case _ if not error.status and isinstance(error, Trouble):
            return CannotEnrol(f"The server was not reached: {text}", "server")
    return CannotEnrol(STRANGER, "server")


def _box(said: Enrol | SignIn) -> str:
    return "code" if isinstance(said, Enrol) else "password"
