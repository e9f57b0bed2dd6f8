"""What an address in the environment must look like; a refusal says how it is written, and an empty one is none."""

from collections.abc import Container
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

MAIL_SCHEMES = {"smtp": (25, False, False), "smtp+tls": (587, True, False), "smtps": (465, False, True)}


def _database(value: str) -> str:
    if value and _split(value, {"postgres", "postgresql"}) is None:
        raise ValueError("Must look like postgresql://user:password@host:port/name")
    return value


def _mail(value: str) -> str:
    if value and not _host(value, MAIL_SCHEMES):
        raise ValueError("Must look like smtp://host:port, smtp+tls://… or smtps://…")
    return value


def _site(value: str) -> str:
    if value and not _host(value, {"http", "https"}):
        raise ValueError("Must look like https://sundial.example.org")
    return value


def _network(value: str) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{value!r} is neither an address nor a network such as 10.0.0.0/8") from None
    return value


def _host(value: str, schemes: Container[str]) -> str:
    parts = _split(value, schemes)
    return (parts.hostname or "") if parts else ""


def _split(value: str, schemes: Container[str]) -> SplitResult | None:
    """The parts of an address of one of these schemes whose port, if it names one, is a port."""
    try:
        parts = urlsplit(value)
        return parts if parts.scheme in schemes and (parts.port or 0) >= 0 else None
    except ValueError:
        return None


DatabaseAddress = Annotated[str, AfterValidator(_database)]
MailAddress = Annotated[str, AfterValidator(_mail)]
Network = Annotated[str, AfterValidator(_network)]
SiteAddress = Annotated[str, AfterValidator(_site)]
