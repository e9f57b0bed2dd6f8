"""What the operating system lets itself be asked: `open_desk` chooses the probes of this machine."""

from collections.abc import Mapping

from sundial.agent.core.sensing import CannotSee, Desk
from sundial.agent.probes.empty import EmptyDesk
from sundial.agent.probes.x11 import X11Desk

__all__ = ["open_desk"]


def open_desk(environ: Mapping[str, str]) -> Desk:
    """Chosen once at the start; never fails: where nothing can be seen, the desk says why."""
    if not environ.get("DISPLAY"):
        return EmptyDesk("There is no display here: nothing can be recorded.")
    try:
        return X11Desk(environ["DISPLAY"])
    except CannotSee as error:
        return EmptyDesk(str(error))
