"""A request as WSGI (PEP 3333) describes it, made from one as ASGI does."""

import sys
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

from sundial.gateway.asgi import Scope

Environ = dict[str, Any]

_JOINED_BY_SEMICOLON: Final = "HTTP_COOKIE"
_NEVER: Final = {"HTTP_PROXY", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_FORWARDED"}
"""`Proxy:` would become HTTP_PROXY, which programs read as a setting; the next two have names of their own."""
_FORWARDED: Final = "HTTP_X_FORWARDED_"
"""What trusted proxies said is in address and scheme already; what others said is nobody's to believe."""


def build_environ(scope: Scope, body: IO[bytes], length: int) -> Environ:
    """The environment of one request, whose body of `length` bytes is already here."""
    server_name, server_port = scope.get("server") or ("localhost", None)
    address, port = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _as_wsgi(scope.get("root_path", "").encode()),
        "PATH_INFO": _as_wsgi(_path(scope)),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server_name,
        "SERVER_PORT": str(server_port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(port),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    return environ


def _path(scope: Scope) -> bytes:
    """The path byte for byte as it was sent: the decoded one has lost whatever was not UTF-8."""
    raw = scope.get("raw_path")
    return unquote_to_bytes(raw) if raw else scope["path"].encode()


def _as_wsgi(value: bytes) -> str:
    return value.decode("latin-1")


def _add_headers(environ: Environ, headers: list[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        if b"_" in name:  # `X_Real_Ip` would pass for `X-Real-Ip`, which only a proxy may say
            continue
        text = value.decode("latin-1")
        if name == b"content-type":
            environ["CONTENT_TYPE"] = text
            continue
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        if key in _NEVER or key.startswith(_FORWARDED):
            continue
        if key in environ:
            text = environ[key] + ("; " if key == _JOINED_BY_SEMICOLON else ",") + text
        environ[key] = text
