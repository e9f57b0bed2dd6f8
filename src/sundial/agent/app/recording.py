"""What records: probes, recorder and outbox, joined; it is what the policy manager applies a policy to."""

import asyncio
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sundial.agent.app.absences import Absences
from sundial.agent.app.probing import Probing
from sundial.agent.app.writing import LOST, Writer
from sundial.agent.core import records
from sundial.agent.core.absence import Absence, Answer
from sundial.agent.core.clock import Clock
from sundial.agent.core.recording import Recorder
from sundial.agent.core.resuming import Closed, OpenSession, resume_or_close
from sundial.agent.core.sensing import CannotSee, Desk, Moment, PictureOrder, Sense, Unable, Wanted
from sundial.agent.core.shown import Chosen, Recorded, Working
from sundial.agent.core.store import CannotKeep, Store
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol.events import Event, ScreenshotMeta, SessionEvent
from sundial.protocol.messages import Lost, QueueStatus, SessionStatus
from sundial.protocol.policy import Details
from sundial.protocol.settings import KINDS, Kind, Settings, kinds_on

TICK_S = 1.0
REMEMBERED_EVERY_S = 30.0
TRIMMED_EVERY_S = 3600.0
PICTURES_LATELY = timedelta(minutes=10)
MOST_PICTURES = 100


