"""How an entry becomes bytes, and how personal values are bound to it without standing in it.

The leaf of an entry is this RFC 8785 JSON, in which `personal` holds only commitments:

    {"action":"POLICY_CHANGED","actor":{"id":5,"kind":"person","role":"OWNER"},
     "at":"2026-11-21T08:30:00.000000Z","details":{...},"log":7,
     "personal":{"about":"<64 hex digits>","actor":"<64 hex digits>"},"seq":1,
     "target":{"id":7,"kind":"company"},"v":1}

A commitment is the SHA-256 of 16 random bytes and the values as netstrings. `actor` covers who acted and from
which address; `about` the description, the target's name and further personal details. Each of the two is
erased as a whole, by destroying its salt with its values: what was said can then no longer be guessed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sundial.server.audit.types import PLATFORM_LOG, Difference, Subject
from sundial.server.lib import canonical

SALT_BYTES = 16

ACTION = re.compile(r"[A-Z][A-Z0-9_]{2,59}")
KIND = re.compile(r"[a-z][a-z_]{0,39}|")
ROLE = re.compile(r"[A-Z]{1,20}")
_ORIGIN = re.compile(r"sundial/[0-9a-f]{16}/audit/(\d{1,19})")
_TOO_BIG = 2.0**53
_UNSPEAKABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL stores no NUL, UTF-8 no lone surrogate

# All parts but the details have a narrow alphabet, so no byte can move from one to the next unseen.
LEAF = (
    b'{"action":"%b","actor":{"id":%b,"kind":"%b","role":"%b"},"at":"%b","details":%b,"log":%b,'
    b'"personal":{"about":"%b","actor":"%b"},"seq":%b,"target":{"id":%b,"kind":"%b"},"v":1}'
)

# The parts of a stored entry in the order in which they are read; an empty salt means erased.
PARTS = (
    "seq", "at", "action", "actor_kind", "actor_id", "actor_role", "target_kind", "target_id", "details",
    "about", "actor", "leaf_hash", "actor_salt", "label", "ip", "about_salt", "description", "target", "more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry says openly; `details` is canonical JSON."""

    log: int
    seq: int
    at: datetime
    action: str
    actor_kind: str
    actor_id: int | None
    actor_role: str
    target_kind: str
    target_id: int | None
    details: str


@dataclass(frozen=True, slots=True)
class About:
    """The personal values of an entry that belong to its target; `more` is canonical JSON or empty."""

    description: str
    target: str
    more: str


@dataclass(frozen=True, slots=True)
class By:
    """The personal values of an entry that belong to its actor."""

    label: str
    ip: str


def leaf(facts: Facts, about: bytes, actor: bytes) -> bytes:
    """The bytes that enter the tree: the facts and the two commitments."""
    return LEAF % (
        facts.action.encode(),
        _number(facts.actor_id),
        facts.actor_kind.encode(),
        facts.actor_role.encode(),
        moment(facts.at).encode(),
        facts.details.encode(),
        _number(facts.log),
        about.hex().encode(),
        actor.hex().encode(),
        _number(facts.seq),
        _number(facts.target_id),
        facts.target_kind.encode(),
    )


def commitment(salt: bytes, *values: str) -> bytes:
    """What stands in the tree for these values; nobody can tell them from it without the salt."""
    return sha256(opening(salt, *(value.encode() for value in values))).digest()


def opening(salt: bytes, *values: bytes) -> bytes:
    """What a commitment is made from: with it, and only with it, the commitment says something."""
    return salt + b"".join(b"%d:%b," % (len(value), value) for value in values)


def opened(plain: bytes, count: int) -> tuple[bytes, list[bytes]]:
    """The salt and the values from which an opening was made (ValueError for anything else)."""
    values, at = [], SALT_BYTES
    for _value in range(count):
        colon = plain.index(b":", at)
        start, at = colon + 1, colon + 1 + int(plain[at:colon])
        values.append(plain[start:at])
        at += 1
    if opening(plain[:SALT_BYTES], *values) != plain:
        raise ValueError("this is no opening of a commitment")
    return plain[:SALT_BYTES], values


