"""Projects and tasks of the demo's people, made through the pages' own actions, each at a moment of its month."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from sundial.run.demo_story import Story
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import actions

Project = tuple[str, int, tuple[str, ...]]  # its name and colour, and what is to do in it
PROJECTS: tuple[Project, ...] = (
    ("Autumn collection", 6, (
        "Draw the herringbone repeats", "Choose the yarn for the heavy twill", "Dye tests: rust and indigo",
        "Photograph the samples", "Write the fabric cards", "Proof the catalogue, pages 1 to 20",
        "Proof the catalogue, pages 21 to 40", "Price list for wholesale", "Send swatches to Lindgren",
    )),
    ("Export orders", 1, (
        "Answer the Hamburg enquiry", "Check the certificates of origin", "Book the container for 4 December",
        "Packing list, order 2231", "Packing list, order 2238", "Translate the care labels",
        "Claim for the water damage", "Invoice order 2219",
    )),
    ("Mill upgrade", 5, (
        "Measure the energy of looms 1 to 6", "Offers for the new compressor", "Plan the standstill in January",
        "Train the night shift on loom 9", "Move the spare parts store", "List what the auditor asked for",
    )),
    ("Website", 3, (
        "New pictures for the start page", "Text about our dye house", "Mend the contact form on phones",
        "Translate the shop into German", "Which searches lead to us?",
    )),
)  # fmt: skip
ALONE = ("Renew the fire certificate", "Order chairs for the sewing room", "Plan the winter party")
DETAILS = (
    "",
    "The last one is in the shared folder. Change only what the customer asked for.",
    "Ask Rafiq if something is missing. Half a day should do.",
    "First a rough version, then we look at it together.",
)
SAID = (
    "I have begun; the first part was quicker than I thought.",
    "I wait for an answer from the supplier.",
    "Good. Please also look at the last two pages.",
    "Can this wait until Thursday?",
)
_ABOUT_HALF = 0.45

# What somebody worked on, two times in five: one of the tasks that they had at that moment and began or finished.
_CHOSEN = """
UPDATE activity_mark AS mark SET task_id = (
  SELECT task.id FROM tasks_task AS task
  WHERE task.company_id = mark.company_id AND task.assigned_to_id = mark.user_id AND task.created_at <= mark.at
    AND (task.completed_at IS NULL OR task.completed_at > mark.at) AND task.status <> 'OPEN'
  ORDER BY md5(task.id::text || mark.eid::text) LIMIT 1
)
WHERE mark.company_id = %s AND mark.kind = 'session' AND mark.state IN ('started', 'resumed')
  AND get_byte(decode(md5(mark.eid::text), 'hex'), 0) < 100
"""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who gives tasks in a company, and to whom."""

    company_id: int
    admin: Acting
    people: Sequence[Acting]


def write_tasks(story: Story, staff: Staff, *, seed: int, days: int, now: datetime) -> int:
    """Projects and tasks of the last days, some done, some late, some ahead; how many tasks."""
    luck = random.Random(f"{seed}/tasks")  # noqa: S311 - believable work, no secret
    begun, made = now - timedelta(days=days - 2), 0
    for project in PROJECTS:
        story.at(begun, partial(_project, story, staff, luck, project, days=days, until=now))
        made += len(project[2])
    for number, title in enumerate(ALONE):
        moment = begun + timedelta(hours=made + number)
        story.at(moment, partial(actions.create_task, acting=staff.admin, title=title, by_mail=False))
    return made + len(ALONE)


def _project(
    story: Story, staff: Staff, luck: random.Random, project: Project, *, days: int, until: datetime, now: datetime
) -> None:
    """A project is made, and its tasks are planned."""
    name, hue, titles = project
    row = actions.make_project(acting=staff.admin, name=name, hue=hue, now=now)
    for title in titles:
        begun = until - timedelta(days=luck.randrange(2, days - 3), minutes=luck.randrange(600))
        story.at(begun, partial(_task, story, staff, luck, title, row.pk, until=until))


def _task(
    story: Story, staff: Staff, luck: random.Random, title: str, project_id: int, *, until: datetime, now: datetime
) -> None:
    """A task is given to somebody, and what becomes of it is planned."""
    person = luck.choice(staff.people)
    due = now + timedelta(days=luck.randrange(3, 24))
    row = actions.create_task(
        acting=staff.admin,
        title=title,
        description=luck.choice(DETAILS),
        project_id=project_id,
        due_date=due.date() if luck.random() < 0.8 else None,
        estimate_minutes=luck.choice((None, 60, 120, 240, 480)),
        assigned_to_id=person.id,
        by_mail=False,
        now=now,
    )
    _lived(story, luck, row.pk, person, now, min(due, until))


def _lived(story: Story, luck: random.Random, task_id: int, person: Acting, begun: datetime, until: datetime) -> None:
    """What becomes of it: begun, spoken of, done; or nothing yet."""
    if luck.random() < 0.2:
        return
    moments = sorted(begun + (until - begun) * luck.random() for _step in range(3))
    progress, said = luck.choice((10, 25, 40, 60)), luck.choice(SAID)
    story.at(moments[0], partial(actions.set_progress, acting=person, task_id=task_id, progress=progress))
    if luck.random() < _ABOUT_HALF:
        story.at(moments[1], partial(actions.comment, acting=person, task_id=task_id, text=said))
    if luck.random() < _ABOUT_HALF:
        story.at(moments[2], partial(actions.set_status, acting=person, task_id=task_id, status="DONE"))


def choose_tasks(company_id: int) -> None:
    """Have the sessions of the past be for tasks that their people had then; their days are summed after this."""
    with acting_for(company_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CHOSEN, [company_id])
