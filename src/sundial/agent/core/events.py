"""What can happen to the policy manager."""

from dataclasses import dataclass
from typing import Literal

from sundial.protocol.messages import Acknowledgement, PolicyDocument

# Why the server's doors are closed: the company is suspended, or the token is not known there (any more).
Closed = Literal["suspended", "unknown"]


@dataclass(frozen=True, slots=True)
class Started:
    """The program runs; what the cache holds may be applied."""


@dataclass(frozen=True, slots=True)
class Received:
    """A policy came, from the stream or a poll; nothing about it has been checked."""

    document: PolicyDocument


@dataclass(frozen=True, slots=True)
class Applied:
    """The collectors run on the values of that attempt."""

    attempt: int


@dataclass(frozen=True, slots=True)
class NotApplied:
    """They do not."""

    attempt: int
    error: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The collectors record nothing any more."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The person has read what these kinds of data are, and agreed to go on."""

    word: Acknowledgement


@dataclass(frozen=True, slots=True)
class Kept:
    """The server has this word now."""

    word: Acknowledgement


@dataclass(frozen=True, slots=True)
class DoorsClosed:
    """The server said that nothing may be recorded now."""

    why: Closed


@dataclass(frozen=True, slots=True)
class DoorsOpen:
    """The server answered as it does while everything is well."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """This device's token was ended for good."""

    reason: str


Event = Started | Received | Applied | NotApplied | Stopped | Acknowledged | Kept | DoorsClosed | DoorsOpen | Revoked
