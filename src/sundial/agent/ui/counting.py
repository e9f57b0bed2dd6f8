"""Today's running time between two snapshots."""

from collections.abc import Callable

from sundial.agent.core.shown import Shown


class Counting:
    """Goes on from the last snapshot by a clock that no one can set, and stands still unless one works."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._from = 0.0
        self._seconds = 0
        self._runs = False

    def take(self, shown: Shown) -> None:
        """A newer snapshot is right, whatever was counted meanwhile."""
        self._from = self._clock()
        self._seconds = shown.today_s
        self._runs = shown.working == "yes"

    def seconds(self) -> int:
        """What today comes to at this moment."""
        return self._seconds + (int(self._clock() - self._from) if self._runs else 0)
