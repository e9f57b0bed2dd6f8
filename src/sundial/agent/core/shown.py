"""What the person is shown and what they may say: the words between the agent and its window, tray and command line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sundial.agent.core.absence import Absence, Answer
from sundial.protocol.messages import TaskItem
from sundial.protocol.settings import Kind

Connection = Literal["none", "offline", "polling", "live", "suspended", "unknown", "revoked"]
Working = Literal["no", "yes", "paused"]


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for the person's word: nothing of these kinds is recorded before it."""

    etag: str
    kinds: tuple[Kind, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The task that one works on, by the title that it had when it was chosen."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of what was recorded lately; `kind` as in an event, `name` the application, the domain or the cause."""

    kind: str
    name: str
    title: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force in plain words, as the owner reads them too."""

    version: int
    lines: tuple[str, ...]
    synced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be sent, and what was lost for which reason."""

    waiting: int = 0
    lost: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the window shows, taken at one instant; `as_of` is that instant.

    `today_s` counts up to `as_of`, so the window may go on counting while `working` is "yes".
    `task` is the person's own line; `tasks` are theirs to do, `chosen` is the one that they work on.
    `absences` wait for the person to say what they were, the eldest first.
    `message` is the last thing that the person must know ("Dana Admin ended your session at 14:02."),
    `notes` what does not work here and why, `problems` what went wrong and what is done about it.
    """

    as_of: datetime
    server: str = ""
    company: str = ""
    connection: Connection = "none"
    enrolled: bool = False
    app_version: str = ""
    working: Working = "no"
    since: datetime | None = None
    today_s: int = 0
    task: str = ""
    tasks: tuple[TaskItem, ...] = ()
    chosen: Chosen | None = None
    recording: tuple[Kind, ...] = ()
    policy: Policy | None = None
    question: Question | None = None
    absences: tuple[Absence, ...] = ()
    queue: Queue = Queue()
    recent: tuple[Recorded, ...] = ()
    message: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


# What the person says ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enrol:
    """Become this server's device by a code."""

    server: str
    code: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Become this server's device by e-mail and password; the password is used once and kept nowhere."""

    server: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Start:
    """Begin work on this: the person's own line, and the task that they chose."""

    task: str = ""
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Work is interrupted; nothing is recorded but that."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Work goes on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Work ends."""


@dataclass(frozen=True, slots=True)
class WorkOn:
    """The free line for what one works on is another."""

    task: str


@dataclass(frozen=True, slots=True)
class Choose:
    """One works on another task, or on none."""

    chosen: Chosen | None


@dataclass(frozen=True, slots=True)
class TaskDone:
    """This task is done."""

    id: int


@dataclass(frozen=True, slots=True)
class Agree:
    """The person understands what this policy records."""

    etag: str


@dataclass(frozen=True, slots=True)
class WasAway:
    """What the absence of this name was."""

    eid: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Refresh:
    """Fetch the policy now, and send what waits."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the program; an open session is stopped first."""


Said = Enrol | SignIn | Start | Pause | Resume | Stop | WorkOn | Choose | TaskDone | Agree | WasAway | Refresh | Quit


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something that was said could not be done, in plain words; `field` names the box it stands by, if one."""

    message: str
    field: str = ""
