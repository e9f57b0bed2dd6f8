"""The one door to what is in a file: whoever reads is judged by its rule, at that moment and while they read."""

from sundial.server.vault.gate.answering import GUARDED, answer
from sundial.server.vault.gate.asking import access_of
from sundial.server.vault.gate.deciding import Judged, explained, judged, present
from sundial.server.vault.gate.opening import Content, Denied, LinkOver, opened, previewed
from sundial.server.vault.gate.reading import Closed, Reading

__all__ = [
    "GUARDED",
    "Closed",
    "Content",
    "Denied",
    "Judged",
    "LinkOver",
    "Reading",
    "access_of",
    "answer",
    "explained",
    "judged",
    "opened",
    "present",
    "previewed",
]
