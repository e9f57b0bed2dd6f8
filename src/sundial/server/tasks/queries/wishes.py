"""Who wants to be written to."""

from django.db import transaction

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus, Person
from sundial.server.lib.scope import acting_for
from sundial.server.tasks.models import MailWish, Task
from sundial.server.tasks.queries.tasks import views
from sundial.server.tasks.types import TaskView


def wants_mail(user_id: int) -> bool:
    """Whether this person wants a mail when a task is given to them; who said nothing does. In the company's scope."""
    said = MailWish.objects.filter(user_id=user_id).values_list("wanted", flat=True).first()
    return True if said is None else said


def letter_to(company_id: int, task_id: int, user_id: int) -> tuple[Person, TaskView] | None:
    """Whom to write to about which task, if it is still theirs and they may sign in."""
    with acting_for(company_id), transaction.atomic():
        rows = Task.objects.filter(id=task_id, assigned_to_id=user_id, deleted_at__isnull=True)
        found = list(rows.select_related("project"))
        person = companies.names_of([user_id]).get(user_id)
        if not found or person is None or person.status is not MemberStatus.ACTIVE:
            return None
        return person, views(found)[0]
