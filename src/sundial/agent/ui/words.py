"""How the window says what a snapshot holds: plain, short, in the person's own time zone."""

from datetime import datetime, timedelta

from sundial.agent.core.absence import Absence
from sundial.agent.core.shown import Connection, Recorded, Shown
from sundial.protocol.settings import KIND_LABELS, Kind

CONNECTIONS: dict[Connection, tuple[str, str]] = {
    "none": ("quiet", "Not connected"),
    "offline": ("caution", "Offline"),
    "polling": ("good", "Connected"),
    "live": ("good", "Live"),
    "suspended": ("caution", "Suspended"),
    "unknown": ("bad", "Not recognised"),
    "revoked": ("bad", "Removed"),
}
CONNECTION_HELP: dict[Connection, str] = {
    "none": "This device belongs to no company yet.",
    "offline": "The server cannot be reached. What is recorded is kept here and sent later.",
    "polling": "Connected. Changes are asked for every few seconds.",
    "live": "Connected. Changes arrive at once.",
    "suspended": "The company is suspended. Nothing but working time is recorded.",
    "unknown": "The server does not know this device. Nothing but working time is recorded.",
    "revoked": "This device was removed from its company. Nothing is recorded.",
}
BARRED: dict[Connection, str] = {
    "suspended": "Your company is suspended",
    "unknown": "The server does not know this device",
}
LOSSES = {
    "retention": "kept too long without being sent",
    "corrupt": "the store on this device was damaged",
    "full": "no room left on this device",
    "another_device": "recorded before this device was enrolled anew",
    "disk": "the disk took nothing for too long",
}
CAUSES = {"idle": "No keyboard or mouse", "locked": "Screen locked", "sleep": "Computer asleep"}
ANSWERED = {"keep": "You were working", "meeting": "Meeting", "break": "Break", "discard": "Discarded"}
KIND_NAMES = {
    "app": "Application",
    "website": "Website",
    "away": "Away",
    "private": "Private",
    "input": "Counts",
    "screenshot": "Screenshot",
    "session": "Work",
}
STATES = {"started": "Work started", "paused": "Paused", "resumed": "Work resumed", "stopped": "Work stopped"}


def clock(at: datetime) -> str:
    """The time of day where the person is: `14:02`."""
    return at.astimezone().strftime("%H:%M")


def running(seconds: int) -> str:
    """A running total: `2:47:13`."""
    hours, rest = divmod(max(seconds, 0), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def short(seconds: int) -> str:
    """A total for small places: `2:47`."""
    return running(seconds).rsplit(":", 1)[0]


def stretch(between: timedelta) -> str:
    """How long something lasted: `40 s`, `3 min`."""
    seconds = round(between.total_seconds())
    return f"{max(seconds, 0)} s" if seconds < 60 else f"{round(seconds / 60)} min"


def on(at: datetime, today: datetime) -> str:
    """The time of day, with the date if that was another day."""
    local = at.astimezone()
    return clock(at) if local.date() == today.astimezone().date() else local.strftime("%d %b, %H:%M").lstrip("0")


def absence(one: Absence, today: datetime) -> str:
    """What is asked of a person who is back."""
    return f"You were away from {on(one.start, today)} to {on(one.end, today)}: what was it?"


def state(shown: Shown) -> tuple[str, str]:
    """The dot and the words for whether one works."""
    since = f" since {on(shown.since, shown.as_of)}" if shown.since else ""
    match shown.working:
        case "yes":
            return "live", f"Working{since}"
        case "paused":
            return "caution", f"Paused{since}"
    return "quiet", "Not working"


def kind_states(shown: Shown) -> dict[Kind, tuple[str, str]]:
    """For every kind of data whether it is recorded now, waits for the person's word, or is off."""
    waiting = shown.question.kinds if shown.question else ()
    found: dict[Kind, tuple[str, str]] = {}
    for kind in KIND_LABELS:
        if kind in waiting:
            found[kind] = ("waiting", "waits for you")
        elif kind in shown.recording:
            found[kind] = ("live", "on") if shown.working == "yes" else ("ready", "on while you work")
        else:
            found[kind] = ("off", "off")
    return found


def recording(shown: Shown) -> str:
    """One sentence on whether anything is recorded at this moment."""
    if shown.working == "paused":
        return "Paused: nothing is recorded."
    if shown.working == "no":
        return "Nothing is recorded while you are not working."
    if shown.recording:
        return ""
    why = BARRED.get(shown.connection)
    return f"{why}: only your working time is recorded." if why else "Only your working time is recorded."


def waiting(shown: Shown) -> str:
    """What is not recorded before the person has answered."""
    kinds = [KIND_LABELS[kind] for kind in shown.question.kinds] if shown.question else []
    return f"Waits for you: {', '.join(kinds).capitalize()}." if kinds else ""


def queue(shown: Shown) -> str:
    """What waits to be sent."""
    waiting = shown.queue.waiting
    if not waiting:
        return "Everything is sent."
    things = "1 record waits" if waiting == 1 else f"{waiting:,} records wait"
    kept = ", kept on this device" if shown.connection in {"offline", "suspended", "unknown"} else ""
    return f"{things} to be sent{kept}."


def loss(reason: str, count: int) -> str:
    """What was lost, and why."""
    things = "1 record was lost" if count == 1 else f"{count:,} records were lost"
    if reason.startswith("rejected:"):
        return f"{things}: refused by the server ({reason.removeprefix('rejected:')})."
    return f"{things}: {LOSSES.get(reason, reason)}."


def named(one: Recorded) -> tuple[str, str]:
    """The name and the title by which a line of what was recorded goes."""
    match one.kind:
        case "away":
            return ANSWERED.get(one.title) or CAUSES.get(one.name, one.name or "Away"), ""
        case "session":
            return STATES.get(one.name, one.name or "Work"), one.title
    return one.name or KIND_NAMES.get(one.kind, one.kind), one.title
