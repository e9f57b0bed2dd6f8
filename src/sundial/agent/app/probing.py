"""Keeping exactly those probes open that are wanted: others are not started, and what breaks is tried again."""

import asyncio
from collections.abc import Callable
from functools import partial

from sundial.agent.core.collectors import CannotApply
from sundial.agent.core.sensing import CannotSee, Desk, Sense, Wanted

OPEN_WITHIN_S = 10.0
AGAIN_S = 30.0
NONE = Wanted()


class Probing:
    """`run` follows what is wanted; `want` returns when it is so; `running` says what is open at this moment."""

    def __init__(self, desk: Desk, heard: Callable[[Sense], None], say: Callable[[str], None]) -> None:
        self._desk = desk
        self._heard = heard
        self._say = say
        self._wanted = NONE
        self._change = asyncio.Event()
        self._settled: asyncio.Future[None] | None = None
        self.problem = ""
        self.running = NONE

    @property
    def settled(self) -> bool:
        """Whether what is wanted is what runs."""
        return self.running == self._wanted

    def want_soon(self, wanted: Wanted) -> None:
        """These probes, as soon as may be."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._change.set()

    async def want(self, wanted: Wanted) -> None:
        """These probes; returns when they run, or raises CannotApply."""
        if wanted == self._wanted and self._settled is None and not self.problem:
            return
        self._wanted = wanted
        if self._settled is None:
            self._settled = asyncio.get_running_loop().create_future()
        self._change.set()
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                await asyncio.shield(self._settled)
        except TimeoutError:
            raise CannotApply("the probes did not open in time") from None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._change.clear()
            if self._wanted == NONE:
                self._done()
                await self._change.wait()
            else:
                await self._run_these(self._wanted)

    async def _run_these(self, wanted: Wanted) -> None:
        """Until something else is wanted, or a probe broke and it is time to try again."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(wanted))
            changed = group.create_task(self._change.wait())
            await asyncio.wait((watching, changed), return_when=asyncio.FIRST_COMPLETED)
            watching.cancel()
            self.running = NONE
            if not self._change.is_set():
                await asyncio.wait((changed,), timeout=AGAIN_S)
            changed.cancel()

    async def _watch(self, wanted: Wanted) -> None:
        try:
            await self._desk.watch(wanted, partial(self._opened, wanted), self._heard)
        except CannotSee as error:
            self._say(f"A probe cannot be opened: {error}; trying again in {AGAIN_S:.0f} s")
            self._done(str(error))

    def _opened(self, wanted: Wanted) -> None:
        self.running = wanted
        self._done()

    def _done(self, problem: str = "") -> None:
        self.problem = problem
        settled, self._settled = self._settled, None
        if settled is None or settled.done():
            return
        if problem:
            settled.set_exception(CannotApply(problem))
        else:
            settled.set_result(None)
