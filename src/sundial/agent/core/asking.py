"""The words by which a person is asked before a kind of data is first recorded."""

import hashlib
from collections.abc import Iterable, Mapping

from sundial.protocol.messages import Acknowledgement
from sundial.protocol.policy import Details
from sundial.protocol.settings import BY_NAME, KINDS, Kind, Value
from sundial.protocol.words import shown

NO_DETAILS = Details()
OPENING = "While you work, this computer records:"
CLOSING = "You see all of it yourself, and recording is always visible. Nothing of this is recorded before you agree."


def text_for(kinds: Iterable[Kind], settings: Mapping[str, Value], details: Details = NO_DETAILS) -> str:
    """What stands in the window, in the words that the owner reads too."""
    points = [
        f"- {BY_NAME[KINDS[kind]].label}. {BY_NAME[KINDS[kind]].help}{_pace(kind, settings)}{_more(kind, details)}"
        for kind in kinds
    ]
    return "\n".join([OPENING, *points, CLOSING])


def word_for(etag: str, kinds: Iterable[Kind], text: str, at: str) -> Acknowledgement:
    """The person's word that they have read exactly this."""
    return Acknowledgement(etag, list(kinds), hashlib.sha256(text.encode()).hexdigest(), at)


def _more(kind: Kind, details: Details) -> str:
    if kind == "websites" and details.website_detail:
        return " The address and the title of each page, too."
    if kind == "screenshots" and details.blurred:
        return " Each is made unreadable before it is kept."
    return ""


def _pace(kind: Kind, settings: Mapping[str, Value]) -> str:
    if kind != "screenshots":
        return ""
    return f" Every {shown('screenshot_interval_seconds', settings['screenshot_interval_seconds'])}."
