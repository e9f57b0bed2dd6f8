"""Forwarded headers: believed from named proxies, from nobody else."""

from typing import Any

import pytest
from pydantic import ValidationError

from sundial.run.environ import build_environ
from sundial.run.proxies import Proxies
from sundial.server.config.env import Environment

PROXY, STRANGER = "10.0.0.1", "203.0.113.9"
NAMED = Proxies(["10.0.0.0/24", "::1"])


def asked(peer: str | None, kind: str = "http", **headers: str) -> dict[str, Any]:
    return {
        "type": kind,
        "client": (peer, 1234) if peer else None,
        "scheme": "http",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


def introduced(proxies: Proxies, scope: dict[str, Any]) -> tuple[object, str]:
    proxies.introduce(scope)
    return scope["client"], scope["scheme"]


def test_a_named_proxy_says_who_asks_and_how() -> None:
    scope = asked(PROXY, x_forwarded_for="198.51.100.7", x_forwarded_proto="https")
    assert introduced(NAMED, scope) == (("198.51.100.7", 0), "https")


def test_a_stranger_says_nothing_about_anyone() -> None:
    scope = asked(STRANGER, x_forwarded_for="127.0.0.1", x_forwarded_proto="https")
    assert introduced(NAMED, scope) == ((STRANGER, 1234), "http")


def test_without_named_proxies_not_even_loopback_is_believed() -> None:
    scope = asked("127.0.0.1", x_forwarded_for="198.51.100.7", x_forwarded_proto="https")
    assert introduced(Proxies(()), scope) == (("127.0.0.1", 1234), "http")


def test_only_what_our_own_proxies_added_counts() -> None:
    scope = asked(PROXY, x_forwarded_for="1.1.1.1, 198.51.100.7, 10.0.0.2")
    assert introduced(NAMED, scope)[0] == ("198.51.100.7", 0)


def test_a_chain_of_our_own_proxies_ends_at_its_first() -> None:
    assert introduced(NAMED, asked(PROXY, x_forwarded_for="10.0.0.3, 10.0.0.2"))[0] == ("10.0.0.3", 0)


@pytest.mark.parametrize("said", ["", "not an address", "1.1.1.1, <script>"])
def test_what_is_no_address_changes_nothing(said: str) -> None:
    assert introduced(NAMED, asked(PROXY, x_forwarded_for=said))[0] == (PROXY, 1234)


def test_a_scheme_that_is_none_changes_nothing() -> None:
    assert introduced(NAMED, asked(PROXY, x_forwarded_proto="gopher"))[1] == "http"


def test_a_console_behind_tls_is_a_secure_one() -> None:
    assert introduced(NAMED, asked("::1", "websocket", x_forwarded_proto="https"))[1] == "wss"


def test_a_socket_without_an_address_is_nobodys_proxy() -> None:
    assert introduced(NAMED, asked(None, x_forwarded_for="1.1.1.1"))[0] is None


def test_a_request_keeps_the_id_that_a_named_proxy_gave_it() -> None:
    scope = asked(PROXY, x_request_id="abc-123")
    NAMED.introduce(scope)
    assert NAMED.request_id(scope) == "abc-123"


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\nb", "ünsane"])
def test_an_id_that_is_not_sane_is_replaced(given: str) -> None:
    scope = asked(PROXY, x_request_id=given)
    NAMED.introduce(scope)
    assert len(NAMED.request_id(scope)) == 16


def test_a_strangers_id_is_replaced() -> None:
    scope = asked(STRANGER, x_request_id="abc-123")
    NAMED.introduce(scope)
    assert NAMED.request_id(scope) != "abc-123"


@pytest.mark.parametrize("name", ["*", "proxy", "10.0.0.0/99"])
def test_a_proxy_that_is_neither_address_nor_network_stops_the_start(name: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Environment(trusted_proxies=(PROXY, name))


def test_no_forwarded_header_reaches_the_views() -> None:
    scope = asked(STRANGER, x_forwarded_proto="https", x_forwarded_host="evil", forwarded="for=1.1.1.1")
    scope |= {"method": "GET", "path": "/", "query_string": b"", "http_version": "1.1", "server": None}
    environ = build_environ(scope, None, 0)
    assert not [name for name in environ if "FORWARDED" in name]
