"""What the addresses of lists ask for: days in the reader's zone, people, and what a person is called in a chip."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.ids import id_in
from sundial.server.ui.rules import plain
from sundial.server.ui.types import Filter

FIRST_DAY = date(2000, 1, 1)
_MOST_NAMES = 200


def day_in(text: str) -> date | None:
    """The day that these words name, if they name one that can have been recorded."""
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return found if found and FIRST_DAY <= found <= date(9000, 1, 1) else None


def today(now: datetime) -> date:
    """The date on the reader's wall."""
    return timezone.localtime(now).date()


def start_of(day: date) -> datetime:
    """When a day begins in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def stretch(request: HttpRequest) -> tuple[datetime | None, datetime | None]:
    """From the start of one day to the end of another, where the address names them."""
    since, until = day_in(request.GET.get("from", "")), day_in(request.GET.get("to", ""))
    return start_of(since) if since else None, start_of(until + timedelta(days=1)) if until else None


def person_id(request: HttpRequest) -> int | None:
    """The person whom the address names; 0, who is nobody, where it names none that can be."""
    return number_in(request, "person")


def number_in(request: HttpRequest, name: str) -> int | None:
    """The id that a filter in the address names; 0, which is nothing's, where it names none that can be."""
    text = request.GET.get(name, "")
    return id_in(text) if text else None


def people_filter(acting: Acting) -> tuple[Filter, ...]:
    """A chip with the people whom the reader may see; none for somebody who sees only themselves."""
    if acting.role is Role.EMPLOYEE:
        return ()
    rows = companies.people(acting, status=MemberStatus.ACTIVE)[:_MOST_NAMES]
    known = [companies.as_person(row) for row in rows]
    return (Filter("person", _("Person"), tuple((str(one.id), plain(one.name, 60)) for one in known)),)


def days_filter() -> Filter:
    """A chip for a stretch of days."""
    return Filter("", _("When"), kind="days")
