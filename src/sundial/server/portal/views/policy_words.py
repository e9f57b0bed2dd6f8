"""A tracking policy as pages draw it: fields in groups, differences in words, counts of the progress line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sundial.protocol.settings import BY_NAME, EDITABLE, GROUPS, Setting, Value
from sundial.protocol.words import shown
from sundial.server.devices.types import Progress
from sundial.server.tracking.types import Difference
from sundial.server.ui.types import Change

_COUNTS = ("applied", "applying", "waiting", "rejected", "offline")


@dataclass(frozen=True)
class Field:
    """One setting: its table entry, the value shown, what is wrong with it, and whether it may be changed."""

    setting: Setting
    value: Value
    error: str = ""
    locked: bool = False

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
    locked: bool = False,
) -> list[Group]:
    """All settings in their groups; what somebody has asked for stands in place of what is saved."""
    values, faults = {**current, **(asked or {})}, errors or {}
    return [
        Group(
            key,
            label,
            tuple(
                Field(one, values[one.name], faults.get(one.name, ""), locked) for one in EDITABLE if one.group == key
            ),
        )
        for key, label in GROUPS.items()
    ]


def changes_of(differences: Iterable[Difference]) -> list[Change]:
    """Differences as people read them, old beside new."""
    return [Change(one.label, shown(one.name, one.old), shown(one.name, one.new)) for one in differences]


def change(name: str, old: Value, new: Value) -> Change:
    """One setting's change as people read it."""
    return Change(BY_NAME[name].label, shown(name, old), shown(name, new))


def counts_of(found: Progress) -> dict[str, int]:
    """The segments of the progress line; an agent that has not answered yet is still applying."""
    counts = {name: int(getattr(found, name)) for name in _COUNTS}
    counts["applying"] += found.unanswered
    return counts
