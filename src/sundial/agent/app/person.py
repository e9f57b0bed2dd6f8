"""The person, as the running agent speaks to them: questions wait in the window, news go by as notifications."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sundial.agent.core import effects
from sundial.agent.core.absence import Absence
from sundial.agent.core.shown import Question
from sundial.protocol.messages import NoticeItem

TITLES = {"task_changed": "Your tasks"}
UPDATED = "Settings updated (v{old} → v{new})"


@dataclass(slots=True)
class AtTheWindow:
    """`notify` shows a notification; `ended` hears from the server that a session was ended, and why."""

    notify: Callable[[str, str], None]
    ended: Callable[[str, str], None]
    question: Question | None = None
    _agree: Callable[[], None] = field(default=lambda: None)

    def ask(self, request: effects.Ask, agree: Callable[[], None]) -> None:
        """The newest question takes the place of an older one."""
        self.question = Question(request.etag, request.kinds, request.text)
        self._agree = agree
        self.notify(
            "Sundial asks you", "Your policy records something new. Nothing of it is recorded before you agree."
        )

    def tell(self, change: effects.Tell) -> None:
        """What changed, from which version to which."""
        self.notify(UPDATED.format(old=change.old, new=change.new), "\n".join(change.lines))

    def was_away(self, absence: Absence) -> None:
        """They are back, and the window asks what it was."""
        start, end = (at.astimezone().strftime("%H:%M") for at in (absence.start, absence.end))
        self.notify(f"You were away from {start} to {end}", "What was it? Sundial's window asks you.")

    def show(self, item: NoticeItem) -> None:
        """A notice of the server; what it does not say in words is no news for a person."""
        text = item.body.get("text")
        text = text[:500] if isinstance(text, str) else ""
        if item.kind == "session_ended":
            session = item.body.get("session")
            self.ended(session if isinstance(session, str) else "", text or "Your session was ended.")
        elif text:
            self.notify(TITLES.get(item.kind, "Message from your company"), text)

    def agrees(self, etag: str) -> bool:
        """They understand; False if that question is not asked any more."""
        if self.question is None or self.question.etag != etag:
            return False
        self.question = None
        self._agree()
        return True

    def withdraw(self) -> None:
        """Nothing waits for them any more: the policy changed, or the device ended."""
        self.question = None
