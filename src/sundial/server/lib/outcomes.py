"""What came of each, when one thing is done to many: who is refused stops nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from sundial.server.lib.errors import SundialError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of many."""

    id: int
    done: bool
    message: str = ""


def alone(key: int, do: Callable[[], object]) -> Outcome:
    """Do it in a step of its own: what is refused is taken back, and everything around it stays."""
    try:
        with transaction.atomic():
            do()
    except SundialError as refusal:
        return Outcome(key, done=False, message=refusal.message)
    return Outcome(key, done=True)
