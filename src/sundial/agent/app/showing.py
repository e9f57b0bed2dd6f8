"""From the parts of a running program to the one snapshot that the window draws and `status --json` prints."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sundial.agent.core.shown import Connection, Policy, Queue, Recorded
from sundial.protocol.events import AppEvent, AwayEvent, Event, PrivateEvent, SessionEvent, WebsiteEvent
from sundial.protocol.messages import QueueStatus
from sundial.protocol.policy import Details
from sundial.protocol.settings import Kind, Settings, kinds_on
from sundial.protocol.words import policy_lines

MOST_RECENT = 200
NAMES: Mapping[Kind, str] = {
    "screenshots": "Screenshots",
    "websites": "Websites",
    "applications": "Applications",
    "keyboard_counts": "Key press counts",
    "mouse_counts": "Mouse counts",
    "idle": "Being away",
}


def recorded(events: Iterable[Event], pictures: Iterable[Recorded] = ()) -> tuple[Recorded, ...]:
    """What was recorded lately, the newest last; counts have no line of their own, and pictures bring theirs."""
    lines = [*(line for line in map(_line, events) if line is not None), *pictures]
    return tuple(sorted(lines, key=lambda line: line.start)[-MOST_RECENT:])


def connection_of(
    *, enrolled: bool, revoked: bool, closed: frozenset[str], streaming: bool, synced: bool
) -> Connection:
    """In one word; `synced` is whether the server answered lately."""
    if not enrolled:
        return "revoked" if revoked else "none"
    if "unknown" in closed:
        return "unknown"
    if "suspended" in closed:
        return "suspended"
    if streaming:
        return "live"
    return "polling" if synced else "offline"


def policy_of(version: int, settings: Settings | None, details: Details, synced_at: datetime | None) -> Policy | None:
    """The policy in force; None if none is."""
    return None if settings is None else Policy(version, policy_lines(settings, details), synced_at)


def recording_of(settings: Settings | None, missing: Mapping[Kind, str], *, working: bool) -> tuple[Kind, ...]:
    """The kinds that are recorded at this moment."""
    if settings is None or not working:
        return ()
    return tuple(kind for kind in kinds_on(settings) if kind not in missing)


def queue_of(status: QueueStatus | None) -> Queue:
    """What waits, and what was lost."""
    return Queue(status.waiting, tuple((one.reason, one.count) for one in status.lost)) if status else Queue()


def notes_of(settings: Settings | None, missing: Mapping[Kind, str], *others: str) -> tuple[str, ...]:
    """What does not work here, of what the policy wants; and what else is to be known."""
    wanted = kinds_on(settings) if settings else ()
    here = [f"{NAMES[kind]} cannot be recorded here: {missing[kind]}" for kind in wanted if kind in missing]
    return (*here, *(other for other in others if other))


def _line(event: Event) -> Recorded | None:
    start, end = datetime.fromisoformat(event.start), datetime.fromisoformat(event.end)
    match event:
        case AppEvent():
            return Recorded("app", event.app, event.title or "", start, end)
        case WebsiteEvent():
            return Recorded("website", event.domain, event.title or "", start, end)
        case AwayEvent():
            return Recorded("away", event.cause, event.answer or "", start, end)
        case PrivateEvent():
            return Recorded("private", "", "", start, end)
        case SessionEvent():
            return Recorded("session", event.state, "", start, end)
    return None
