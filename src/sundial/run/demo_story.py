"""What happened on the demo's platform, told in the order in which it happened, as an audit log has to read."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from django.db import transaction

from sundial.server.lib.scope import acting_for

Act = Callable[..., object]  # takes `now`, the moment that it is said to happen


class Story:
    """Acts in one company, each at its moment; an act may plan others, for later moments than its own."""

    def __init__(self, company_id: int) -> None:
        """Nothing has happened yet."""
        self._company_id = company_id
        self._acts: list[tuple[datetime, int, Act]] = []
        self._numbers = count()  # of two at the same moment the one that was planned first comes first

    def at(self, moment: datetime, act: Act) -> None:
        """Plan what happens at a moment."""
        heappush(self._acts, (moment, next(self._numbers), act))

    def tell(self) -> None:
        """Have everything happen, in order."""
        with acting_for(self._company_id), transaction.atomic():
            while self._acts:
                moment, _number, act = heappop(self._acts)
                act(now=moment)
