"""What the policy manager wants done, in this order."""

from dataclasses import dataclass

from sundial.agent.core.saved import Saved
from sundial.protocol.messages import Acknowledgement, PolicyStatus
from sundial.protocol.policy import Details
from sundial.protocol.settings import Kind, Settings


@dataclass(frozen=True, slots=True)
class Apply:
    """Make the collectors run on these values; answered by Applied or NotApplied with the same number."""

    attempt: int
    settings: Settings
    details: Details


@dataclass(frozen=True, slots=True)
class Stop:
    """Record nothing any more; answered by Stopped."""


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the server."""

    status: PolicyStatus


@dataclass(frozen=True, slots=True)
class Save:
    """Keep this on disk."""

    saved: Saved


@dataclass(frozen=True, slots=True)
class Say:
    """A line for the log."""

    line: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the person what changed from one version to the next."""

    old: int
    new: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the person to acknowledge these kinds of data; answered by Acknowledged, perhaps much later."""

    etag: str
    kinds: tuple[Kind, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """Bring the person's word to the server; answered by Kept."""

    word: Acknowledgement


@dataclass(frozen=True, slots=True)
class End:
    """Forget who this device was, and end the program."""

    reason: str


Effect = Apply | Stop | Report | Save | Say | Tell | Ask | Deliver | End
