"""Ask the doors, open the windows, print, judge."""

import json
import os
import time
from collections.abc import Mapping

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import machine
from bench.many import stage, windows
from bench.pages.addresses import Place
from bench.pages.measure import ask, processor_time
from sundial.server.companies import queries as companies
from sundial.server.config import database
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.vault.queries.facts import facts_of_many

TASK_MS, LOOK_MS, LIST_MS = 200, 300, 150
MOST_ROWS = 100
_TIMES = 3
_STEPS = 200  # from row to row
Figures = windows.Figures


def run(base_url: str, people: int, changed: int, files: int) -> bool:
    """Whether all promises hold; prints what was measured."""
    connection.settings_dict.update(database.settings_from(os.environ["DATABASE_URL"], pool_size=0))
    connection.settings_dict["CONN_MAX_AGE"] = None  # one process of PostgreSQL, whose time can be read
    made = stage.make(people, changed, files)
    admin, employee = stage.signed_in(made, made.admin_id), stage.signed_in(made, made.employee_id)
    doors = {
        "who could open this": _look(admin),
        "facts of everybody": _facts(made),
        "/console/people/": _asked(admin, "/console/people/"),
        "/console/rules/": _asked(admin, "/console/rules/"),
        "/vault/ of an employee": _asked(employee, "/vault/"),
        "/vault/ of an employee, last page": _asked(employee, "/vault/?page=999999"),
    }
    heads = ("door", "cpu ms", "ms", "queries", "kB")
    machine.table("Doors", heads, [(name, *map(round, one.values())) for name, one in doors.items()])
    seen = _windows(base_url, admin.cookies["sessionid"].value, people, changed, files)
    for name, figures in seen.items():
        print(f"\n{name}")
        for what, figure in figures.items():
            print(f"  {figure:10,.0f}  {what}")
    print(f"\nload of the machine: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    machine.save("many", {"people": people, "changed": changed, "files": files, "doors": doors, "windows": seen})
    return _verdict(doors, seen, changed)


def _windows(base_url: str, session: str, people: int, changed: int, files: int) -> dict[str, Figures]:
    with windows.browser() as chromium:
        first = windows.visit(chromium, base_url, session, "/console/")
        found = {"people": windows.opened(first, people + 1)}
        found["people, by the keyboard"] = windows.walked(first, _STEPS)
        found["people, filtered"] = windows.filtered(first, "@north.", changed)
        rules = windows.visit(chromium, base_url, session, "/console/?tab=rules")
        found["file rules"] = windows.opened(rules, files)
        found["file rules, filtered"] = windows.filtered(rules, "plan 0000", min(files, 10))
        rules.close()
        second = windows.visit(chromium, base_url, session, "/console/")
        windows.opened(second, people + 1)
        return found | windows.changed(first, second)


def _asked(client: Client, path: str) -> Figures:
    one = ask(client, Place("", path), _TIMES)
    assert one.status == 200, (path, one.status)
    return {"cpu ms": one.cpu, "ms": one.wall, "queries": one.queries, "kB": one.size / 1000}


def _look(client: Client) -> Figures:
    """The door that the rule builder asks as somebody writes."""
    body = json.dumps({"text": f"{stage.ATTRIBUTE} or role = employee and time >= 09:00"})
    client.post("/vault/rules/look/", body, content_type="application/json")
    with CaptureQueriesContext(connection) as seen:
        wall, cpu = time.perf_counter(), processor_time()
        answer = client.post("/vault/rules/look/", body, content_type="application/json")
        took = {"cpu ms": (processor_time() - cpu) * 1e3, "ms": (time.perf_counter() - wall) * 1e3}
    assert answer.status_code == 200, answer.content
    return {**took, "queries": len(seen), "kB": len(answer.content) / 1000}


def _facts(made: stage.Stage) -> Figures:
    """What rules may know of each, for all at once."""
    with acting_for(made.company_id), transaction.atomic(), CaptureQueriesContext(connection) as seen:
        ids = [row.user_id for row in companies.active_people()]
        asked, wall, cpu = len(seen), time.perf_counter(), processor_time()
        facts_of_many(ids, now=clock.now())
        took = {"cpu ms": (processor_time() - cpu) * 1e3, "ms": (time.perf_counter() - wall) * 1e3}
    return {**took, "queries": len(seen) - asked, "kB": 0}


def _verdict(doors: Mapping[str, Figures], seen: Mapping[str, Figures], changed: int) -> bool:
    tasks = [figure for one in seen.values() for what, figure in one.items() if what.startswith("longest task")]
    lists = [doors[name]["cpu ms"] for name in doors if name.startswith("/vault/")]
    return machine.verdict(
        {
            f"{changed} are changed by one request, and brought back": all(
                seen[name]["people"] == changed for name in ("changed", "undone")
            ),
            f"no window is busy with itself for more than {TASK_MS} ms": max(tasks) <= TASK_MS,
            f"fewer than {MOST_ROWS} rows are drawn": max(seen[name]["rows drawn"] for name in ("people", "file rules"))
            < MOST_ROWS,
            f"the keyboard walks {_STEPS} rows": seen["people, by the keyboard"]["rows walked"] == _STEPS,
            f"who could open this takes at most {LOOK_MS} ms": doors["who could open this"]["cpu ms"] <= LOOK_MS,
            f"the list of files takes at most {LIST_MS} ms": max(lists) <= LIST_MS,
        }
    )
