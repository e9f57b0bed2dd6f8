"""The recorder: what becomes of all that the probes tell while a person works."""

from collections.abc import Callable
from datetime import datetime

from sundial.agent.core.records import Effect, End, Input
from sundial.agent.core.sensing import Moment
from sundial.protocol.backoff import Uniform


class Recorder:
    """Pure: it is told what happened and when, and answers what is to be done, in order."""

    def __init__(
        self,
        machine_boot_id: str,
        new_eid: Callable[[Moment], str],
        uniform: Uniform,
        zone_offset: Callable[[datetime], int],
    ) -> None:
        self._boot_id = machine_boot_id
        self._new_eid = new_eid
        self._uniform = uniform
        self._zone_offset = zone_offset

    def handle(self, said: Input, moment: Moment) -> list[Effect]:
        """This happened at that moment."""
        return []

    def close(self, moment: Moment, reason: str = "") -> list[Effect]:
        """The program ends: the session with it, if one is open."""
        return self.handle(End(reason), moment)

    def worked_ms(self, moment: Moment) -> int:
        """What was worked on the local day of that moment and is not yet told by a Worked effect."""
        return 0
