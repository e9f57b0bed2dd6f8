"""One batch on its way: whose it is, what is in it, and who waits for the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sundial.gateway.ingest.rows import Fact

Name = tuple[int, str]  # a company, and its own id of an event
Outcomes = dict[Name, str]  # of those that were not new


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose facts these are; it is the token that says so, never the event."""

    company: int
    user: int
    device: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some facts of one caller."""

    caller: Caller
    facts: Sequence[Fact]


class Waiting:
    """A batch, and the promise that it is committed."""

    __slots__ = ("caller", "done", "facts", "names")

    def __init__(self, caller: Caller, facts: list[Fact]) -> None:
        self.caller: Final = caller
        self.facts: Final = facts
        self.names: Final = frozenset((caller.company, fact.eid) for fact in facts)
        self.done: Final[asyncio.Future[Outcomes]] = asyncio.get_running_loop().create_future()

    def settle(self, outcomes: Outcomes) -> None:
        """It is committed; `outcomes` may speak of others, too."""
        if not self.done.done():  # the caller may have been ended with the server
            self.done.set_result(outcomes)

    def fail(self, failure: Exception) -> None:
        """It is not; the caller has to send it again."""
        if not self.done.done():
            self.done.set_exception(failure)
