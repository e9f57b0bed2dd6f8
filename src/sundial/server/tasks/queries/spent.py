"""How long people worked on tasks and projects."""

from collections import defaultdict
from collections.abc import Iterable

from sundial.server.activity.queries.task_time import task_time
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.tasks.queries.visible import visible
from sundial.server.tasks.types import Spent


def worked_on(acting: Acting, task_ids: Iterable[int]) -> dict[int, int]:
    """Milliseconds by task, of all whom the reader may see."""
    return {task_id: sum(people.values()) for task_id, people in task_time(acting, task_ids).items()}


def spent_on(acting: Acting, task_ids: Iterable[int]) -> list[Spent]:
    """Who worked how long on these tasks together, longest first."""
    sums: dict[int, int] = defaultdict(int)
    for people in task_time(acting, task_ids).values():
        for user_id, ms in people.items():
            sums[user_id] += ms
    names = companies.names_of(sums)
    found = [Spent(user_id, names[user_id].name if user_id in names else "", ms) for user_id, ms in sums.items()]
    return sorted(found, key=lambda one: (-one.ms, one.user_id))


def worked_on_projects(acting: Acting, project_ids: Iterable[int]) -> dict[int, int]:
    """Milliseconds by project, of the tasks and people whom the reader may see."""
    rows = visible(acting).filter(project_id__in=list(project_ids)).order_by()
    project_of = {task_id: project_id or 0 for task_id, project_id in rows.values_list("id", "project_id")}
    sums: dict[int, int] = defaultdict(int)
    for task_id, ms in worked_on(acting, rows.values_list("id", flat=True)).items():
        sums[project_of[task_id]] += ms
    return dict(sums)


def time_by_task(acting: Acting, project_id: int) -> list[tuple[str, str, int]]:
    """Task, person and milliseconds of everything that was worked on a project, task by task."""
    titles = dict(visible(acting).filter(project_id=project_id).order_by("id").values_list("id", "title"))
    time = task_time(acting, titles)
    names = companies.names_of({user_id for people in time.values() for user_id in people})
    return [
        (title, names[user_id].name if user_id in names else "", ms)
        for task_id, title in titles.items()
        for user_id, ms in sorted(time.get(task_id, {}).items())
    ]
