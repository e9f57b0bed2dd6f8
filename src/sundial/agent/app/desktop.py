"""The desktop program: one profile, its window, and one running agent whenever this device is enrolled."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from sundial.agent.app import showing
from sundial.agent.app.agent import Agent, Surroundings
from sundial.agent.app.enrolling import CannotEnrol, Enrolling
from sundial.agent.app.identity import Identities
from sundial.agent.app.person import AtTheWindow
from sundial.agent.app.recording import Recording
from sundial.agent.cache import Cache
from sundial.agent.config import Identity, Machine
from sundial.agent.control.server import serving
from sundial.agent.control.words import Answer, Question
from sundial.agent.core import shown
from sundial.agent.core.clock import Clock
from sundial.agent.core.recording import Recorder
from sundial.agent.core.sensing import Desk, Moment
from sundial.agent.core.shown import Refusal, Said, Shown
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol.backoff import Uniform

SHOWN_EVERY_S = 1.0
LATELY = timedelta(minutes=10)
SYNCED_LATELY = timedelta(seconds=90)
OPENED_AGAIN_S = 10.0
LAST_WORDS_S = 3.0


class Screen(Protocol):
    """The window, tray and badge; every method may be called from any thread and none waits."""

    def show(self, shown: Shown) -> None: ...

    def refuse(self, refusal: Refusal) -> None: ...

    def open(self) -> None: ...

    def end(self, code: int = 0) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """All that the desktop program is given from outside."""

    folder: Path
    machine: Machine
    desk: Desk
    screen: Screen
    notify: Callable[[str, str], None]
    identities: Identities
    clock: Clock
    moment: Callable[[], Moment]
    uniform: Uniform
    new_eid: Callable[[Moment], str]
    zone_offset: Callable[[datetime], int]
    say: Callable[[str], None]
    open_client: Callable[[str], httpx.AsyncClient]
    server: str = ""
    code: str = ""


@dataclass(slots=True)
class _Now:
    """What the snapshot is made of, beside what can be asked at that moment."""

    identity: Identity | None = None
    agent: Agent | None = None
    revoked: bool = False
    message: str = ""
    problem: str = ""
    lately: tuple[shown.Recorded, ...] = ()
    today_s: int = 0
    enrolled_again: asyncio.Event = field(default_factory=asyncio.Event)


class Desktop:
    """`hear` takes what the person says, in the loop's own thread; `run` returns after Quit."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._now = _Now()
        self._said: asyncio.Queue[Said] = asyncio.Queue()
        self._person = AtTheWindow(outside.notify, self._ended_by_others)
        self._recording: Recording | None = None
        self._outbox: AsyncOutbox | None = None
        self._enrolling = Enrolling(outside.open_client, outside.machine, outside.identities)
        self._over = asyncio.Event()

    def hear(self, said: Said) -> None:
        """The person said this."""
        self._said.put_nowait(said)

    async def run(self) -> None:
        """Until the person quits."""
        try:
            async with asyncio.TaskGroup() as group, serving(self._outside.folder, self._answer):
                parts = [group.create_task(part) for part in (self._live(), self._listen(), self._keep_showing())]
                await self._over.wait()
                await self._last_words()
                for part in parts:
                    part.cancel()
        finally:
            if self._outbox:
                await self._outbox.close()
            self._outside.screen.end(0)

    # The agent ------------------------------------------------------------------------------------

    async def _live(self) -> None:
        recording = await self._open_recording()
        async with asyncio.TaskGroup() as group:
            group.create_task(recording.run())
            if self._outside.code:
                self.hear(shown.Enrol(self._outside.server, self._outside.code))
            self._now.identity = await self._outside.identities.load()
            while True:
                await self._be_the_device(recording)

    async def _open_recording(self) -> Recording:
        """The outbox may lie on a disk that takes nothing now: that is said, and tried again."""
        outside = self._outside
        while True:
            try:
                outbox = await asyncio.to_thread(Outbox.open, outside.folder)
                break
            except CannotKeep as error:
                self._now.problem = f"Nothing can be recorded: this computer's disk takes nothing ({error})."
                outside.say(f"The outbox cannot be opened: {error}; trying again in {OPENED_AGAIN_S:.0f} s")
                await outside.clock.sleep(OPENED_AGAIN_S)
        self._now.problem = ""
        for note in outbox.notes:
            outside.say(note)
        self._outbox = AsyncOutbox(outbox)
        recorder = Recorder(outside.machine.boot_id, outside.new_eid, outside.uniform, outside.zone_offset)
        self._recording = Recording(
            outside.desk,
            recorder,
            self._outbox,
            outside.clock,
            outside.moment,
            outside.machine.boot_id,
            outside.say,
            lambda text: outside.notify("You are being recorded", text),
        )
        await self._recording.take_up(outside.new_eid)
        return self._recording

    async def _be_the_device(self, recording: Recording) -> None:
        """One enrolment's life: until the token ends, or the person enrols anew."""
        now, outside = self._now, self._outside
        now.enrolled_again.clear()
        if now.identity is None:
            await now.enrolled_again.wait()
            return
        async with outside.open_client(now.identity.server) as client:
            agent = now.agent = Agent(now.identity, self._around(recording, client))
            recording.writer.kept = lambda at_once: agent.wake(at_once=at_once)
            agent.wake(at_once=True)
            await self._until_over(agent)
        now.agent = None
        self._person.withdraw()

    async def _until_over(self, agent: Agent) -> None:
        async with asyncio.TaskGroup() as group:
            life = group.create_task(agent.run())
            anew = group.create_task(self._now.enrolled_again.wait())
            await asyncio.wait((life, anew), return_when=asyncio.FIRST_COMPLETED)
            if life.done():
                await self._revoked()
            life.cancel()
            anew.cancel()

    async def _revoked(self) -> None:
        if self._recording:
            self._recording.end("revoked")
        await self._outside.identities.forget()
        self._now.identity, self._now.revoked = None, True
        self._now.message = "This device was removed from its company. Nothing is recorded any more."
        self._outside.notify("This device was removed", "Nothing is recorded any more.")

    def _around(self, recording: Recording, client: httpx.AsyncClient) -> Surroundings:
        outside = self._outside
        return Surroundings(
            machine=outside.machine,
            client=client,
            collectors=recording,
            person=self._person,
            cache=outside.identities.cache,
            say=outside.say,
            clock=outside.clock,
            uniform=outside.uniform,
            facts=recording,
        )

    # What the person says -------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            await self._obey(await self._said.get())
            self._show()

    async def _obey(self, said: Said) -> None:
        match said:
            case shown.Enrol() | shown.SignIn():
                await self._enrol(said)
            case shown.Agree(etag):
                self._person.agrees(etag)
            case shown.Refresh():
                if self._now.agent:
                    self._now.agent.refresh()
            case shown.Quit():
                self._over.set()
            case _ if self._recording is None:
                self._outside.screen.refuse(Refusal(self._now.problem or "The program is still starting."))
            case _:
                self._work(self._recording, said)

    def _work(self, recording: Recording, said: Said) -> None:
        self._now.message = ""
        match said:
            case shown.Start(task):
                if self._now.identity is None:
                    self._outside.screen.refuse(Refusal("Connect this computer to your company first.", "code"))
                else:
                    recording.begin(task)
            case shown.Pause():
                recording.pause()
            case shown.Resume():
                recording.resume()
            case shown.Stop():
                recording.end()
            case shown.WorkOn(task):
                recording.work_on(task)

    async def _enrol(self, said: shown.Enrol | shown.SignIn) -> None:
        try:
            identity = await self._enrolling.enrol(said)
        except CannotEnrol as error:
            self._outside.say(f"Not enrolled: {error}")
            self._outside.screen.refuse(Refusal(str(error), error.field))
            return
        self._outside.say(f"Enrolled with {identity.company_name} at {identity.server}")
        if self._recording:
            self._recording.end("enrolled anew")
        self._now.identity, self._now.revoked, self._now.message = identity, False, ""
        self._now.enrolled_again.set()

    def _ended_by_others(self, session: str, text: str) -> None:
        recording = self._recording
        open_session = recording.open_session if recording else None
        if recording is None or open_session is None or session not in ("", open_session.uuid):
            return
        recording.end("ended by the server")
        self._now.message = text
        self._outside.say(f"Session ended: {text}")
        self._outside.notify("Your work session was ended", text)
        self._show()

    async def _last_words(self) -> None:
        """An open session is stopped, and the server told if it can be in a moment."""
        if self._recording is None:
            return
        await self._recording.close("quit")
        with contextlib.suppress(TimeoutError, CannotKeep):
            async with asyncio.timeout(LAST_WORDS_S):
                while self._now.agent and self._outbox and (await self._outbox.queue()).waiting:
                    self._now.agent.wake(at_once=True)
                    await self._outside.clock.sleep(0.1)

    # What is shown --------------------------------------------------------------------------------

    async def _keep_showing(self) -> None:
        while True:
            await self._look_back()
            self._show()
            await self._outside.clock.sleep(SHOWN_EVERY_S)

    async def _look_back(self) -> None:
        if self._outbox is None:
            return
        moment = self._outside.clock.now()
        local = moment + timedelta(minutes=self._outside.zone_offset(moment))
        with contextlib.suppress(CannotKeep):
            self._now.today_s = await self._outbox.today(local.date())
            self._now.lately = showing.recorded(await self._outbox.recent(moment - LATELY))

    def _show(self) -> None:
        self._outside.screen.show(self.snapshot())

    def snapshot(self) -> Shown:
        """Everything at this instant."""
        now, recording, agent = self._now, self._recording, self._now.agent
        moment = self._outside.clock.now()
        settings = agent.settings if agent else None
        missing = recording.missing() if recording else self._outside.desk.missing()
        session = recording.open_session if recording else None
        synced = agent.synced_at if agent else None
        if agent is not None and not agent.withheld and self._person.question:
            self._person.withdraw()
        return Shown(
            as_of=moment,
            server=now.identity.server if now.identity else self._outside.server,
            company=now.identity.company_name if now.identity else "",
            connection=showing.connection_of(
                enrolled=now.identity is not None,
                revoked=now.revoked,
                closed=frozenset(agent.closed) if agent else frozenset(),
                streaming=agent.streaming if agent else False,
                synced=synced is not None and moment - synced < SYNCED_LATELY,
            ),
            enrolled=now.identity is not None,
            app_version=self._outside.machine.app_version,
            working=recording.working if recording else "no",
            since=session.started if session else None,
            today_s=now.today_s + (recording.worked_ms() // 1000 if recording else 0),
            task=session.task if session else "",
            recording=showing.recording_of(
                settings, missing, working=recording is not None and recording.working == "yes"
            ),
            policy=showing.policy_of(agent.version if agent else 0, settings, synced),
            question=self._person.question,
            queue=self._queue(),
            recent=now.lately,
            message=now.message,
            notes=showing.notes_of(settings, missing, self._outside.identities.note),
            problems=tuple(p for p in (now.problem, recording.writer.problem if recording else "") if p),
        )

    def _queue(self) -> shown.Queue:
        if self._recording is None:
            return shown.Queue()
        queue = self._recording.queue()
        return shown.Queue(queue.waiting, tuple((one.reason, one.count) for one in queue.lost))

    async def _answer(self, question: Question) -> Answer:
        if question.do == "refresh":
            self.hear(shown.Refresh())
        if question.do == "show":
            self._outside.screen.open()
        status: dict[str, Any] = msgspec.to_builtins(self.snapshot())
        return Answer(status=status)


def cache_in(folder: Path) -> Cache:
    """What the profile folder keeps of identity and policy."""
    return Cache(folder)
