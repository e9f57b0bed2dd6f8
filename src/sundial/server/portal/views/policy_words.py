"""A tracking policy as pages draw it: fields in groups, differences in words, counts of the progress line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from sundial.protocol import switches
from sundial.protocol.settings import EDITABLE, GROUPS, Setting, Value
from sundial.protocol.settings import differences as differing
from sundial.protocol.switches import NAMED, SWITCHES
from sundial.protocol.words import in_words, shown, what_it_means
from sundial.server.devices.types import Progress
from sundial.server.tracking.types import Difference
from sundial.server.ui.types import Change

_COUNTS = ("applied", "applying", "waiting", "rejected", "offline")


@dataclass(frozen=True)
class Field:
    """One setting: its table entry, the value shown, what stands saved, and what is wrong with the value."""

    setting: Setting
    value: Value
    saved: Value
    error: str = ""

    @property
    def text(self) -> str:
        """The value as people say it."""
        return shown(self.setting.name, self.value)


@dataclass(frozen=True)
class Group:
    """A card of settings that belong together."""

    key: str
    label: str
    fields: tuple[Field, ...]


def groups(
    current: Mapping[str, Value],
    *,
    asked: Mapping[str, Value] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Group]:
    """All settings in their groups; what somebody has asked for stands in place of what is saved."""
    values, faults = {**current, **(asked or {})}, errors or {}
    fields = [
        Field(one, values[one.name], current[one.name], faults.get(one.name, "")) for one in (*EDITABLE, *SWITCHES)
    ]
    return [
        Group(key, label, tuple(field for field in fields if field.setting.group == key))
        for key, label in GROUPS.items()
    ]


def meaning_of(current: Mapping[str, Value], asked: Mapping[str, Value]) -> list[str]:
    """What saving would mean, in numbers where there are any; else what would change."""
    switched = in_words(switches.differences(current, asked))
    return [*what_it_means(current, asked), *switched] or in_words(differing(current, {**current, **asked}))


def changes_of(differences: Iterable[Difference]) -> list[Change]:
    """Differences as people read them, old beside new."""
    return [change(one.name, one.old, one.new) for one in differences]


def change(name: str, old: Value, new: Value) -> Change:
    """One setting's change as people read it."""
    return Change(NAMED[name].label, shown(name, old), shown(name, new))


def counts_of(found: Progress) -> dict[str, int]:
    """The segments of the progress line; an agent that has not answered yet is still applying."""
    counts = {name: int(getattr(found, name)) for name in _COUNTS}
    counts["applying"] += found.unanswered
    return counts


@dataclass(frozen=True)
class Acknowledged:
    """What a person said they had seen, and when."""

    kinds: str
    at: datetime


class _Told(Protocol):
    """An acknowledgement as `devices` lists it."""

    kinds: list[str]
    received_at: datetime


def acknowledged(rows: Iterable[_Told]) -> list[Acknowledged]:
    """A person's acknowledgements in plain words, newest first."""
    words = {
        "screenshots": _("screenshots"),
        "websites": _("websites"),
        "applications": _("applications"),
        "keyboard_counts": _("keyboard counts"),
        "mouse_counts": _("mouse counts"),
        "idle": _("being away"),
    }
    return [Acknowledged(", ".join(words.get(kind, kind) for kind in row.kinds), row.received_at) for row in rows]
