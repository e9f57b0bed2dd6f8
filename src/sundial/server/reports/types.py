"""What a report is: a sheet of columns and rows with its total, the same on a page, in a file and through the API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from sundial.server.ui.types import Chart, ChartKind

CellKind = Literal["words", "length", "share", "count", "day", "clock"]
Cell = str | int | float | date | None


class Report(StrEnum):
    """The reports there are; each is an address of its own."""

    DAILY = "daily"
    MONTHLY = "monthly"
    TOP = "top"
    UTILISATION = "utilisation"
    HEATMAP = "heatmap"
    COMPARISON = "comparison"
    ATTENDANCE = "attendance"


class Form(StrEnum):
    """What a report may be taken away as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, both ends included; `preset` names the stretch if it is one that has a name."""

    since: date
    until: date
    preset: str = ""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a report; every part left out means all."""

    report: Report
    period: Period
    person: int | None = None
    team: int | None = None
    department: int | None = None
    search: str = ""
    ordering: str = ""
    kind: Literal["app", "website"] = "app"
    by: Literal["team", "department"] = "team"

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everyone."""
        return bool(self.person is not None or self.team is not None or self.department is not None or self.search)


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a list: how many lines come before it, and how many it has at most."""

    first: int
    most: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: lengths are in whole seconds, shares of 1, clocks in seconds after midnight."""

    key: str
    label: str
    kind: CellKind = "words"
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row; whose it is, and of which day, if it is about one of them."""

    cells: tuple[Cell, ...]
    user_id: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart of the same figures."""

    kind: ChartKind
    label: str
    chart: Chart

    @property
    def is_empty(self) -> bool:
        """There is nothing to draw: no values, or only gaps."""
        return not any(value is not None for one in self.chart.series for value in one.values)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report: `count` lines in all, of which `lines` may be one page; `total` stands under them all."""

    report: Report
    title: str
    period: Period
    zone: str
    today: date
    as_of: datetime
    columns: tuple[Column, ...]
    lines: Sequence[Line]
    count: int
    total: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = field(default=())
    about: str = ""  # whom it is about, where that is not everyone


class ExportState(StrEnum):
    """How far a file that is being prepared has come."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TakenAway:
    """A file, as it is handed over."""

    name: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ExportView:
    """A file that is or was prepared; until it expires it can be fetched by whoever asked for it."""

    id: int
    asked: Asked
    title: str
    form: Form
    state: ExportState
    lines: int
    lines_done: int
    size: int
    problem: str
    made_at: datetime
    expires_at: datetime
