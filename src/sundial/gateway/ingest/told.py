"""Telling the platform that somebody's facts are new: each company at most once a second."""

from collections.abc import Callable
from typing import Final

from sundial.bus import Bus
from sundial.gateway.ingest.waiting import Caller

TOPIC: Final = "activity"
PACE: Final = 1.0  # seconds between two hints of one company
NAMED: Final = 50  # people; more are "*"


class Told:
    """Remembers whose facts were committed, and says so."""

    def __init__(self, bus: Bus, clock: Callable[[], float]) -> None:
        self._bus = bus
        self._clock = clock
        self._people: dict[int, set[int]] = {}
        self._said: dict[int, float] = {}

    def note(self, caller: Caller) -> None:
        """There are new facts of this person."""
        self._people.setdefault(caller.company, set()).add(caller.user)

    async def publish(self, *, all_now: bool = False) -> None:
        """Tell of those companies whose turn it is; what could not be said is said at the next turn."""
        now = self._clock()
        self._said = {company: said for company, said in self._said.items() if now - said < PACE}
        for company in list(self._people):
            if all_now or company not in self._said:
                await self._say(company, now)

    async def _say(self, company: int, now: float) -> None:
        people = self._people.pop(company, None)
        if people is None:  # said meanwhile, by another turn
            return
        self._said[company] = now
        try:
            await self._bus.publish(TOPIC, _body(company, people))
        except BaseException:
            self._people.setdefault(company, set()).update(people)
            del self._said[company]
            raise


def _body(company: int, people: set[int]) -> str:
    named = map(str, sorted(people)) if len(people) <= NAMED else "*"
    return " ".join([str(company), *named])
