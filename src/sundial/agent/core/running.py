"""One stretch of work without a pause: the tape, and what may still change of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sundial.agent.core import days
from sundial.agent.core.counting import Counter
from sundial.agent.core.front import InFront
from sundial.agent.core.leaving import Leaving
from sundial.agent.core.presence import Presence, Turned
from sundial.agent.core.records import Ask, Effect, Keep, Noted, Worked
from sundial.agent.core.reminding import Reminder
from sundial.agent.core.rules import Rules
from sundial.agent.core.sensing import Browsed, Counted, Focused, Idled, Locked, Sense, Unable
from sundial.agent.core.tape import Cause, Held, Tape
from sundial.agent.core.telling import Teller
from sundial.agent.core.timekeeping import MILLISECOND, Look
from sundial.protocol import spans
from sundial.protocol.events import Event
from sundial.protocol.spans import NO_TIME, Span

KEPT_EVERY = timedelta(seconds=59)  # with a tick every second, a minute is never passed
FIRST_WORD = timedelta(seconds=2)  # so long a probe may take to say what has been in front all the time


class Run:
    """All times that go in are steady."""

    def __init__(self, start: datetime, front: InFront, teller: Teller) -> None:
        self._tape = Tape(start)
        self._front = front
        self._teller = teller
        self._counter = Counter(start)
        self._counts: list[Span[Counted]] = []
        self._leaving = Leaving(teller)
        self.presence = Presence(start)
        self.reminder = Reminder(start)

    # Time goes by ---------------------------------------------------------------------------------

    def pass_time(self, look: Look, rules: Rules) -> list[Effect]:
        """Up to now all was as it was."""
        held = self._passed(look, rules)
        if held.away:
            self._leaving.away(self._tape.end, look.at, held.away)
        self._tape.advance(look.at, held)
        if since := self._front.emptied(look.at):
            self._tape.repaint(since, _nothing_in_front)
        if look.slept:
            self.presence.begin_anew(look.at)
        self._cut_counts(look)
        return [Noted(line) for line in _notes(look)]

    def held(self, rules: Rules) -> Held:
        """What holds now."""
        if not rules.anything:
            return Held("unrecorded", policy=rules.number)
        front, site = self._front.front(rules), self._front.site(rules)
        return Held(front, site, self.presence.away, rules.number)

    def _passed(self, look: Look, rules: Rules) -> Held:
        held = self.held(rules)
        if not rules.anything or not (look.slept or look.unseen):
            return held
        away: Cause | None = "sleep" if look.slept else held.away
        return Held("private" if rules.applications else "unrecorded", None, away, rules.number)

    def _cut_counts(self, look: Look) -> None:
        if look.slept or look.jumped:
            self._take_counts(look.before)
            self._counter.since = look.at
            return
        time = self._teller.time
        wall = Span(time.wall(self._counter.since), time.wall(look.at), None)
        for border in spans.borders(wall):
            self._take_counts(look.at - (wall.end - border))

    # What is heard --------------------------------------------------------------------------------

    def sense(self, said: Sense, at: datetime, rules: Rules) -> None:
        """A probe tells something; of what is switched off nothing is listened to."""
        match said:
            case Focused() if rules.watches_focus:
                self._focused(said, at, rules)
            case Browsed() if rules.websites:
                self._front.browsed(said)
            case Idled() if rules.idle:
                self._turn(self.presence.idled(said, at, rules))
            case Locked(locked) if rules.idle:
                self.presence.lock(locked, at)
            case Counted() if not self.presence.locked:
                self._counter.add(said, rules)
            case Unable():
                self._unable(said, at)

    def _focused(self, said: Focused, at: datetime, rules: Rules) -> None:
        first = not self._front.is_known
        self._front.focused(said, at)
        if first:
            unknown = Held("unknown", None, self.presence.away, rules.number)
            now = self.held(rules)
            self._tape.repaint(at - FIRST_WORD, lambda held: now if held == unknown else held)

    def _turn(self, turned: Turned | None) -> None:
        if turned and turned.away:
            self._leaving.away(turned.since, self._tape.end, "idle")
            self._tape.repaint(turned.since, lambda held: replace(held, away=held.away or "idle"))
        elif turned:
            self._leaving.back(turned.since)
            self._tape.repaint(
                turned.since, lambda held: replace(held, away=None if held.away == "idle" else held.away)
            )

    def _unable(self, said: Unable, at: datetime) -> None:
        if said.kind == "idle":
            self.presence.forget(at)
        elif said.kind == "applications":
            self._front.forget()
        elif said.kind == "websites":
            self._front.forget_sites()

    def obey(self, old: Rules, new: Rules, at: datetime) -> None:
        """Other settings hold; what was recorded before them stays."""
        self._take_counts(at)
        if old.idle != new.idle:
            self.presence.forget(at)

    # What is kept ---------------------------------------------------------------------------------

    def certain_until(self, at: datetime, rules: Rules) -> datetime:
        """What was before this nothing can change any more."""
        known = self.presence.certain_until(at) if rules.idle else at
        return min(known, self._front.empty_since or at)

    def keep_if_due(self, at: datetime, rules: Rules) -> list[Effect]:
        """Once a minute, what is certain."""
        if self._counter.is_due(at):
            self._take_counts(at)
        if not self._counts and at - self._tape.start < KEPT_EVERY:
            return []
        return self.keep(self.certain_until(at, rules))

    def keep(self, until: datetime, *more: Event) -> list[Effect]:
        """Off the tape and kept, with what else is to be kept in the same transaction."""
        told = self._teller.tell(self._tape.take(until), self._counts)
        self._counts = []
        self._teller.time.forget_before(min(self._tape.start, self._counter.since))
        events = (*told.events, *more)
        kept: list[Effect] = [Keep(events)] if events else []
        return [*kept, *self._worked(told.worked)]

    def finish(self, at: datetime, last: Event, rules: Rules) -> list[Effect]:
        """The stretch ends: all of it is kept, and what ended it."""
        self._take_counts(at)
        self._leaving.finish()
        return [*self.keep(at, last), *self._ask(rules)]

    def ask_if_back(self, rules: Rules) -> list[Effect]:
        """What absences were, once the person is here to say so."""
        self._leaving.look(self.presence)
        return self._ask(rules)

    def unkept_work(self, until: datetime, rules: Rules) -> list[Span[None]]:
        """What was worked and is not kept yet, in wall time."""
        end = self._tape.end
        return self._teller.worked([*self._tape.read(), Span(end, max(until, end), self.held(rules))])

    def _ask(self, rules: Rules) -> list[Effect]:
        return [Ask(one) for one in self._leaving.take(rules.away_after)]

    def _worked(self, worked: Iterable[Span[None]]) -> list[Effect]:
        sums = days.by_day(worked, self._teller.zone_offset)
        return [Worked(day, length // MILLISECOND) for day, length in sums.items() if length]

    def _take_counts(self, at: datetime) -> None:
        self._counts += self._counter.take(at)


def _nothing_in_front(held: Held) -> Held:
    return replace(held, front="unrecorded" if held.front == "unrecorded" else "private", site=None)


def _notes(look: Look) -> list[str]:
    lines = []
    if look.slept:
        lines.append(f"The machine slept until now, for about {_seconds(look.at - look.before)} s")
    elif look.unseen:
        lines.append(f"The program did not run for {_seconds(look.at - look.before)} s: nothing was seen meanwhile")
    if look.jumped:
        way = "forward" if look.jumped > NO_TIME else "back"
        lines.append(f"The clock was set {way} by {_seconds(abs(look.jumped))} s: what is recorded is cut there")
    return lines


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