class Recording:
    """Implements Collectors (a policy is applied to it), Facts (the link sends what it kept), and the person's orders.

    Everything runs in one event loop; `remind` and `say` must not wait.
    """

    def __init__(
        self,
        desk: Desk,
        recorder: Recorder,
        outbox: AsyncOutbox,
        clock: Clock,
        moment: Callable[[], Moment],
        boot_id: str,
        say: Callable[[str], None],
        remind: Callable[[str], None],
        ask: Callable[[Absence], None],
    ) -> None:
        self._desk = desk
        self._recorder = recorder
        self._outbox = outbox
        self._clock = clock
        self._moment = moment
        self._boot_id = boot_id
        self._say = say
        self._remind = remind
        self._ask = ask
        self._absences = Absences()
        self._probing = Probing(desk, self._heard, say)
        self._orders: asyncio.Queue[PictureOrder] = asyncio.Queue(1)
        self._settings: Settings | None = None
        self._details = Details()
        self._session: OpenSession | None = None
        self._told: SessionStatus | None = None
        self._unable: dict[Kind, str] = {}
        self._picture_problem = ""
        self._pictured: deque[tuple[datetime, int]] = deque(maxlen=MOST_PICTURES)  # when, and of how many screens
        self.writer = Writer(outbox, clock, say)

    # Life -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled: the session stays open in memory and on disk, for `close` or the next start to end."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.writer.run())
            group.create_task(self._probing.run())
            group.create_task(self._take_pictures())
            group.create_task(self._tick())
            group.create_task(self._keep_house())

    async def take_up(self, new_eid: Callable[[Moment], str]) -> None:
        """A session that the last run left open goes on, or is closed where it was last seen."""
        try:
            left_open = await self._outbox.open_session()
            self._absences.restore(await self._outbox.absences())
        except CannotKeep as error:
            self._say(f"Whether a session was open cannot be read: {error}")
            return
        if left_open is None:
            return
        moment = self._moment()
        found = resume_or_close(left_open, moment.now, self._boot_id, new_eid(moment))
        if isinstance(found, Closed):
            self._say("The last session was not ended; it is closed where it was last seen")
            await self._close_left_open(found.event, moment.now)
            return
        self._say("The last session goes on")
        self._session = left_open
        self._do(
            records.Begin(left_open.uuid, left_open.task, left_open.task_id, goes_on=True, paused=left_open.paused)
        )
        self._session_changed("paused" if left_open.paused else "resumed", left_open)

    async def _close_left_open(self, event: SessionEvent, now: datetime) -> None:
        """In one transaction, so that another crash does not close it twice; else as well as it goes."""
        try:
            await self._outbox.close_left_open(event, now)
        except CannotKeep:
            self.writer.put((event,), now, None)

    async def close(self, reason: str) -> None:
        """The program ends, and the session with it; returns when all is written that can be."""
        self.end(reason)
        await self.writer.flush()  # where that fails the session stays open on disk: the next start closes it

    # The person -----------------------------------------------------------------------------------

    @property
    def working(self) -> Working:
        """Whether a session runs."""
        if self._session is None:
            return "no"
        return "paused" if self._session.paused else "yes"

    @property
    def watching(self) -> bool:
        """Whether work goes on and every probe that the policy asks for is open."""
        return self.working == "yes" and self._probing.settled

    @property
    def open_session(self) -> OpenSession | None:
        """The session that runs or is paused."""
        return self._session

    def begin(self, task: str, chosen: Chosen | None = None) -> None:
        """Start work."""
        if self._session is None:
            now = self._moment()
            self._session = OpenSession(
                uuid=str(uuid.uuid4()),
                task=task,
                started=now.now,
                last_seen=now.now,
                paused=False,
                boot_id=self._boot_id,
                task_id=chosen.id if chosen else None,
                task_title=chosen.title if chosen else "",
            )
            self._absences.forget()
            self._do(records.Begin(self._session.uuid, task, self._session.task_id))
            self._session_changed("started", self._session)

    def pause(self) -> None:
        """Interrupt it."""
        if self._session and not self._session.paused:
            self._desk.catch_up()
            self._session = _as(self._session, paused=True)
            self._do(records.Pause())
            self._session_changed("paused", self._session)

    def resume(self) -> None:
        """Go on."""
        if self._session and self._session.paused:
            self._session = _as(self._session, paused=False)
            self._do(records.Resume())
            self._session_changed("resumed", self._session)

    def end(self, reason: str = "") -> None:
        """Stop work."""
        if self._session:
            self._desk.catch_up()
            self._do(records.End(reason))
            ended, self._session = self._session, None
            self._session_changed("stopped", ended)

    def work_on(self, task: str) -> None:
        """Another line for what one works on."""
        if self._session and self._session.task != task:
            self._session = _as(self._session, task=task)
            self._do(records.WorkOn(task, self._session.task_id))

    def choose(self, chosen: Chosen | None) -> None:
        """Another task, or none."""
        number, title = (chosen.id, chosen.title) if chosen else (None, "")
        if self._session and self._session.task_id != number:
            self._session = _as(self._session, task_id=number, task_title=title)
            self._do(records.WorkOn(self._session.task, number))

    @property
    def absences(self) -> tuple[Absence, ...]:
        """What the person is asked about, the eldest first."""
        return self._absences.waiting

    def answer(self, eid: str, answer: Answer) -> None:
        """The person says what that absence was; one that is not asked any more stays as it is."""
        if absence := self._absences.take(eid):
            self._do(records.Answered(absence, answer))

    def forget_absences(self) -> None:
        """Nobody is to be asked any more: the device is another one."""
        self._absences.forget()
        self._keep_absences()

    def worked_ms(self) -> int:
        """What today's time has that the outbox does not know yet."""
        return self._recorder.worked_ms(self._moment())

    def pictures(self, now: datetime) -> tuple[Recorded, ...]:
        """The screenshots that were kept lately, as the window lists them."""
        return tuple(
            Recorded("screenshot", "Screenshot", f"{screens} screen{'s' if screens > 1 else ''}", at, at)
            for at, screens in self._pictured
            if now - at < PICTURES_LATELY
        )

    # Collectors -----------------------------------------------------------------------------------

    async def apply(self, settings: Settings, details: Details) -> None:
        """Record by these values; returns when the probes that they need run. Raises CannotApply."""
        self._desk.catch_up()
        self._settings = dict(settings)
        self._do(records.Obey(self._settings, details.website_detail, details.blurred))
        self._details = details
        await self._probing.want(self._wanted())

    async def stop(self) -> None:
        """Record nothing; an open session stays open, with nothing in it."""
        self._desk.catch_up()
        self._settings = None
        self._do(records.Obey(None))
        await self._probing.want(Wanted())

    def capabilities(self) -> dict[str, Any]:
        """By kind whether it can be recorded here, and why not."""
        missing = self.missing()
        return {kind: kind not in missing for kind in KINDS} | {"missing": dict(missing)}

    def missing(self) -> dict[Kind, str]:
        """The kinds that cannot be recorded here and now, with reasons."""
        pictures: dict[Kind, str] = {"screenshots": self._picture_problem} if self._picture_problem else {}
        return {**self._desk.missing(), **self._unable, **pictures}

    @property
    def settings(self) -> Settings | None:
        """What is obeyed."""
        return self._settings

    # Facts ----------------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """Where the link takes from."""
        return self._outbox

    def queue(self) -> QueueStatus:
        """What waits on disk and in memory, and what was lost."""
        known = self._outbox.last_queue
        lost = {one.reason: one.count for one in known.lost}
        if self.writer.dropped:
            lost[LOST] = lost.get(LOST, 0) + self.writer.dropped
        return QueueStatus(known.waiting + self.writer.waiting, [Lost(*one) for one in lost.items()])

    def session(self) -> SessionStatus | None:
        """The session as last told."""
        return self._told

    # Inside ---------------------------------------------------------------------------------------

    def _heard(self, sense: Sense) -> None:
        if isinstance(sense, Unable):
            self._unable[sense.kind] = sense.reason
            self._say(f"{sense.kind} cannot be recorded any more: {sense.reason}")
        self._do(sense)

    def _do(self, what: records.Input) -> None:
        moment = self._moment()
        for effect in self._recorder.handle(what, moment):
            self._follow(effect, moment)

    def _follow(self, effect: records.Effect, moment: Moment) -> None:
        match effect:
            case records.Keep(events):
                self._keep(events, moment)
            case records.TakePictures() | records.KeepPicture():
                self._follow_picture(effect, moment)
            case records.Worked():
                self.writer.put_worked(effect.day, effect.ms)
            case records.Ask(absence):
                self._ask_about(absence)
            case records.Remind(text):
                self._remind(text)
            case records.Noted(text):
                self._say(text)

    def _follow_picture(self, effect: records.TakePictures | records.KeepPicture, moment: Moment) -> None:
        if isinstance(effect, records.KeepPicture):
            self.writer.put_picture(effect.meta, effect.picture.image, moment.now)
            self._note_picture(effect.meta)
        elif self._orders.empty():  # one at a time: a slow machine takes fewer, never a queue of them
            self._orders.put_nowait(effect.order)

    def _keep(self, events: tuple[Event, ...], moment: Moment) -> None:
        """With them goes which session is open now: whenever the program is killed, the disk tells both or neither."""
        last, asked = events[-1], self._absences.take_unsaved()
        if isinstance(last, SessionEvent) and last.state == "stopped":
            self.writer.put(events, moment.now, None, asked)
        elif self._session is None:
            self.writer.put(events, moment.now, absences=asked)
        else:
            self._session = _as(_seen(self._session, moment), tz_offset_min=last.tz_offset_min)
            self.writer.put(events, moment.now, self._session, asked)

    def _ask_about(self, absence: Absence) -> None:
        self._absences.ask(absence)
        self._keep_absences()
        self._ask(absence)

    def _keep_absences(self) -> None:
        self.writer.put((), self._moment().now, absences=self._absences.take_unsaved())

    def _note_picture(self, meta: ScreenshotMeta) -> None:
        at, screens = datetime.fromisoformat(meta.taken_at), 1
        if self._pictured and self._pictured[-1][0] == at:
            screens += self._pictured.pop()[1]
        self._pictured.append((at, screens))

    async def _take_pictures(self) -> None:
        while True:
            order = await self._orders.get()
            try:
                pictures = await self._desk.pictures(order)
            except CannotSee as error:
                if not self._picture_problem:
                    self._say(f"No screenshot: {error}")
                self._picture_problem = str(error)
            else:
                self._picture_problem = ""
                self._do(records.Pictured(tuple(pictures)))

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(TICK_S)
            self._do(records.Tick())

    async def _keep_house(self) -> None:
        trimmed = -TRIMMED_EVERY_S
        while True:
            await self._checkpoint()
            if self._settings and self._clock.monotonic() - trimmed >= TRIMMED_EVERY_S:
                trimmed = self._clock.monotonic()
                await self._trim(int(self._settings["local_data_retention_days"]))
            await self._clock.sleep(REMEMBERED_EVERY_S)

    async def _trim(self, keep_days: int) -> None:
        try:
            await self._outbox.trim(keep_days, self._clock.now())
        except CannotKeep as error:
            self._say(f"Old data could not be dropped: {error}")

    async def _checkpoint(self) -> None:
        """The session was seen alive; what waits to be written says so itself, and may have ended it."""
        if self._session is None or not self.writer.idle:
            return
        try:
            await self._outbox.remember_session(_seen(self._session, self._moment()))
        except CannotKeep as error:
            self._say(f"The open session could not be written down: {error}")

    def _session_changed(self, state: str, session: OpenSession) -> None:
        at = self._moment().now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._told = SessionStatus(session.uuid, state, at)  # type: ignore[arg-type] # one of the four words
        self._probing.want_soon(self._wanted())

    def _wanted(self) -> Wanted:
        if self._settings is None or self.working != "yes":
            return Wanted()
        missing = self._desk.missing()
        # Browsers come and go: their door is open whenever websites are to be recorded.
        on = {kind for kind in kinds_on(self._settings) if kind == "websites" or kind not in missing}
        return Wanted(
            applications="applications" in on or "websites" in on,
            websites="websites" in on,
            website_detail=self._details.website_detail,
            keyboard="keyboard_counts" in on,
            mouse="mouse_counts" in on,
            idle="idle" in on,
        )


def _seen(session: OpenSession, moment: Moment) -> OpenSession:
    return _as(session, last_seen=moment.now, mono_ms=int(moment.mono_s * 1000))


def _as(session: OpenSession, **changes: Any) -> OpenSession:
    return msgspec.structs.replace(session, **changes)
