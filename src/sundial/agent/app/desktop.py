"""The desktop program: one profile, its window, and one running agent whenever this device is enrolled."""

import asyncio
import contextlib
import hashlib
from datetime import timedelta

import httpx
import msgspec

from sundial.agent.app import showing
from sundial.agent.app.agent import Agent, Surroundings
from sundial.agent.app.enrolling import CannotEnrol, Enrolling
from sundial.agent.app.lasting import Lasting
from sundial.agent.app.now import Now, snapshot
from sundial.agent.app.outside import Outside
from sundial.agent.app.person import AtTheWindow
from sundial.agent.app.recording import Recording
from sundial.agent.app.timing import ServerTime
from sundial.agent.config import Identity
from sundial.agent.control.server import serving
from sundial.agent.control.words import Answer, Question
from sundial.agent.core import shown
from sundial.agent.core.recording import Recorder
from sundial.agent.core.shown import Refusal, Said, Shown
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox

SHOWN_EVERY_S = 1.0
LATELY = timedelta(minutes=10)
LOOKED_BACK_EVERY_S = 5
OPENED_AGAIN_S = 10.0
LAST_WORDS_S = 3.0


class Desktop:
    """`hear` takes what the person says, in the loop's own thread; `run` returns after Quit."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._now = Now()
        self._lasting = Lasting(outside.clock, outside.say)
        self._server_time = ServerTime(outside.clock)
        self._said: asyncio.Queue[Said] = asyncio.Queue()
        self._enrolments: asyncio.Queue[shown.Enrol | shown.SignIn] = asyncio.Queue()
        self._person = AtTheWindow(self._tell, self._ended_by_others)
        self._recording: Recording | None = None
        self._outbox: AsyncOutbox | None = None
        self._looked_back = (-1, 0.0)
        self._enrolling = Enrolling(outside.open_client, outside.machine, outside.identities)
        self._over = asyncio.Event()

    def hear(self, said: Said) -> None:
        """The person said this; to quit waits for nothing that was said before."""
        if isinstance(said, shown.Quit):
            self._over.set()
        else:
            self._said.put_nowait(said)

    async def run(self) -> None:
        """Until the person quits; a fault in one part ends neither the others nor the program."""
        parts = {
            "the start": self._know_who,
            "the recording": self._live,
            "the window's orders": self._listen,
            "enrolling": self._enrol_each,
            "the window's picture": self._keep_showing,
            "the command line's door": self._be_asked,
        }
        try:
            async with asyncio.TaskGroup() as group:
                running = [group.create_task(self._lasting.keep(name, part)) for name, part in parts.items()]
                await self._over.wait()
                await self._last_words()
                for part in running:
                    part.cancel()
        finally:
            await self._close()
        self._outside.screen.end(0)

    async def _close(self) -> None:
        try:
            if self._outbox:
                await self._outbox.close()
        except CannotKeep as error:
            self._outside.say(f"The outbox could not be closed: {error}")

    # The agent ------------------------------------------------------------------------------------

    async def _know_who(self) -> None:
        """The keyring may take seconds; who enrolled meanwhile is the newer one."""
        kept = await self._outside.identities.load()
        if kept and not self._now.identity:
            self._now.identity = kept
            self._now.another.set()
        if self._outside.code:
            self.hear(shown.Enrol(self._outside.server, self._outside.code))

    async def _live(self) -> None:
        recording = await self._open_recording()
        async with asyncio.TaskGroup() as group:
            records = group.create_task(self._lasting.keep("the recording", recording.run))
            try:
                await self._lasting.keep("the link to the server", lambda: self._be_devices(recording))
            finally:  # last, for the agent's end waits until the probes are closed
                records.cancel()

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
        self._now.found = outbox.notes  # grows when the file breaks later
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
            self._person.was_away,
        )
        await self._recording.take_up(outside.new_eid)
        return self._recording

    async def _be_devices(self, recording: Recording) -> None:
        while True:
            await self._be_the_device(recording)

    async def _be_the_device(self, recording: Recording) -> None:
        """One enrolment's life: until the token ends, or the person enrols anew."""
        now = self._now
        now.another.clear()
        if now.identity is None:
            await now.another.wait()
            return
        await self._belong_to(now.identity, recording)
        try:
            async with self._open_client(now.identity.server) as client:
                agent = now.agent = Agent(now.identity, self._around(recording, client))
                recording.writer.kept = lambda at_once: agent.wake(at_once=at_once)
                agent.wake(at_once=True)
                ended = await self._until_over(agent)
        finally:
            now.agent = None
            self._person.withdraw()
        if ended:
            await self._revoked()

    async def _belong_to(self, identity: Identity, recording: Recording) -> None:
        """What another device recorded here is nobody else's to send. Raises CannotKeep, and nothing is sent then."""
        await recording.writer.flush()
        assert self._outbox is not None
        # Each enrolment has a token of its own, on whichever server it was.
        if many := await self._outbox.hand_over(hashlib.sha256(identity.token.encode()).hexdigest()):
            self._outside.say(f"{many} records of the device that this was before were not sent, and are dropped")

    async def _until_over(self, agent: Agent) -> bool:
        """Whether the server ended it; what fails in it is raised."""
        async with asyncio.TaskGroup() as group:
            life = group.create_task(agent.run())
            another = group.create_task(self._now.another.wait())
            await asyncio.wait((life, another), return_when=asyncio.FIRST_COMPLETED)
            ended = not another.done()
            for task in (life, another):
                task.cancel()
        return ended

    async def _revoked(self) -> None:
        self._now.identity, self._now.revoked = None, True
        self._now.message = "This device was removed from its company. Nothing is recorded any more."
        if self._recording:
            self._recording.end("revoked")
            self._recording.forget_absences()
        self._outside.notify("This device was removed", "Nothing is recorded any more.")
        await self._outside.identities.forget()

    def _open_client(self, server: str) -> httpx.AsyncClient:
        client = self._outside.open_client(server)
        client.event_hooks = {"response": [self._server_time.hear]}
        return client

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
            said = await self._said.get()
            try:
                self._obey(said)
            except Exception as error:  # the next thing that is said must be heard
                self._outside.say(f"Not done: {type(said).__name__}: {type(error).__name__}: {error}")
                self._outside.screen.refuse(Refusal(f"This could not be done: {str(error) or type(error).__name__}"))
            self._show()

    def _obey(self, said: Said) -> None:
        match said:
            case shown.Enrol() | shown.SignIn():
                self._enrolments.put_nowait(said)
            case shown.Agree(etag):
                self._person.agrees(etag)
            case shown.Refresh():
                if self._now.agent:
                    self._now.agent.refresh()
            case _ if self._recording is None:
                self._outside.screen.refuse(Refusal(self._now.problem or "The program is still starting."))
            case shown.WasAway(eid, answer):
                self._recording.answer(eid, answer)
            case _:
                self._work(self._recording, said)

    def _work(self, recording: Recording, said: Said) -> None:
        self._now.message = ""
        match said:
            case shown.Start() if self._now.identity is None:
                self._outside.screen.refuse(Refusal("Connect this computer to your company first.", "code"))
            case shown.Start(task, chosen):
                recording.begin(task, chosen)
            case shown.Pause():
                recording.pause()
            case shown.Resume():
                recording.resume()
            case shown.Stop():
                recording.end()
            case shown.WorkOn() | shown.Choose() | shown.TaskDone():
                self._work_on(recording, said)

    def _work_on(self, recording: Recording, said: shown.WorkOn | shown.Choose | shown.TaskDone) -> None:
        match said:
            case shown.WorkOn(task):
                recording.work_on(task)
            case shown.Choose(chosen):
                recording.choose(chosen)
            case shown.TaskDone(task_id):
                if recording.open_session and recording.open_session.task_id == task_id:
                    recording.choose(None)
                if self._now.agent:
                    self._now.agent.move_task(task_id, "DONE")

    async def _enrol_each(self) -> None:
        """A server may take half a minute to answer: beside all else that is said."""
        while True:
            await self._enrol(await self._enrolments.get())
            self._show()

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
            self._recording.forget_absences()
        self._now.identity, self._now.revoked, self._now.message = identity, False, ""
        self._now.another.set()

    def _ended_by_others(self, session: str, text: str) -> None:
        recording = self._recording
        open_session = recording.open_session if recording else None
        if recording is None or open_session is None or session not in ("", open_session.uuid):
            return
        recording.end("ended by the server")
        self._now.message = text
        self._outside.say(f"Session ended: {text}")
        self._tell("Your work session was ended", text)

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
            for note in self._now.found[self._now.found_said :]:
                self._outside.say(note)
                self._now.found_said += 1
            self._show()
            await self._outside.clock.sleep(SHOWN_EVERY_S)

    async def _look_back(self) -> None:
        """Read anew only after a change, and now and then for what is no longer of today, or of lately."""
        if self._outbox is None:
            return
        seen, moment = self._outbox.changes, self._outside.clock.now()
        turn = (seen, moment.timestamp() // LOOKED_BACK_EVERY_S)
        if turn == self._looked_back:
            return
        local = moment + timedelta(minutes=self._outside.zone_offset(moment))
        with contextlib.suppress(CannotKeep):
            self._now.today_s = await self._outbox.today(local.date())
            pictures = self._recording.pictures(moment) if self._recording else ()
            self._now.lately = showing.recorded(await self._outbox.recent(moment - LATELY), pictures)
            self._looked_back = turn

    def _tell(self, title: str, text: str) -> None:
        self._outside.notify(title, text)
        self._show()

    def _show(self) -> None:
        self._outside.screen.show(self.snapshot())

    def snapshot(self) -> Shown:
        """Everything at this instant."""
        agent = self._now.agent
        if agent is not None and not agent.withheld and self._person.question:
            self._person.withdraw()
        return snapshot(
            self._now,
            self._outside,
            self._recording,
            self._person.question,
            self._server_time.note,
            self._lasting.problems,
        )

    # The command line -----------------------------------------------------------------------------

    async def _be_asked(self) -> None:
        """On a disk that takes nothing there is no door; the window says so."""
        while True:
            try:
                async with serving(self._outside.folder, self._answer):
                    self._now.unasked = ""
                    await asyncio.Event().wait()
            except OSError as error:
                self._now.unasked = f"`sundial-agent status` cannot reach this program: {error}"
            await self._outside.clock.sleep(OPENED_AGAIN_S)

    async def _answer(self, question: Question) -> Answer:
        if question.do == "refresh":
            self.hear(shown.Refresh())
        if question.do == "show":
            self._outside.screen.open()
        return Answer(status=msgspec.to_builtins(self.snapshot()))
