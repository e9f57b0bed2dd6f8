"""The real agent on a real desktop obeys the owner's page, tells the truth, and nothing more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from sundial.run.postgres import Cluster
from tests.agent.ui.room import until
from tests.journeys.conftest import Platform, Visit
from tests.journeys.desktop import Server, Workplace, workplace
from tests.journeys.eavesdropper import Eavesdropper
from tests.journeys.test_policy import policy_path, save, set_interval

pytestmark = pytest.mark.journey

QUIET = {
    "screenshots_enabled": False,
    "screenshot_interval_seconds": 600,
    "website_tracking_enabled": False,
    "app_tracking_enabled": True,
    "enable_keyboard_tracking": False,
    "enable_mouse_tracking": False,
    "notification_interval_minutes": 0,
}
CANARY = "xq7canaryvbn9"


@pytest.fixture
def company(platform: Platform) -> dict[str, Any]:
    """The small company: nobody else's agent works there."""
    found: dict[str, Any] = platform.demo["companies"][1]
    return found


SignedIn = Callable[[dict[str, Any]], Server]


@pytest.fixture
def signed_in(platform: Platform) -> Iterator[SignedIn]:
    """The API as anyone; closed whatever becomes of the test."""
    with ExitStack() as stack:
        yield lambda account: stack.enter_context(closing(Server(platform, account)))


@pytest.fixture
def owner(platform: Platform, company: dict[str, Any], signed_in: SignedIn) -> Server:
    """The owner's API, with a policy there that asks for little."""
    server = signed_in(platform.demo["owner"])
    server.change_policy(company["id"], **QUIET)
    return server


def begin(desk: Workplace, person: Server) -> None:
    """Enrol, agree, start work."""
    desk.start_agent("--enrol", person.code())
    desk.wait(lambda shown: shown["question"], "the first question")
    desk.agree()
    desk.press("ctrl+s")
    desk.wait(lambda shown: shown["working"] == "yes", "work")


def moments(person: Server) -> list[datetime]:
    """When this person's pictures were taken, the newest first."""
    items = person.get("screenshots", user=person.user_id, page_size=50)["items"]
    return sorted((datetime.fromisoformat(item["taken_at"]) for item in items), reverse=True)


def said_at(desk: Workplace, what: str) -> datetime:
    """When the agent's log said this last."""
    line = next(line for line in reversed(desk.log().splitlines()) if what in line)
    return datetime.fromisoformat(line.split()[0])


