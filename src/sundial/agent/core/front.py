"""What is in front: the active window, and the website in it if it is a browser's."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sundial.agent.core.rules import Rules
from sundial.agent.core.sensing import Browsed, Focused
from sundial.agent.core.tape import App, Front, Site

# Window managers have no active window for a moment while one window follows another.
HOLD = timedelta(seconds=0.5)


@dataclass(slots=True)
class InFront:
    """What the probes last said; the agent's own window is never told of.

    `empty_since` is when the window that was active went without another one coming: for half a second it still counts.
    """

    own_pid: int = 0
    _focused: Focused | None = None
    _sites: dict[tuple[str, int], Browsed] = field(default_factory=dict)
    empty_since: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Whether a probe has said anything yet."""
        return self._focused is not None

    def forget(self) -> None:
        """The probes begin anew."""
        self._focused, self.empty_since = None, None

    def forget_sites(self) -> None:
        """Nothing is known of any browser."""
        self._sites.clear()

    def focused(self, said: Focused, at: datetime) -> None:
        """Another window, another title, or none; one of which only the number is told is not to be told of."""
        if said.app or said.pid or not self._focused or not self._focused.app:
            self._focused, self.empty_since = said, None
        else:
            self.empty_since = self.empty_since or at

    def emptied(self, at: datetime) -> datetime | None:
        """When it has been empty too long: since when; from then on nothing is in front."""
        if self.empty_since is None or at - self.empty_since < HOLD:
            return None
        since = self.empty_since
        self._focused, self.empty_since = Focused(""), None
        return since

    def browsed(self, said: Browsed) -> None:
        """Another tab of a browser is in front of the others."""
        self._sites.pop((said.browser, said.pid), None)
        if said.domain:
            self._sites[said.browser, said.pid] = said

    def front(self, rules: Rules) -> Front:
        """What may be told of the active window."""
        if not rules.applications:
            return "unrecorded"
        seen = self._focused
        if seen is None:
            return "unknown"
        if not seen.app or self._is_own(seen):
            return "private"
        return App(clean(seen.app, 1000), clean(seen.title, 1000), clean(seen.exe, 1000))

    def site(self, rules: Rules) -> Site | None:
        """The website in the active window; its address and title only where the policy allows them."""
        seen = self._focused
        if not rules.websites or seen is None or not seen.app or self._is_own(seen):
            return None
        # The one heard last: two profiles of one browser may share its process.
        of_it = [said for said in self._sites.values() if _is_of(said, seen)]
        if not of_it:
            return None
        said, detail = of_it[-1], rules.website_detail
        return Site(
            clean(said.browser, 128),
            clean(said.domain, 1000),
            clean(said.url, 4000) if detail else "",
            clean(said.title, 1000) if detail else "",
        )

    def _is_own(self, seen: Focused) -> bool:
        return self.own_pid != 0 and seen.pid == self.own_pid


def _is_of(said: Browsed, seen: Focused) -> bool:
    if said.pid and seen.pid:
        return said.pid == seen.pid
    return said.browser.lower() in seen.app.lower()


def clean(text: str, longest: int) -> str:
    """Text that can be kept: titles are whatever another program wrote there."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:longest]
