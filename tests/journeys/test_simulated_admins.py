"""`sundial simulate --admins`: a true load of the console, of which nothing stays."""

import asyncio
import re
from contextlib import closing, suppress
from typing import Any

import pytest

from sundial.run.simulated_admins import Admin, simulate_admins
from tests.journeys.acts import Api
from tests.journeys.beside import Beside
from tests.journeys.conftest import Platform

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

ADMINS = 2
ROUND = 12  # acts: a person six times, a file five times, the rule of another
WITHIN_S = 100.0
DONE = {
    "EMPLOYEE_EDITED", "ATTRIBUTE_ADDED", "FILE_UPLOADED", "FILE_RULE_CHANGED", "FILE_RULE_REMOVED", "FILE_BINNED",
    "FILE_RESTORED", "FILE_DELETED",
}  # fmt: skip


def standing(api: Api) -> dict[str, list[tuple[str, ...]]]:
    """People, attributes and files as they are."""
    fields = {
        "users": ("email", "last_name", "role", "attributes"),
        "attributes": ("name",),
        "files": ("name", "policy"),
    }
    pages = {name: api.ask("GET", f"/{name}?page_size=100")["items"] for name in fields}
    return {name: sorted(tuple(str(one[f]) for f in fields[name]) for one in items) for name, items in pages.items()}


async def work(base_url: str, admins: list[Admin]) -> str:
    """Let them work until each has done a round and more, then stop them in the middle; what the last line said."""
    lines: list[str] = []
    news = asyncio.Event()

    def write(line: str) -> None:
        lines.append(line)
        news.set()

    def done() -> int:
        found = re.search(r"([0-9]+) acts", lines[-1] if lines else "")
        return int(found.group(1)) if found else 0

    working = asyncio.ensure_future(simulate_admins(base_url, admins, write=write))
    async with asyncio.timeout(WITHIN_S):
        while done() < ADMINS * (ROUND + 3):
            news.clear()
            await news.wait()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    return lines[-1]


def test_administrators_do_and_undo_people_files_and_rules_and_their_consoles_tell_it(platform: Platform) -> None:
    firm: dict[str, Any] = platform.demo["companies"][0]
    people = firm["employees"][-ADMINS:]
    admins = [Admin(firm["admin"]["email"], firm["admin"]["password"], one["id"]) for one in people]
    with closing(Api(platform.base_url, firm["admin"])) as api, Beside() as beside:
        before = standing(api)
        line = beside.run(work(platform.base_url, admins))
        assert re.fullmatch(r"2 admins · [0-9]+ acts · seen by the console p50 [0-9]+ ms, p99 [0-9]+ ms", line), line
        assert standing(api) == before
        log = api.ask("GET", "/audit?page_size=100")["items"]
    assert {entry["action_type"] for entry in log} >= DONE
