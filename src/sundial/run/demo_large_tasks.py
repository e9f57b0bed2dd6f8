"""Projects and tasks of the large demo: each person has one after another, and works on the one that is theirs now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from sundial.run.demo_tasks import DETAILS, PROJECTS, SAID
from sundial.server.lib.acting import Acting
from sundial.server.tasks import actions

EACH = 6  # tasks of a person in the whole time
# A task is begun when the one before it is over; most of those before are done, a few were left.
_TASKS = """
INSERT INTO tasks_task (company_id, project_id, title, description, status, progress, due_date, estimate_minutes,
    assigned_to_id, assigned_by_id, created_by_id, created_at, completed_at, changed_at)
SELECT %(company)s, (%(projects)s::bigint[])[at], (%(titles)s::text[])[at], (%(details)s::text[])[1 + luck %% 4],
    status, CASE status WHEN 'DONE' THEN 100 WHEN 'OPEN' THEN 0 ELSE 20 + luck %% 7 * 10 END,
    CASE WHEN luck %% 5 > 0 THEN (begun + step * 3 / 4)::date END,
    CASE WHEN luck %% 3 > 0 THEN 60 * (1 + luck %% 8) END,
    person, %(admin)s, %(admin)s, begun, CASE status WHEN 'DONE' THEN begun + step * 2 / 3 END,
    CASE status WHEN 'OPEN' THEN begun ELSE begun + step * 2 / 3 END
FROM (
    SELECT *, 1 + luck %% %(kinds)s AS at, CASE
        WHEN n = %(each)s - 1 THEN 'IN_PROGRESS' WHEN luck %% 9 = 0 THEN 'OPEN' ELSE 'DONE' END AS status
    FROM (
        SELECT person, n, %(start)s + n * %(step)s AS begun, %(step)s::interval AS step,
            ('x' || substr(md5('task' || i || '/' || n), 1, 6))::bit(24)::int AS luck
        FROM unnest(%(people)s::bigint[]) WITH ORDINALITY AS p(person, i), generate_series(0, %(each)s - 1) AS n
    ) drawn
) tasks ORDER BY begun, person
"""
_COMMENTS = """
INSERT INTO tasks_comment (company_id, task_id, author_id, text, at)
SELECT company_id, id, assigned_to_id, (%(said)s::text[])[1 + id %% 4], changed_at
FROM tasks_task WHERE company_id = %(company)s AND status <> 'OPEN' AND id %% 3 = 0
"""
# Which task a person has on a day, for the statements of the year: one that was begun or finished.
OF_DAY = """SELECT t.id FROM tasks_task t
        WHERE t.company_id = %(company)s AND t.assigned_to_id = d.user_id AND t.status <> 'OPEN'
          AND t.created_at < day ORDER BY t.created_at DESC LIMIT 1"""


def write(admin: Acting, people: Sequence[int], start: datetime, end: datetime) -> None:
    """Tasks of these people over this time, in a company's scope, in the projects of the small demo."""
    kinds = [(name, hue, title) for name, hue, titles in PROJECTS for title in titles]
    with transaction.atomic(), connection.cursor() as cursor:
        made = {name: actions.make_project(acting=admin, name=name, hue=hue, now=start).pk for name, hue, _ in PROJECTS}
        values: dict[str, Any] = {
            "company": admin.company_id,
            "admin": admin.id,
            "people": list(people),
            "projects": [made[name] for name, _hue, _title in kinds],
            "titles": [title for _name, _hue, title in kinds],
            "details": list(DETAILS),
            "kinds": len(kinds),
            "each": EACH,
            "start": start,
            "step": (end - start) / EACH,
            "said": list(SAID),
        }
        cursor.execute(_TASKS, values)
        cursor.execute(_COMMENTS, values)
