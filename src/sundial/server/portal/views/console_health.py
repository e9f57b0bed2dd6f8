"""The health of the system, for administrators on the console and, with what concerns the host, for the owner."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.portal import queries
from sundial.server.portal.types import Health, History
from sundial.server.portal.views.people import company_of

SLOW_MS = 500.0  # a question that reads a row takes a hundredth of that
FULL = 0.1  # of the disk is left
LATE_JOBS = 200
LATE_FACTS = 20  # batches
MANY_ERRORS = 0.01  # of all answers


@dataclass(frozen=True)
class Figure:
    """One number of the health page, with its day."""

    label: str
    value: str
    course: tuple[float, ...] = ()
    worry: str = ""  # what is wrong, in words; empty if nothing is


@allow(Role.ADMIN)
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """What an administrator sees: their own agents, and how the system does for everybody."""
    acting, now = acting_of_page(request), clock.now()
    return render(request, "portal/console_health.html", of_company(acting, now))


def of_company(acting: Acting, now: datetime) -> dict[str, object]:
    """The numbers for an ADMIN; how many agents others have is not among them."""
    told = queries.day_of_platform(now)
    agents = devices.presence_counts(company_of(acting), now=now)
    whole = agents.online + agents.offline + agents.never_synced
    own = Figure(_("Your people online"), f"{agents.online} / {whole}")
    return {"figures": [own, *_common(told)], "as_of": told.at, "now": now}


def of_platform(now: datetime) -> dict[str, object]:
    """The numbers for the OWNER."""
    told = queries.day_of_platform(now)
    numbers = told.numbers
    own = Figure(_("Agents connected"), _whole(numbers["agents"]), numbers["agents"].course)
    database, disk = numbers["database_bytes"], numbers["storage_bytes"]
    sizes = (
        Figure(_("Database, size"), _size(database), database.course),
        Figure(_("Disk, taken"), _size(disk), disk.course),
    )
    return {"figures": [own, *_common(told), *sizes], "as_of": told.at, "now": now}


def _common(told: Health) -> list[Figure]:
    one = told.numbers
    return [
        Figure(_("Facts a minute"), _whole(one["facts"]), one["facts"].course),
        _judged(_("Facts waiting"), one["facts_waiting"], LATE_FACTS, _("More comes in than can be kept at once.")),
        _judged(_("Jobs waiting"), one["jobs_waiting"], LATE_JOBS, _("Mails and pictures come later than usual.")),
        _judged(_("Jobs given up"), one["jobs_failed"], 0, _("Some work was tried and given up.")),
        _answers_in(one["database_ms"]),
        _free(one["storage_free"]),
        _errors(one["error_rate"]),
    ]


def _judged(label: str, number: History, most: float, worry: str) -> Figure:
    return Figure(label, _whole(number), number.course, worry if (number.last or 0) > most else "")


def _answers_in(number: History) -> Figure:
    value = "–" if number.last is None else f"{number.last:.0f} ms"
    worry = _("The database answers slowly.") if (number.last or 0) > SLOW_MS else ""
    return Figure(_("Database answers in"), value, number.course, worry)


def _free(number: History) -> Figure:
    value = "–" if number.last is None else f"{number.last:.0%}"
    worry = _("The disk is nearly full.") if number.last is not None and number.last < FULL else ""
    return Figure(_("Storage, free"), value, number.course, worry)


def _errors(number: History) -> Figure:
    value = "–" if number.last is None else f"{number.last:.2%}"
    worry = _("Some requests fail.") if (number.last or 0) > MANY_ERRORS else ""
    return Figure(_("Error rate"), value, number.course, worry)


def _whole(number: History) -> str:
    return "–" if number.last is None else f"{number.last:,.0f}"


def _size(number: History) -> str:
    return "–" if number.last is None else filesizeformat(number.last)
