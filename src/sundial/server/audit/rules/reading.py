"""Entries in the parts of which their bytes are made, as people read them."""

import json
import re
from datetime import datetime

from sundial.server.audit.rules import PARTS, clean, merged
from sundial.server.audit.types import EntryView, Subject

_WORD = re.compile(r"[^\W_]+")


def view_of(log: int, row: list[bytes]) -> EntryView:
    """An entry to be read, from its parts as `PARTS` names them."""
    said = dict(zip(PARTS, map(bytes.decode, row), strict=True))
    by, about = bool(said["actor_salt"]), bool(said["about_salt"])
    return EntryView(
        log=log,
        seq=int(said["seq"]),
        at=datetime.fromisoformat(said["at"]),
        action_type=said["action"],
        description=said["description"] if about else None,
        details=merged(json.loads(said["details"]), json.loads(said["more"]) if said["more"] else {}),
        actor_kind=said["actor_kind"],
        actor_id=_number(said["actor_id"]),
        actor_role=said["actor_role"],
        user=said["label"] if by else None,
        ip_address=said["ip"] or None,
        target_kind=said["target_kind"],
        target_id=_number(said["target_id"]),
        target=said["target"] if about else None,
        erased=not (by and about),
    )


def words_in(text: str) -> list[str]:
    """What is looked for: as in the table, words are letters and digits, small ones."""
    return _WORD.findall(clean(text).lower())


def has_words(row: list[bytes], words: list[str]) -> bool:
    """Whether each of these begins a word of the entry's description, target or actor."""
    said = b" ".join((row[16], row[17], row[13])).decode().lower()
    there = _WORD.findall(said)
    return all(any(one.startswith(word) for one in there) for word in words)


def concerns(row: list[bytes], someone: Subject) -> bool:
    """Whether the entry is by or about someone."""
    who = [someone.kind.encode(), b"%d" % someone.id]
    return who in (row[3:5], row[6:8])


def _number(text: str) -> int | None:
    return None if text == "null" else int(text)