def commit_about(salt: bytes, about: About) -> bytes:
    """The commitment to what belongs to the target."""
    return commitment(salt, about.description, about.target, about.more)


def commit_by(salt: bytes, by: By) -> bytes:
    """The commitment to what belongs to the actor."""
    return commitment(salt, by.label, by.ip)


def moment(at: datetime) -> str:
    """The time as it stands in a leaf: UTC, always with six digits of a second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def problem_with(facts: Facts) -> str:
    """Why these facts cannot be an entry; empty if they can."""
    if not ACTION.fullmatch(facts.action):
        return f"{facts.action!r} cannot be the name of an action"
    if not (KIND.fullmatch(facts.actor_kind) and KIND.fullmatch(facts.target_kind)):
        return f"{facts.actor_kind!r} or {facts.target_kind!r} cannot be a kind"
    if not ROLE.fullmatch(facts.actor_role):
        return f"{facts.actor_role!r} cannot be a role"
    if facts.at.tzinfo is None:
        return "the moment has no time zone"
    return ""


def plain(value: Any) -> Any:
    """The value as JSON can say it: moments and ids as text, sets sorted, unspeakable characters replaced."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): plain(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return _plain_atom(value)


def _plain_atom(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, float) and abs(value) >= _TOO_BIG:
        raise ValueError(f"{value} would be read back as an integer that is not exact")
    return value


def clean(text: str) -> str:
    """The text without characters that cannot be stored."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def to_json(value: Mapping[str, Any]) -> str:
    """Details as they are stored and hashed (ValueError for what JSON cannot say exactly)."""
    return canonical.text(plain(value))


def origin(installation: str, log: int) -> str:
    """The name of a log, on its checkpoints and exports."""
    return f"sundial/{installation}/audit/{log}"


def installation_of(first_public_key: bytes) -> str:
    """What tells this installation's logs from those of every other: its first checkpoint key."""
    return sha256(first_public_key).hexdigest()[:16]


def log_of(name: str) -> int | None:
    """The number of the log that a name means; None if it means none."""
    match = _ORIGIN.fullmatch(name)
    return int(match[1]) if match else None


def merged(details: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Details with the personal ones put back, also inside `old_values` and `new_values`."""
    whole = dict(details)
    for name, value in more.items():
        inside = whole.get(name)
        both = isinstance(inside, Mapping) and isinstance(value, Mapping)
        whole[name] = {**inside, **value} if both and inside is not None else value
    return whole


def differences(details: Mapping[str, Any]) -> list[Difference]:
    """What an entry changed, one row for each name, sorted."""
    old, new = details.get("old_values"), details.get("new_values")
    before: Mapping[str, Any] = old if isinstance(old, Mapping) else {}
    after: Mapping[str, Any] = new if isinstance(new, Mapping) else {}
    return [Difference(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]


def is_withheld(log: int, actor_kind: str, actor_role: str, target_kind: str) -> bool:
    """Whether an entry's personal values are kept from the platform's owners, who see numbers and not people.

    Someone without a company who signs in, or fails to, stands in log 0; so do the owners themselves.
    """
    return log == PLATFORM_LOG and actor_role != "OWNER" and "person" in {actor_kind, target_kind}


def erased_by(details: str) -> list[Subject]:
    """Whom an entry about erasing names."""
    try:
        named: Any = json.loads(details)["subjects"]
        return [Subject(str(one["kind"]), int(one["id"])) for one in named]
    except (ValueError, KeyError, TypeError):
        return []


def in_words(action: str) -> str:
    """A readable line for an action of which nothing more was said."""
    return action.replace("_", " ").capitalize()


def _number(value: int | None) -> bytes:
    return b"null" if value is None else b"%d" % value
