"""Turns one PostgreSQL address into Django's DATABASES entry."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def settings_from(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's settings for `url`, with a pool of at most `pool_size` connections (0: no pool)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {key: value for key, value in query.items() if key not in {"host", "port"}}
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "sundial.server.lib.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or query.get("port", "")),
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