@pytest.mark.timeout(600)  # three pictures at thirty seconds, and forty seconds of none
def test_an_owner_moves_the_slider_and_a_desktop_obeys(
    platform: Platform, visit: Visit, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    owner.change_policy(company["id"], screenshots_enabled=True)
    person = signed_in(company["employees"][0])
    with workplace(tmp_path, platform) as desk:
        begin(desk, person)
        desk.open_terminal("Ledger")
        page = visit(platform.demo["owner"], policy_path(platform, 1))
        set_interval(page, 30)
        save(page)
        desk.wait(
            lambda shown: "Screenshots every 30 seconds, quality 85 %" in shown["policy"]["lines"], "the new pace"
        )
        saved = owner.get(f"companies/{company['id']}/policy/versions")["items"][0]["saved_at"]
        later = (said_at(desk, "Config applied") - datetime.fromisoformat(saved)).total_seconds()
        assert -1 < later <= 2, "within a second; the log names whole ones"
        until(lambda: len(moments(person)) >= 3, "three pictures", 180.0)
        third, second, first = moments(person)[:3]
        for earlier, later in ((first, second), (second, third)):
            assert 20 <= (later - earlier).total_seconds() <= 45, "every 30 seconds, give or take"
        owner.change_policy(company["id"], screenshots_enabled=False)
        shown = desk.wait(lambda shown: "Screenshots disabled" in shown["policy"]["lines"], "screenshots off")
        off = datetime.fromisoformat(shown["as_of"])
        assert "screenshots" not in shown["recording"]
        desk.wait(lambda shown: (datetime.fromisoformat(shown["as_of"]) - off).total_seconds() > 40, "40 seconds")
        assert all(at <= off for at in moments(person)), "none from that moment"
        assert any("Settings updated" in title for title, _ in desk.room.notices())


def test_keys_are_counted_only_after_the_person_agreed_and_never_read(
    platform: Platform, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    person, admin = signed_in(company["employees"][1]), signed_in(company["admin"])
    with Eavesdropper(platform.base_url) as wire, workplace(tmp_path, platform, server=wire.url) as desk:
        begin(desk, person)
        desk.open_terminal("Ledger")
        owner.change_policy(company["id"], enable_keyboard_tracking=True)
        desk.wait(lambda shown: shown["question"] and shown["question"]["kinds"] == ["keyboard_counts"], "the question")
        desk.type(CANARY)
        desk.press("ctrl+p")
        desk.wait(lambda shown: shown["working"] == "paused" and not shown["queue"]["waiting"], "a pause, all sent")
        assert keys_of(platform, person) == 0, "nothing is counted before the person agreed"
        desk.agree()
        desk.press("ctrl+p")
        desk.wait(lambda shown: "keyboard_counts" in shown["recording"], "counting")
        desk.activate("Ledger")
        desk.type(CANARY)
        typed = datetime.fromisoformat(desk.status()["as_of"])
        # The probe tells its counts once a second.
        desk.wait(lambda shown: (datetime.fromisoformat(shown["as_of"]) - typed).total_seconds() > 3, "three seconds")
        desk.press("ctrl+t")
        desk.wait(lambda shown: shown["working"] == "no" and not shown["queue"]["waiting"], "the end, all sent")
        counted = keys_of(platform, person)
        assert len(CANARY) <= counted <= len(CANARY) + 12, "as many as were pressed, shortcuts included"
        stored = b"".join(path.read_bytes() for path in desk.profile.rglob("*") if path.is_file())
        for place, content in (
            ("store and log", stored),
            ("network", wire.heard()),
            ("database", everything(platform)),
        ):
            assert b"Ledger" in content or place == "store and log", f"the {place} was really read"
            assert CANARY.encode() not in content, f"what was typed stands in the {place}"
    entries = admin.get("audit", search="acknowledge", page_size=50)["items"]
    assert any("keyboard_counts" in str(entry) for entry in entries)


def test_before_the_person_agreed_nothing_leaves_the_desktop_but_that_work_began(
    platform: Platform, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    person = signed_in(company["employees"][2])
    with Eavesdropper(platform.base_url) as wire, workplace(tmp_path, platform, server=wire.url) as desk:
        desk.start_agent("--enrol", person.code())
        desk.wait(lambda shown: shown["question"], "the first question")
        desk.press("ctrl+s")
        desk.wait(lambda shown: shown["working"] == "yes", "work")
        desk.open_terminal("Unasked")
        desk.type("something private")
        desk.press("ctrl+t")
        desk.wait(lambda shown: shown["working"] == "no" and not shown["queue"]["waiting"], "the end, all sent")
        assert b'"kind":"session"' in wire.heard()
        stored = b"".join(path.read_bytes() for path in desk.profile.rglob("*") if path.is_file())
        for content in (stored, wire.heard()):
            assert b"Unasked" not in content
            assert b'"kind":"app"' not in content
            assert b'"kind":"input"' not in content


def test_an_admin_ends_a_session_and_the_agent_stops_and_says_who(
    platform: Platform, visit: Visit, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    person, admin = signed_in(company["employees"][0]), signed_in(company["admin"])
    with workplace(tmp_path, platform) as desk:
        begin(desk, person)
        desk.wait(lambda shown: not shown["queue"]["waiting"], "the start to be sent")
        (session,) = [one for one in admin.get("sessions", user=person.user_id)["items"] if not one["ended_at"]]
        admin.post(f"sessions/{session['id']}/end", {"reason": "Go home"})
        shown = desk.wait(lambda shown: shown["working"] == "no", "the end")
        assert "ended this work session. Go home" in shown["message"]
        ended = datetime.fromisoformat(admin.get(f"sessions/{session['id']}")["ended_at"])
        assert abs((said_at(desk, "Session ended") - ended).total_seconds()) <= 2, "within a second"
        page = visit(company["employees"][0], "/me/")
        expect(page.locator("main")).to_contain_text("Today")


def test_a_task_is_given_chosen_worked_on_and_done(
    platform: Platform, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    person, admin = signed_in(company["employees"][0]), signed_in(company["admin"])
    with workplace(tmp_path, platform) as desk:
        begin(desk, person)
        task = admin.post("tasks", {"title": "Count the stock", "assigned_to_id": person.user_id})
        desk.wait(lambda shown: task["id"] in [one["id"] for one in shown["tasks"]], "the task that was given")
        until(lambda: any("Count the stock" in text for _, text in desk.room.notices()), "the notice")
        for key in ("ctrl+k", "Home", "End"):  # the only one: the last in the list
            desk.press(key)
        desk.wait(lambda shown: shown["chosen"] and shown["chosen"]["id"] == task["id"], "the chosen task")
        worked_on = "SELECT count(*) FROM activity_mark WHERE user_id = %s AND task_id = %s"
        until(lambda: scalar(platform, worked_on, person.user_id, task["id"]), "the session to be told its task")
        desk.press("ctrl+d")
        desk.wait(lambda shown: not shown["chosen"], "the task to be done")
        until(lambda: admin.get(f"tasks/{task['id']}")["status"] == "DONE", "the admin to see that it is done")
        desk.press("ctrl+t")


def test_a_line_that_is_written_stands_on_the_day_page_and_an_emptied_one_does_not(
    platform: Platform, visit: Visit, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    person = signed_in(company["employees"][2])
    with workplace(tmp_path, platform) as desk:
        begin(desk, person)
        page = visit(company["employees"][2], "/me/")
        for key in ("ctrl+l", "z", "e", "b", "u", "Return"):
            desk.press(key)
        desk.wait(lambda shown: shown["task"] == "zebu", "the line in the window")
        day_page_tells(page, lambda text: "zebu" in text)
        for key in ("ctrl+l", "ctrl+a", "BackSpace", "Return"):
            desk.press(key)
        desk.wait(lambda shown: not shown["task"], "an empty line in the window")
        day_page_tells(page, lambda text: "zebu" not in text)
        desk.press("ctrl+t")


def test_two_computers_at_once_count_no_time_twice(
    platform: Platform, company: dict[str, Any], owner: Server, signed_in: SignedIn, tmp_path: Path
) -> None:
    person = signed_in(company["employees"][3])
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with workplace(tmp_path / "one", platform) as first, workplace(tmp_path / "two", platform) as second:
        begin(first, person)
        first.open_terminal("Here")
        begin(second, person)
        shown = first.wait(lambda shown: shown["working"] == "no", "the first computer to stop")
        assert shown["message"]
        second.open_terminal("There")
        second.press("ctrl+t")
        for desk in (first, second):
            desk.wait(lambda shown: not shown["queue"]["waiting"], "all sent")
        sessions = person.get("sessions", user=person.user_id)["items"]
        spans = sorted((one["started_at"], one["ended_at"]) for one in sessions)
        assert len(spans) == 2
        assert spans[0][1] <= spans[1][0], "one ended before the other began"


def day_page_tells(page: Page, true: Callable[[str], bool]) -> None:
    """Until the day's page, asked again, says so."""

    def says() -> bool:
        page.reload()
        return true(page.locator("main").inner_html())

    until(says, "the day's page")


def keys_of(platform: Platform, person: Server) -> int:
    """Key presses that the sums know of this person."""
    return int(scalar(platform, "SELECT coalesce(sum(keys), 0) FROM activity_usage WHERE user_id = %s", person.user_id))


def scalar(platform: Platform, query: str, *values: object) -> Any:
    with psycopg.connect(dsn_of(platform)) as connection:
        row = connection.execute(query, values).fetchone()
        assert row is not None
        return row[0]


def everything(platform: Platform) -> bytes:
    """Every row of every table, as text."""
    with psycopg.connect(dsn_of(platform)) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = []
        for table in tables:
            with connection.cursor().copy(f'COPY (SELECT t::text FROM "{table}" t) TO STDOUT') as rows:
                found += [bytes(row) for row in rows]
    return b"".join(found)


def dsn_of(platform: Platform) -> str:
    """As the owner of the tables: this test reads what no role of the program may."""
    return Cluster(platform.data / "pg").owner_dsn()
