"""What others may know of a company's tracking policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sundial.protocol import switches
from sundial.protocol.messages import Endorsement, PublicKey
from sundial.protocol.settings import Adjusted, Settings, Value
from sundial.protocol.signing import SigningKey
from sundial.protocol.words import shown
from sundial.server.lib.acting import Role

COMPANY_SCOPE = "company"  # the only scope so far; teams and persons come later


class Mode(StrEnum):
    """How values that do not fit are taken: refused, or (the first system's way) brought into their range."""

    STRICT = "strict"
    CLAMP = "clamp"


@dataclass(frozen=True, slots=True)
class Head:
    """The policy in force; `document` and `config_json` are the bytes that agents are given."""

    company_id: int
    scope: str
    epoch: int
    version: int
    etag: str
    settings: Settings
    sections: dict[str, Any]
    document: str
    config_json: str
    saved_at: datetime

    @property
    def values(self) -> dict[str, Value]:
        """All that people set in it, by name: the settings, and `section.field` for each switch of its sections."""
        return switches.whole(self.settings, self.sections)


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting, or switch of a section, that two versions do not agree on, with what people call it."""

    name: str
    label: str
    unit: str
    old: Value
    new: Value

    @property
    def text(self) -> str:
        """The change in words: `Time between screenshots: 10 minutes → 5 minutes`."""
        return f"{self.label}: {shown(self.name, self.old)} → {shown(self.name, self.new)}"


@dataclass(frozen=True, slots=True)
class SavedBy:
    """Who saved a version; `label` is what the reader may know of them."""

    kind: str
    id: int | None
    role: Role
    label: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the list of all, with what it changed; the first one changed nothing."""

    epoch: int
    version: int
    saved_at: datetime
    saved_by: SavedBy
    settings: Settings
    sections: dict[str, Any]
    differences: tuple[Difference, ...]
    restored_from: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One page of versions, newest first."""

    items: tuple[VersionRow, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a save; `changed` is False when everything already stood as asked, and nothing was written."""

    changed: bool
    head: Head
    adjusted: Mapping[str, Adjusted] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs, the newer ones it announces, and what every key ever said of its successor."""

    key: SigningKey
    announced: tuple[PublicKey, ...]
    endorsements: tuple[Endorsement, ...]
