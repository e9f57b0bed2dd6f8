"""Keeping the parts of the program going: a fault in one is said, and that part begins again."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sundial.agent.core.clock import Clock

AGAIN_S = 10.0


@dataclass(slots=True)
class Lasting:
    """`problems` is what the person should know at this moment, by part."""

    clock: Clock
    say: Callable[[str], None]
    problems: dict[str, str] = field(default_factory=dict)

    async def keep(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        """Until the work returns or is cancelled."""
        while True:
            try:
                await work()
                return
            except Exception as error:  # whatever it is: a program that records must not end without a word
                self._tell(part, error)
                if (task := asyncio.current_task()) and task.cancelling():  # it failed while it was ended
                    raise asyncio.CancelledError from error
            await self.clock.sleep(AGAIN_S)
            self.problems.pop(part, None)

    def _tell(self, part: str, error: Exception) -> None:
        first = _first(error)
        self.say(f"A fault in {part}: {type(first).__name__}: {first}; beginning again in {AGAIN_S:.0f} s")
        for line in "".join(traceback.format_exception(error)).splitlines():
            self.say(line)
        self.problems[part] = (
            f"A fault in {part} ({type(first).__name__}). It begins again in a moment; what was kept stays kept."
        )


def _first(error: BaseException) -> BaseException:
    """Of a group, what began it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
