"""Mail about tasks, sent by the worker: a slow mail server is felt by nobody, a rollback sends none."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.tasks import queries
from sundial.server.tasks.actions.telling import ASSIGNED_MAIL
from sundial.server.ui.rules import plain

_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name=ASSIGNED_MAIL, retry=_AGAIN)
def mail_assigned(company_id: int, task_id: int, user_id: int, by: str) -> None:
    """Tell somebody what was given to them; it is not theirs any more, or they may not sign in: nothing to do."""
    found = queries.letter_to(company_id, task_id, user_id)
    if found is None:
        return
    person, task = found
    here = settings.BASE_URL.rstrip("/")
    context = {"by": by, "task": task, "link": f"{here}/tasks/{task_id}/", "base_url": here}
    subject = plain(gettext("%(name)s gave you a task: %(title)s") % {"name": by, "title": task.title})
    send_mail(subject, render_to_string("tasks/mail/assigned.txt", context), None, [person.email])
