"""What is known at an instant, and the snapshot that is made of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sundial.agent.app import showing
from sundial.agent.app.agent import Agent
from sundial.agent.app.outside import Outside
from sundial.agent.app.recording import Recording
from sundial.agent.config import Identity
from sundial.agent.core import shown
from sundial.agent.core.resuming import OpenSession
from sundial.agent.core.shown import Chosen, Question, Shown

SYNCED_LATELY = timedelta(seconds=90)


@dataclass(slots=True)
class Now:
    """What the snapshot is made of, beside what can be asked at that moment."""

    identity: Identity | None = None
    agent: Agent | None = None
    revoked: bool = False
    message: str = ""
    problem: str = ""
    lately: tuple[shown.Recorded, ...] = ()
    today_s: int = 0
    found: Sequence[str] = ()
    found_said: int = 0
    unasked: str = ""
    another: asyncio.Event = field(default_factory=asyncio.Event)  # who this device is has changed


def snapshot(
    now: Now,
    outside: Outside,
    recording: Recording | None,
    question: Question | None,
    clock_note: str,
    faults: Mapping[str, str],
) -> Shown:
    """Everything at this instant; `faults` are those of the program's parts."""
    agent, identity, moment = now.agent, now.identity, outside.clock.now()
    settings = agent.settings if agent else None
    missing = recording.missing() if recording else outside.desk.missing()
    session = recording.open_session if recording else None
    synced = agent.synced_at if agent else None
    return Shown(
        as_of=moment,
        server=identity.server if identity else outside.server,
        company=identity.company_name if identity else "",
        connection=_connection(now, synced is not None and abs(moment - synced) < SYNCED_LATELY),
        enrolled=identity is not None,
        app_version=outside.machine.app_version,
        working=recording.working if recording else "no",
        since=session.started if session else None,
        today_s=now.today_s + (recording.worked_ms() // 1000 if recording else 0),
        task=session.task if session else "",
        tasks=agent.tasks if agent else (),
        chosen=_chosen(session),
        recording=showing.recording_of(settings, missing, working=recording is not None and recording.watching),
        policy=showing.policy_of(agent.version, settings, agent.details, synced) if agent else None,
        question=question,
        absences=recording.absences if recording else (),
        queue=showing.queue_of(recording.queue() if recording else None),
        recent=now.lately,
        message=now.message,
        notes=showing.notes_of(settings, missing, outside.identities.note, clock_note, now.unasked, *now.found),
        problems=_problems(now, recording, faults),
    )


def _connection(now: Now, synced: bool) -> shown.Connection:
    agent = now.agent
    return showing.connection_of(
        enrolled=now.identity is not None,
        revoked=now.revoked,
        closed=frozenset(agent.closed) if agent else frozenset(),
        streaming=agent.streaming if agent else False,
        synced=synced,
    )


def _chosen(session: OpenSession | None) -> Chosen | None:
    return Chosen(session.task_id, session.task_title) if session and session.task_id is not None else None


def _problems(now: Now, recording: Recording | None, faults: Mapping[str, str]) -> tuple[str, ...]:
    writing = recording.writer.problem if recording else ""
    return tuple(one for one in (now.problem, writing, *faults.values()) if one)
