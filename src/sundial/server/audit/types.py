"""What other apps may know about the log: its actions, its entries, and what checking it found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from typing import Any, Generic, Literal, TypeVar

PLATFORM_LOG = 0

T = TypeVar("T")


class Action(StrEnum):
    """What may stand in the log; a name not listed here is accepted if it has the same form."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name

    # The first system's names, kept
    COMPANY_CREATED = auto()
    COMPANY_SUSPENDED = auto()
    COMPANY_REACTIVATED = auto()
    PLAN_CHANGED = auto()
    POLICY_CHANGED = auto()
    EMPLOYEE_ADDED = auto()
    EMPLOYEE_REMOVED = auto()
    EMPLOYEE_DEACTIVATED = auto()
    EMPLOYEE_REACTIVATED = auto()
    KEY_ROTATED = auto()
    REPORT_EXPORTED = auto()
    SETTINGS_CHANGED = auto()
    PASSWORD_RESET = auto()
    # Companies, teams and people
    COMPANY_EDITED = auto()
    POLICY_DELEGATED = auto()
    CLASSIC_CLIENTS_CHANGED = auto()
    EMPLOYEE_EDITED = auto()
    EMPLOYEE_ROLE_CHANGED = auto()
    TEAM_CREATED = auto()
    TEAM_CHANGED = auto()
    TEAM_REMOVED = auto()
    TEAM_MEMBER_SET = auto()
    TEAM_MEMBER_REMOVED = auto()
    DEPARTMENT_CREATED = auto()
    DEPARTMENT_CHANGED = auto()
    DEPARTMENT_REMOVED = auto()
    ATTRIBUTE_ADDED = auto()
    ATTRIBUTE_REMOVED = auto()
    ATTRIBUTES_CHANGED = auto()
    EMPLOYEES_IMPORTED = auto()
    PHOTO_CHANGED = auto()
    BRANDING_CHANGED = auto()
    OWNER_CREATED = auto()
    # Signing in
    SIGNED_IN = auto()
    SIGN_IN_FAILED = auto()
    SIGNED_OUT = auto()
    PASSWORD_CHANGED = auto()
    PASSWORD_RESET_REQUESTED = auto()
    TOKEN_ISSUED = auto()
    TOKEN_ENDED = auto()
    # Devices and what they may record
    ENROLMENT_CODE_MADE = auto()
    DEVICE_ENROLLED = auto()
    DEVICE_REVOKED = auto()
    POLICY_ACKNOWLEDGED = auto()
    SIGNING_KEY_ANNOUNCED = auto()
    SIGNING_KEY_ROTATED = auto()
    # Tasks and projects
    TASK_CREATED = auto()
    TASK_CHANGED = auto()
    TASK_ASSIGNED = auto()
    TASK_STATUS_CHANGED = auto()
    TASK_DONE = auto()
    TASK_COMMENTED = auto()
    TASK_DELETED = auto()
    TASK_RESTORED = auto()
    TASK_MAIL_CHANGED = auto()
    PROJECT_CREATED = auto()
    PROJECT_CHANGED = auto()
    PROJECT_ARCHIVED = auto()
    PROJECT_RESTORED = auto()
    # The vault
    FILE_UPLOADED = auto()
    FILE_VERSION_ADDED = auto()
    FILE_VERSION_CHOSEN = auto()
    FILE_RENAMED = auto()
    FILE_MOVED = auto()
    FILE_BINNED = auto()
    FILE_RESTORED = auto()
    FILE_DELETED = auto()
    FILE_ERASED = auto()
    FILE_RULE_ADDED = auto()
    FILE_RULE_CHANGED = auto()
    FILE_RULE_REMOVED = auto()
    FILE_OPENED = auto()
    FILE_DENIED = auto()
    FILE_SHARED = auto()
    FILE_SHARE_ENDED = auto()
    COMPANY_KEY_ROTATED = auto()
    ROOT_KEY_ROTATED = auto()
    ROOT_KEY_RETIRED = auto()
    # The log itself
    AUDIT_EXPORTED = auto()
    AUDIT_ARCHIVED = auto()
    PERSONAL_DATA_ERASED = auto()


