"""Who is really asking: forwarded headers are believed from the proxies that were named, and from nobody else."""

import re
import secrets
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Final

from sundial.gateway.asgi import Scope, header

SCHEMES: Final = {
    "http": {b"http": "http", b"https": "https"},
    "websocket": {b"http": "ws", b"https": "wss", b"ws": "ws", b"wss": "wss"},
}
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{1,64}")


class Proxies:
    """The proxies in front of us, by address or network."""

    def __init__(self, names: Iterable[str]) -> None:
        self._networks = [ip_network(name, strict=False) for name in names]

    def request_id(self, scope: Scope) -> str:
        """The proxy's own id of this request, so that its log and ours meet; else a new one."""
        if self.spoke(scope):
            given = header(scope, b"x-request-id")
            if given is not None and _SANE_ID.fullmatch(given):
                return given.decode("ascii")
        return secrets.token_hex(8)

    @staticmethod
    def spoke(scope: Scope) -> bool:
        """Whether it is one of the proxies that sent this request on."""
        return scope.get("sundial.proxied") is True

    def introduce(self, scope: Scope) -> None:
        """Put the real client and scheme in the place of a trusted proxy's."""
        client = scope.get("client")
        if not self._networks or not client or not self._trusts(client[0]):
            return
        scope["sundial.proxied"] = True
        scheme = SCHEMES[scope["type"]].get((header(scope, b"x-forwarded-proto") or b"").strip().lower())
        if scheme is not None:
            scope["scheme"] = scheme
        found = self._client(_forwarded_for(scope))
        if found is not None:
            scope["client"] = (found, 0)

    def _client(self, addresses: list[str]) -> str | None:
        """The last address that is none of ours: whatever stands further left, anyone could have written."""
        for address in reversed(addresses):
            if not _is_address(address):
                return None
            if not self._trusts(address):
                return address
        return addresses[0] if addresses else None

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._networks)


def _forwarded_for(scope: Scope) -> list[str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [part.strip() for part in ",".join(values).split(",") if part.strip()]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
