"""What the addresses of the tasks' lists ask for."""

from collections.abc import Sequence
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.ids import id_in
from sundial.server.tasks import queries, rules
from sundial.server.tasks.types import Due, Wanted, Whose
from sundial.server.tasks.views.words import statuses
from sundial.server.ui.rules import plain
from sundial.server.ui.types import Filter, Link

_MOST_NAMES = 200
ALL = "all"
UNFINISHED = "unfinished"


def today(now: datetime) -> date:
    """The date on the reader's wall."""
    return timezone.localtime(now).date()


def wanted(request: HttpRequest, now: datetime) -> Wanted:
    """Which tasks the address asks for: what is still to do, unless it says otherwise."""
    asked = request.GET
    status = asked.get("status", "")
    return Wanted(
        today=today(now),
        whose=asked.get("whose", ""),
        status="" if status == ALL else status or UNFINISHED,
        due=asked.get("due", ""),
        person=_id(asked.get("person", "")),
        project=_id(asked.get("project", "")),
        search=asked.get("search", ""),
    )


def _id(text: str) -> int | None:
    """The id that these words name; 0, which is nobody's, where they name none that can be."""
    return id_in(text) if text else None


def filters(acting: Acting, people: Sequence[tuple[int, str]]) -> tuple[Filter, ...]:
    """The chips above a list of tasks, with these people for those who run tasks."""
    status = Filter("status", _("Status"), (*statuses(), (ALL, _("All, done ones too"))))
    due = Filter("due", _("Due"), (
        (Due.OVERDUE, _("Overdue")), (Due.TODAY, _("Today")), (Due.WEEK, _("This week")), (Due.NONE, _("No day")),
    ))  # fmt: skip
    if acting.role not in rules.RUNS:
        return (status, due)
    offered = tuple((str(key), word) for key, word in people[:_MOST_NAMES])
    named = tuple((str(key), word) for key, word in projects_of(acting, _MOST_NAMES))
    return (
        status,
        due,
        Filter("person", _("Person"), offered),
        *((Filter("project", _("Project"), named),) * bool(named)),
    )


def people_of(acting: Acting, most: int) -> list[tuple[int, str]]:
    """The people to whom the reader may give tasks."""
    rows = companies.people(acting, status=MemberStatus.ACTIVE)[:most]
    return [(one.id, plain(one.name, 60)) for one in map(companies.as_person, rows)]


def projects_of(acting: Acting, most: int) -> list[tuple[int, str]]:
    """The projects that are in use."""
    return [(row.pk, plain(row.name, 60)) for row in queries.projects(acting, state="active")[:most]]


def tabs(request: HttpRequest, acting: Acting) -> tuple[Link, ...]:
    """Whose tasks: none for somebody who sees only their own."""
    if acting.role not in rules.RUNS:
        return ()
    others = _("My people's") if acting.role is Role.MANAGER else _("Other people's")
    words = (("", _("All")), (Whose.MINE, _("Mine")), (Whose.TEAM, others), (Whose.NOBODY, _("Nobody's yet")))
    chosen = request.GET.get("whose", "")
    return tuple(Link(word, _with(request, whose=str(key)), current=chosen == key) for key, word in words)


def _with(request: HttpRequest, **values: str) -> str:
    """This address with other values, from its first page; an empty value is left out."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in values.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def looks(request: HttpRequest) -> tuple[Link, ...]:
    """The same tasks as a list or as a board."""
    board = request.GET.get("view") == "board"
    return (
        Link(_("List"), _with(request, view=""), current=not board),
        Link(_("Board"), _with(request, view="board"), current=board),
    )


def with_status(request: HttpRequest, status: str) -> str:
    """The list of all tasks of this status among those that the address asks for."""
    return _with(request, view="", status=status)
