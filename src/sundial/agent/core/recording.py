"""The recorder: what becomes of all that the probes tell while a person works.

Whatever happens, first the tape is brought up to that moment with what held until then, then what happened changes what
holds from then on. A running session is tiled without gap or overlap by applications, being away, and private time:

- private is time of which there is nothing to tell: no window was active, it was Sundial's own (the person looks at
  their own record, which is not something to record), or the program did not run and saw nothing;
- with applications switched off there is no tile but being away: the session's own events tell its time;
- the machine's sleep is known from its clocks alone, not from watching the person, so it is told in any case.

What is kept is final. Once a minute everything is kept that nothing can change any more (see `presence`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from msgspec import UNSET

from sundial.agent.core import days
from sundial.agent.core.absence import WORK, answering
from sundial.agent.core.front import InFront
from sundial.agent.core.picturing import Pacer
from sundial.agent.core.records import (
    Answered,
    Begin,
    Effect,
    End,
    Input,
    Keep,
    KeepPicture,
    Obey,
    Pause,
    Pictured,
    Remind,
    Resume,
    TakePictures,
    Tick,
    Worked,
    WorkOn,
)
from sundial.agent.core.reminding import STOPPED, on_words
from sundial.agent.core.rules import Rules, rules_of
from sundial.agent.core.running import Run
from sundial.agent.core.sensing import Moment, Picture
from sundial.agent.core.telling import Teller
from sundial.agent.core.timekeeping import MILLISECOND, Timekeeper
from sundial.protocol.backoff import Uniform
from sundial.protocol.events import SessionEvent
from sundial.protocol.spans import NO_TIME, Span


class Recorder:
    """Pure: it is told what happened and when, and answers what is to be done, in order.

    `zone_offset` gives the minutes that local time is ahead of UTC at an instant; `own_pid` is this program's, whose
    windows are not recorded. `_run` is there while a session runs, `_teller` also while it is paused.
    """

    def __init__(
        self,
        machine_boot_id: str,
        new_eid: Callable[[Moment], str],
        uniform: Uniform,
        zone_offset: days.ZoneOffset,
        *,
        own_pid: int = 0,
    ) -> None:
        self._boot_id = machine_boot_id
        self._new_eid = new_eid
        self._zone_offset = zone_offset
        self._front = InFront(own_pid)
        self._pacer = Pacer(uniform)
        self._rules = Rules()
        self._time: Timekeeper | None = None
        self._teller: Teller | None = None
        self._run: Run | None = None
        self._work = WorkOn("")

    def handle(self, said: Input, moment: Moment) -> list[Effect]:
        """This happened at that moment."""
        time = self._time = self._time or Timekeeper(moment)
        look = time.look(moment)
        passed = self._run.pass_time(look, self._rules) if self._run else []
        return [*passed, *self._take(said, look.at, time)]

    def close(self, moment: Moment, reason: str = "") -> list[Effect]:
        """The program ends: the session with it, if one is open."""
        return self.handle(End(reason), moment)

    def worked_ms(self, moment: Moment) -> int:
        """What was worked on the local day of that moment and is not yet told by a Worked effect."""
        if self._run is None or self._time is None:
            return 0
        worked = self._run.unkept_work(self._time.steady(moment), self._rules)
        today = days.day_of(moment.now, self._zone_offset)
        return days.by_day(worked, self._zone_offset).get(today, NO_TIME) // MILLISECOND

    def _take(self, said: Input, at: datetime, time: Timekeeper) -> list[Effect]:
        match said:
            case Begin():
                return self._begin(said, at, time)
            case Obey():
                return self._obey(said, at)
            case Resume() if self._teller and not self._run:
                return self._resume(self._teller, at, time)
            case End(reason) if self._teller:
                return self._end(self._teller, at, reason)
            case Answered():
                return self._answered(said)
            case WorkOn() if self._teller:
                return self._work_on(self._teller, at, said)
        return self._take_running(self._run, self._teller, said, at) if self._run and self._teller else []

    def _take_running(self, run: Run, teller: Teller, said: Input, at: datetime) -> list[Effect]:
        match said:
            case Pause():
                return self._interrupt(run, teller, at)
            case Tick():
                return self._tick(run, at)
            case Pictured(pictures):
                return self._pictured(run, teller, pictures)
            case Resume() | Obey() | Begin() | End() | WorkOn() | Answered():
                return []
        run.sense(said, at, self._rules)
        return []

    # The person's session -------------------------------------------------------------------------

    def _begin(self, said: Begin, at: datetime, time: Timekeeper) -> list[Effect]:
        if self._teller and self._teller.session == said.session:
            return []
        before = self._end(self._teller, at, "") if self._teller else []
        time.begin_anew()
        self._teller = Teller(said.session, self._boot_id, self._new_eid, self._zone_offset, time)
        self._pacer.pace(self._rules.picture_every_s, at)
        self._work = WorkOn(said.task, said.task_id)
        told = [] if said.goes_on else [self._teller.session_event("started", at, said.task, said.task_id)]
        if said.paused:
            return [*before, *(Keep((event,)) for event in told)]
        self._run = Run(at, self._front, self._teller)
        return [*before, *self._run.keep(at, *told), *self._remind(on_words(self._rules))]

    def _interrupt(self, run: Run, teller: Teller, at: datetime) -> list[Effect]:
        self._run = None
        self._stop_looking()
        return run.finish(at, teller.session_event("paused", at), self._rules)

    def _resume(self, teller: Teller, at: datetime, time: Timekeeper) -> list[Effect]:
        time.begin_anew()
        self._run = Run(at, self._front, teller)
        return self._run.keep(at, self._going_on(teller, at))

    def _work_on(self, teller: Teller, at: datetime, said: WorkOn) -> list[Effect]:
        """While work is paused it waits for the word that work goes on: another `paused` would be another pause."""
        self._work = said
        return [Keep((self._going_on(teller, at),))] if self._run else []

    def _going_on(self, teller: Teller, at: datetime) -> SessionEvent:
        return teller.session_event("resumed", at, self._work.task, self._work.task_id)

    def _end(self, teller: Teller, at: datetime, reason: str) -> list[Effect]:
        run, stopped = self._run, teller.session_event("stopped", at, reason or UNSET)
        self._run = self._teller = None
        self._stop_looking()
        kept: list[Effect] = run.finish(at, stopped, self._rules) if run else [Keep((stopped,))]
        return [*kept, *self._remind(STOPPED)]

    def _answered(self, said: Answered) -> list[Effect]:
        told: list[Effect] = [Keep(tuple(answering(said.absence, said.answer, self._new_eid)))]
        if said.answer not in WORK:
            return told
        parts = days.cut_for_telling(Span(said.absence.start, said.absence.end, None), self._zone_offset)
        sums = days.by_day(parts, self._zone_offset)
        return [*told, *(Worked(day, length // MILLISECOND) for day, length in sums.items())]

    def _stop_looking(self) -> None:
        """The probes are closed: what they will say first when they are opened again is not known now."""
        self._front.forget()
        self._front.forget_sites()
        self._pacer.ordered = None

    # The policy -----------------------------------------------------------------------------------

    def _obey(self, said: Obey, at: datetime) -> list[Effect]:
        old, new = self._rules, rules_of(said, self._rules.number + 1)
        if replace(new, number=old.number) == old:
            return []
        if self._run:
            self._run.obey(old, new, at)
        if not new.watches_focus:
            self._front.forget()
        if not new.websites:
            self._front.forget_sites()
        if new.order != old.order:
            self._pacer.ordered = None  # a picture made by the old order is not wanted any more
        if new.picture_every_s != old.picture_every_s:
            self._pacer.pace(new.picture_every_s, at)
        self._rules = new
        return self._run.keep(self._run.certain_until(at, new)) if self._run else []

    # Time -----------------------------------------------------------------------------------------

    def _tick(self, run: Run, at: datetime) -> list[Effect]:
        run.presence.ticked()
        todo = [*run.keep_if_due(at, self._rules), *run.ask_if_back(self._rules)]
        here = run.presence.away is None
        order = self._pacer.tick(at, self._rules.order, allowed=here)
        if order:
            todo.append(TakePictures(order))
        if here and (text := run.reminder.tick(at, self._rules)):
            todo.append(Remind(text))
        return todo

    def _pictured(self, run: Run, teller: Teller, pictures: tuple[Picture, ...]) -> list[Effect]:
        ordered = self._pacer.collect()
        if ordered is None or run.presence.away:
            return []
        return [KeepPicture(teller.picture_meta(ordered.at, one.screen, blurred=one.blurred), one) for one in pictures]

    def _remind(self, text: str) -> list[Effect]:
        return [Remind(text)] if self._rules.anything and self._rules.reminded else []
