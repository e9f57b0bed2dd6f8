"""Notices that recording is on: the sign in the tray stays, these come from time to time."""

from dataclasses import dataclass
from datetime import datetime

from sundial.agent.core.rules import Rules

STOPPED = "Recording has stopped."


@dataclass(slots=True)
class Reminder:
    """`last` is when the person was last told, in steady time."""

    last: datetime

    def tick(self, now: datetime, rules: Rules) -> str | None:
        """What to show now, if it is time."""
        if not (rules.reminded and rules.reminder_every) or now - self.last < rules.reminder_every:
            return None
        self.last = now
        return on_words(rules)


def on_words(rules: Rules) -> str:
    """That recording is on, and of what."""
    kinds = ", ".join(rules.kinds) or "working time only"
    return f"Recording is on: {kinds}."
