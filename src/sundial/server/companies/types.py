"""What other apps may know of companies and people."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sundial.server.lib.acting import Role


class CompanyStatus(StrEnum):
    """TRIAL and ACTIVE work alike; SUSPENDED cannot sign in and its agents stop recording."""

    TRIAL = "TRIAL"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class MemberStatus(StrEnum):
    """An INACTIVE person may come back; one who LEFT is let go."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    LEFT = "LEFT"


class AttributeKind(StrEnum):
    """A FLAG one has or not; the others differ from person to person, and a VALUE is a number or a word."""

    FLAG = "flag"
    NUMBER = "number"
    WORD = "word"
    VALUE = "value"


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COMPANY_ROLES = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


class Feature(StrEnum):
    """What a plan may bring beyond room; everything that protects the people recorded comes with every plan."""

    PDF = "pdf"
    BRANDING = "branding"


@dataclass(frozen=True)
class Limits:
    """What a company's plan allows; no number is no limit.

    Without a plan (no name) everything is allowed, and in a `trial` every feature.
    """

    plan_name: str = ""
    seats: int | None = None
    storage_mb: int | None = None
    retention_days: int | None = None
    features: tuple[str, ...] = ()
    trial: bool = False

    def allows(self, feature: str) -> bool:
        """Whether this feature may be used."""
        return not self.plan_name or self.trial or feature in self.features


class Arrival(StrEnum):
    """How far somebody new has come: NOBODY wrote to them, they are INVITED, or they CAME in."""

    NOBODY = "nobody"
    INVITED = "invited"
    CAME = "came"


@dataclass(frozen=True)
class Person:
    """Someone in a company; `id` is the user's."""

    id: int
    email: str
    first_name: str
    last_name: str
    role: Role
    status: MemberStatus
    created_at: datetime
    teams: tuple[str, ...] = field(default=())
    department_id: int | None = None
    department: str = ""
    invited_at: datetime | None = None
    signed_in_at: datetime | None = None
    photo_mark: str = ""

    @property
    def name(self) -> str:
        """How people call them; the address if no name was given."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def initials(self) -> str:
        """One or two letters that stand where there is no photo."""
        words = f"{self.first_name} {self.last_name}".split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()

    @property
    def arrival(self) -> Arrival:
        """How far they have come."""
        if self.signed_in_at:
            return Arrival.CAME
        return Arrival.INVITED if self.invited_at else Arrival.NOBODY


@dataclass(frozen=True, slots=True)
class RosterRow:
    """Someone whose time is reported on: where they belong, and between when they did; `id` is the user's."""

    id: int
    name: str
    email: str
    role: Role
    department_id: int | None
    team_ids: tuple[int, ...]
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as a list of everybody shows them; `id` is the user's."""

    id: int
    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class DepartmentRow:
    """A department in its tree: how deep it lies, and how many people are in it and in all beneath it."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    path: str
    people: int
    people_below: int


@dataclass(frozen=True)
class TeamRow:
    """A team, with how many people are in it and who manages it."""

    id: int
    name: str
    people: int
    managers: tuple[Person, ...]


@dataclass(frozen=True)
class Seat:
    """A person's place in a team."""

    team_id: int
    team: str
    person: Person
    manages: bool


@dataclass(frozen=True)
class Held:
    """An attribute that a person has."""

    name: str
    value: str = ""
    expires_at: datetime | None = None

    @classmethod
    def from_text(cls, text: str) -> "Held":
        """An attribute as people write it: `finance`, or `clearance=3`."""
        name, _, value = text.partition("=")
        return cls(name.strip(), value.strip())

    @property
    def text(self) -> str:
        """As the API and the events say it: `finance`, or `clearance=3`."""
        return f"{self.name}={self.value}" if self.value else self.name


class Lender(StrEnum):
    """What may lend an attribute to the people in it."""

    TEAM = "team"
    DEPARTMENT = "department"


@dataclass(frozen=True)
class Lent(Held):
    """An attribute that a team, or a department and those beneath it, lend to their people."""

    lender: Lender = Lender.TEAM
    lender_id: int = 0
    lender_name: str = ""


@dataclass(frozen=True)
class Carried:
    """What a person has under one name: their own before what is lent; lenders that disagree lend nothing."""

    name: str
    own: Held | None
    lent: tuple[Lent, ...] = ()

    @property
    def value(self) -> str | None:
        """The value that counts (of a flag: empty), or None where lenders disagree."""
        if self.own is not None:
            return self.own.value
        values = {one.value for one in self.lent}
        return values.pop() if len(values) == 1 else None


@dataclass(frozen=True)
class Looks:
    """How a company looks to its own people; what is empty looks like Sundial."""

    name: str
    colour: str = ""
    logo: bytes = b""
    mark: str = ""


@dataclass(frozen=True)
class Place:
    """One company in which a user may act, seen before a company is in scope."""

    company_id: int
    company_name: str
    company_status: CompanyStatus
    role: Role
    status: MemberStatus

    @property
    def why_closed(self) -> str:
        """Why the person may not act here now, in plain words; empty if they may."""
        if self.status is not MemberStatus.ACTIVE:
            return f"Your access to {self.company_name} is switched off. An administrator there can switch it on."
        if self.company_status is CompanyStatus.SUSPENDED:
            return f"{self.company_name} is suspended: nothing is recorded, and nobody can sign in."
        return ""


@dataclass(frozen=True)
class Face:
    """What every page needs to know of a company's looks, without the pictures themselves."""

    name: str
    mark: str = ""
    has_colour: bool = False
    has_logo: bool = False


# A list of people to take on: its columns, and two people made up.
LIST_TEMPLATE = (
    ("email", "first name", "last name", "role", "department", "teams"),
    ("ada@example.org", "Ada", "Lind", "employee", "", ""),
    ("omar@example.org", "Omar", "Khan", "manager", "", ""),
)


class NotAList(Exception):
    """This file cannot be read as a list of people; the text says why and what to do."""
