"""What the recorder is told beside the senses, and what it wants done."""

from dataclasses import dataclass
from datetime import date

from sundial.agent.core.absence import Absence, Answer
from sundial.agent.core.sensing import Picture, PictureOrder, Sense
from sundial.protocol.events import Event, ScreenshotMeta
from sundial.protocol.settings import Settings

# What it is told ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """A second went by; without it for ten seconds the recorder knows that it did not see what happened."""


@dataclass(frozen=True, slots=True)
class Obey:
    """Record by these settings from now on, or nothing at all (None).

    `website_detail` lets the address and the title of a page be kept beside its domain; `blurred` orders every picture
    to be blurred before it leaves memory.
    """

    settings: Settings | None
    website_detail: bool = False
    blurred: bool = False


@dataclass(frozen=True, slots=True)
class Begin:
    """Work begins; `task` is the person's own line, `task_id` the task that they chose. `goes_on` takes up a session
    that a crash left open: no new start is told, and it may be `paused`."""

    session: str
    task: str = ""
    task_id: int | None = None
    goes_on: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Work is interrupted: nothing is recorded but that."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Work goes on."""


@dataclass(frozen=True, slots=True)
class End:
    """Work ends; `reason` says why, if it was not the person who said so."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkOn:
    """The person's own line for what they work on is another, or the task is."""

    task: str
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Pictured:
    """The pictures that were ordered."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The person says what an absence was; it is over, its session perhaps too."""

    absence: Absence
    answer: Answer


Input = Tick | Obey | Begin | Pause | Resume | End | WorkOn | Pictured | Answered | Sense

# What it wants done, in this order ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keep:
    """Put these into the outbox, in one transaction: they are final."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class TakePictures:
    """Take a picture of every monitor; answered by Pictured."""

    order: PictureOrder


@dataclass(frozen=True, slots=True)
class KeepPicture:
    """Put this picture into the outbox."""

    meta: ScreenshotMeta
    picture: Picture


@dataclass(frozen=True, slots=True)
class Worked:
    """So much more was worked on that local day; final, like what was kept with it."""

    day: date
    ms: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the person what this absence was; answered by Answered, perhaps much later or never."""

    absence: Absence


@dataclass(frozen=True, slots=True)
class Remind:
    """Show this on the person's screen for a moment."""

    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A line for the log."""

    text: str


Effect = Keep | TakePictures | KeepPicture | Worked | Ask | Remind | Noted