@dataclass(frozen=True, slots=True)
class Subject:
    """Someone or something that entries are about: `person` or `device`, and its id."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries to list; what is left out means all. `until` is exclusive; `user` is an id, or parts of an e-mail.

    `called` are the e-mails of people whose names hold what `user` asks for: this app knows no names. `about` means
    those in which someone or something is the actor or the target.
    """

    action_type: str = ""
    user: str | int = ""
    called: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""
    about: Subject | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry to be read. Personal values that were erased are None, and `erased` says so."""

    log: int
    seq: int
    at: datetime
    action_type: str
    description: str | None
    details: dict[str, Any]
    actor_kind: str
    actor_id: int | None
    actor_role: str
    user: str | None
    ip_address: str | None
    target_kind: str
    target_id: int | None
    target: str | None
    erased: bool = False

    @property
    def id(self) -> int:
        """The entry's number in its log; numbers are dense and begin at 1."""
        return self.seq


@dataclass(frozen=True, slots=True)
class OwnAct:
    """An OWNER's act on some company, without the values of any person."""

    log: int
    seq: int
    at: datetime
    action_type: str
    details: dict[str, Any]
    target_kind: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, newest first; `capped` when `count` stopped counting before the end."""

    items: Sequence[T]
    count: int
    page: int
    pages: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of what an entry changed."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Archive:
    """A part of a log that lies in a file: its entries `first` to `last`, and what that file must be.

    `length` is in bytes, `frontier` the tree's edge after `last`, `recorded` the entry that says all this; `removed`
    once the table holds these entries no more.
    """

    log: int
    number: int
    first: int
    last: int
    first_at: datetime
    last_at: datetime
    made_at: datetime
    length: int
    sha256: str
    frontier: bytes
    recorded: int
    removed: bool

    @property
    def entries(self) -> int:
        """How many entries it holds."""
        return self.last - self.first + 1

    def as_recorded(self) -> dict[str, Any]:
        """What the entry about it says."""
        return {
            "archive": self.number,
            "first": self.first,
            "last": self.last,
            "bytes": self.length,
            "sha256": self.sha256,
            "frontier": self.frontier.hex(),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking one log found.

    `attested` entries are covered by a checkpoint from outside; `first_bad` is the number of the first
    entry that is changed, missing or too many (None where the damage is not at one entry). `archived` of the entries
    were read from archives.
    """

    name: str
    state: Literal["intact", "tampered"]
    size: int = 0
    attested: int = 0
    erased: int = 0
    first_bad: int | None = None
    reason: str = ""
    archived: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What checking found, in words and as an exit code: 0 intact, 1 tampered, 2 could not be checked."""

    verdicts: Sequence[Verdict] = ()
    cannot: str = ""
    warnings: Sequence[str] = field(default_factory=tuple)

    @property
    def exit_code(self) -> int:
        if any(verdict.state == "tampered" for verdict in self.verdicts):
            return 1
        return 2 if self.cannot else 0

    def lines(self) -> list[str]:
        """One line for each log, then what could not be checked."""
        told = [_line(verdict) for verdict in self.verdicts]
        told += [f"note: {warning}" for warning in self.warnings]
        return [*told, f"cannot check: {self.cannot}"] if self.cannot else told


def _line(verdict: Verdict) -> str:
    if verdict.state == "tampered":
        where = "" if verdict.first_bad is None else f" at seq {verdict.first_bad}"
        return f"TAMPERED {verdict.name}{where}: {verdict.reason}"
    erased = f", {verdict.erased} with erased personal values" if verdict.erased else ""
    archived = f", {verdict.archived} read from archives" if verdict.archived else ""
    return f"intact {verdict.name}: {verdict.size} entries, {verdict.attested} attested from outside{erased}{archived}"
