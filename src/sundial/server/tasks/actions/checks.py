"""Input that every action of this app checks the same way."""

from datetime import date
from typing import Any

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.words import is_storable
from sundial.server.tasks import rules
from sundial.server.tasks.models import Project, Task
from sundial.server.tasks.types import HUES, LONGEST_ESTIMATE, NAME_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Status

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(9000, 1, 1)


def checked_text(name: str, value: str, limit: int, *, required: bool = False) -> str:
    """The text, trimmed, as PostgreSQL can keep it; raises Invalid under the field's name."""
    text = value.strip()
    if not is_storable(text):
        raise Invalid({name: "It contains characters that are none."})
    if len(text) > limit or (required and not text):
        raise Invalid({name: f"Write 1 to {limit} characters." if required else f"At most {limit} characters."})
    return text


def checked_comment(text: str) -> str:
    """What somebody says about a task."""
    return checked_text("text", text, TEXT_LIMIT, required=True)


def checked_name(name: str) -> str:
    """A project's name."""
    return " ".join(checked_text("name", name, NAME_LIMIT, required=True).split())


def checked_hue(hue: int) -> int:
    """The number of a project's colour; raises Invalid."""
    if not 0 <= hue <= HUES:
        raise Invalid({"colour": f"Choose 0, for none, to {HUES}."})
    return hue


def checked_status(status: str) -> Status:
    """A status that there is; raises Invalid."""
    found = rules.status_from(status)
    if found is None:
        raise Invalid({"status": "Choose OPEN, IN_PROGRESS or DONE."})
    return found


def checked_progress(progress: int) -> int:
    """A share of a hundred; raises Invalid."""
    if not 0 <= progress <= 100:
        raise Invalid({"progress": "Write a number from 0 to 100."})
    return progress


def checked(acting: Acting, asked: dict[str, Any], row: Task | None = None) -> dict[str, Any]:
    """The columns that these fields of a task mean; raises Invalid. In the company's scope.

    What `row` has already may stay: its project though it was archived, its person though they left.
    """
    made: dict[str, Any] = {}
    if "title" in asked:
        made["title"] = " ".join(checked_text("title", asked["title"], TITLE_LIMIT, required=True).split())
    if "description" in asked:
        made["description"] = checked_text("description", asked["description"], TEXT_LIMIT)
    if "due_date" in asked:
        made["due_date"] = _day(asked["due_date"])
    if "estimate_minutes" in asked:
        made["estimate_minutes"] = _estimate(asked["estimate_minutes"])
    if "project_id" in asked:
        made["project_id"] = _project(asked["project_id"], row)
    if "assigned_to_id" in asked:
        made["assigned_to_id"] = _person(acting, asked["assigned_to_id"], row)
    return made


def _day(day: date | None) -> date | None:
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid({"due_date": "Choose a day between the years 2000 and 9000."})
    return day


def _estimate(minutes: int | None) -> int | None:
    if minutes is not None and not 0 < minutes <= LONGEST_ESTIMATE:
        raise Invalid({"estimate_minutes": f"Write 1 to {LONGEST_ESTIMATE} minutes."})
    return minutes


def _project(project_id: int | None, row: Task | None) -> int | None:
    if project_id is None or (row and row.project_id == project_id):
        return project_id
    if not Project.objects.filter(id=project_id, archived_at__isnull=True).exists():
        raise Invalid({"project_id": "Choose a project that is in use."})
    return project_id


def _person(acting: Acting, user_id: int | None, row: Task | None) -> int | None:
    if user_id is None or (row and row.assigned_to_id == user_id):
        return user_id
    try:
        found = companies.person(acting, user_id)
    except NotFound as error:
        raise Invalid({"assigned_to_id": "Choose one of your people."}) from error
    if found.status != MemberStatus.ACTIVE:
        raise Invalid({"assigned_to_id": "This person cannot sign in now. Choose somebody else."})
    return user_id
