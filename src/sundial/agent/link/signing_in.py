"""Signing in once, to make the code by which this computer is enrolled."""

from typing import TypeVar

import httpx
from msgspec import Struct

from sundial.agent.link.errors import Refused, Trouble
from sundial.protocol import codec

T = TypeVar("T")


class NotSignedIn(Refused):
    """The e-mail and the password do not open this server; the text is the server's."""


class _Account(Struct, frozen=True):
    id: int
    active_token: str


class _Login(Struct, frozen=True):
    status: bool
    data: _Account | None = None
    message: str = ""


class _Code(Struct, frozen=True):
    code: str


async def code_for(client: httpx.AsyncClient, email: str, password: str) -> str:
    """A code for the person themselves; the session that makes it is ended again. Raises NotSignedIn or Trouble."""
    answer = await _post(client, "/api/login", {"email": email, "password": password})
    login = _decoded(_Login, answer)
    if login.data is None:
        raise NotSignedIn(login.message or "The e-mail or the password is wrong.")
    authorization = {"Authorization": f"Token {login.data.active_token}"}
    try:
        made = await _post(client, "/api/v1/devices/enrolment-codes", {"user_id": login.data.id}, headers=authorization)
        if made.status_code != 201:
            raise Refused("You may not enrol a computer here: ask an administrator for a code.")
        return _decoded(_Code, made).code
    finally:
        await _post(client, "/api/logout", {}, headers=authorization)


async def _post(
    client: httpx.AsyncClient, path: str, body: dict[str, object], headers: dict[str, str] | None = None
) -> httpx.Response:
    try:
        response = await client.post(path, json=body, headers=headers)
    except (httpx.HTTPError, OSError) as error:
        raise Trouble(str(error) or type(error).__name__) from error
    if response.status_code == 429 or response.status_code >= 500:
        raise Trouble(f"the server answers {response.status_code}; try again in a minute")
    return response


def _decoded(kind: type[T], response: httpx.Response) -> T:
    try:
        return codec.decode(kind, response.content)
    except codec.Malformed as error:
        raise Trouble("this is not a Sundial server, or a network asks you to sign in first") from error
