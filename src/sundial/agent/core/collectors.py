"""What records, as the policy manager sees it."""

from typing import Any, Protocol

from sundial.protocol.policy import Details
from sundial.protocol.settings import Settings


class CannotApply(Exception):
    """The collectors do not run on these values; the text says why, for the owner to read."""


class Collectors(Protocol):
    """Probes and what drives them. All is off until the first `apply`."""

    async def apply(self, settings: Settings, details: Details) -> None:
        """Returns when everything runs on these values; raises CannotApply if something does not."""

    async def stop(self) -> None:
        """Returns when nothing is recorded any more."""

    def capabilities(self) -> dict[str, Any]:
        """What can be recorded on this machine, for the report."""
