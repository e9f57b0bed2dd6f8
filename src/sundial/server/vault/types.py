"""What others may know of the vault's files and folders."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

NAME_LIMIT, FOLDED_LIMIT = 255, 1024
RULE_LIMIT = 4000
MEDIA_LIMIT = 127
DEEPEST = 12  # folders within one another
PART_BYTES = 8 << 20  # of an upload, at a time
LARGEST = 5 << 30  # one file
BINNED_FOR = timedelta(days=30)
UPLOAD_LASTS = timedelta(days=1)  # after its last part
SHARE_LASTS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))  # how long links may last
TOPIC = "vault"  # the hint after which pages of a company's vault ask again
UPLOADS_TOPIC = "vault-uploads"  # the hint after which consoles hear how far uploads are

Kind = Literal["image", "pdf", "text", "sheet", "document", "media", "archive", "other"]  # roughly what is in a file


class Door(StrEnum):
    """Where somebody asked to read a file."""

    PAGE = "page"
    API = "api"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files to list; every part left out means all. A `folder` of None is the top."""

    folder: int | None = None
    everywhere: bool = False  # in all folders, as a search does
    search: str = ""
    kind: str = ""  # a Kind
    owner: int | None = None
    rule: str = ""  # with, without
    binned: bool = False


@dataclass(frozen=True, slots=True)
class FolderView:
    """A folder as lists show it; `path` names it from the top."""

    id: int
    name: str
    parent_id: int | None
    created_by_id: int
    created_at: datetime
    binned_at: datetime | None = None
    path: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as lists, pages and programs read it; never its content."""

    id: int
    name: str
    folder_id: int | None
    owner_id: int
    owner: str
    rule_text: str
    size: int
    media_type: str
    version: int
    revision: int
    created_at: datetime
    updated_at: datetime
    binned_at: datetime | None = None
    opens: bool | None = None  # for whoever asks, now; None: was not asked
    place: str = ""  # the folders that it lies in, in words

    @property
    def kind(self) -> Kind:
        """What it is, roughly."""
        return kind_of(self.media_type)


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload under way."""

    id: UUID
    name: str
    folder_id: int | None
    owner_id: int
    length: int
    received: int
    expires_at: datetime

    @property
    def percent(self) -> int:
        """How much of it came, in whole per cent; a hundred once all did."""
        return 100 if self.received >= self.length else self.received * 100 // self.length


@dataclass(frozen=True, slots=True)
class Coming:
    """Who is uploading what, how much of it came, and for whom its file would open: they alone read its name."""

    by: str
    user: str
    file: str
    percent: int
    opens_for: frozenset[int]

    @property
    def told(self) -> dict[str, str | int]:
        """As those are told it who may read the name."""
        return {"by": self.by, "user": self.user, "file": self.file, "percent": self.percent}


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes a company may keep by its plan (None: no limit) and on this machine, and what takes them up.

    A plan counts screenshots and files together; the machine's limit is of files alone.
    """

    of_plan: int | None
    of_machine: int
    pictures: int = 0
    files: int = 0
    coming: int = 0

    @property
    def free(self) -> int:
        """How many more bytes fit."""
        taken = self.files + self.coming
        left = self.of_machine - taken
        return max(0, left if self.of_plan is None else min(left, self.of_plan - self.pictures - taken))


KINDS: dict[Kind, tuple[str, ...]] = {
    "image": ("image/",),
    "pdf": ("application/pdf",),
    "text": ("text/", "application/json", "application/xml"),
    "sheet": (
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "document": (
        "application/msword",
        "application/rtf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml",
        "application/vnd.oasis.opendocument.text",
    ),
    "media": ("video/", "audio/"),
    "archive": ("application/zip", "application/gzip", "application/x-tar", "application/x-7z", "application/x-xz"),
}
OTHER: Kind = "other"


def kind_of(media_type: str) -> Kind:
    """The rough kind of a media type: a key of KINDS, or OTHER."""
    return next((kind for kind, starts in KINDS.items() if media_type.startswith(starts)), OTHER)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a folder: its folders, which stand on the first page alone, and its files."""

    folders: list[FolderView] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    count: int = 0
    page: int = 1
    pages: int = 1
