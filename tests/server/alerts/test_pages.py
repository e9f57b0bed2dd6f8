"""The pages of alerts: what each role reads there, and what they may do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.alerts import queries
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from tests.cast import Cast, Player, make_person
from tests.server.alerts.plays import DAY, HOUR, laptop, look_for, shown, was_seen


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def raise_one(cast: Cast, player: Player | None = None) -> int:
    now = clock.now()
    device = laptop(cast, player)
    was_seen(cast, device, now - 3 * DAY)
    (raised,) = look_for(cast, now - HOUR, 3)
    return raised


def test_the_list_says_what_is_wrong_and_the_bell_how_many(cast: Cast) -> None:
    assert "Nothing to look into" in page(cast.admin, "/alerts/")
    raise_one(cast)
    html = page(cast.admin, "/alerts/")
    assert "Agent offline" in html
    assert "Employee Player&#x27;s agent was last heard of on" in html
    assert 'aria-label="1 alert"' in page(cast.admin, "/dashboard/")
    assert page(cast.admin, "/alerts/unread/") == '{"unread": 1, "label": "1 alert"}'
    assert "No alert fits" in page(cast.admin, "/alerts/?state=resolved")
    assert "Agent offline" in page(cast.admin, "/alerts/?search=employee&rule=offline&state=unread")


def test_reading_is_ones_own(cast: Cast) -> None:
    alert = raise_one(cast)
    assert cast.admin.client.post("/alerts/read/", {"ids": [alert]}).status_code == 302
    now = clock.now()
    assert queries.unread_count(cast.admin.acting, now=now) == 0
    assert queries.unread_count(cast.manager.acting, now=now) == 1
    cast.manager.client.post("/alerts/read/", {"all": "1"})
    assert queries.unread_count(cast.manager.acting, now=now) == 0


def test_put_off_it_waits_and_comes_back(cast: Cast) -> None:
    alert = raise_one(cast)
    cast.admin.client.post(f"/alerts/{alert}/snooze/", {"hours": "24"})
    now = clock.now()
    assert not shown(cast.admin, now, "open")
    assert queries.unread_count(cast.admin.acting, now=now) == 0
    assert [row.id for row in shown(cast.admin, now, "snoozed")] == [alert]
    assert [row.id for row in shown(cast.admin, now + DAY + HOUR, "open")] == [alert]
    cast.admin.client.post(f"/alerts/{alert}/snooze/", {"hours": "0", "next": "/alerts/?state=open"})
    assert shown(cast.admin, clock.now(), "open")
    assert cast.admin.client.post(f"/alerts/{alert}/snooze/", {"hours": "9"}).status_code == 422
    assert cast.stranger.client.post(f"/alerts/{alert}/snooze/", {"hours": "24"}).status_code == 404


def test_nobody_is_led_away_by_where_they_came_from(cast: Cast) -> None:
    answer = cast.admin.client.post("/alerts/read/", {"next": "https://evil.test/alerts/"})
    assert answer["Location"] == "/alerts/"


def test_a_manager_reads_what_is_about_their_people(cast: Cast) -> None:
    raise_one(cast)
    other = make_person(cast.admin, Role.EMPLOYEE, "elsewhere")
    raise_one(cast, other)
    assert page(cast.admin, "/alerts/").count("data-key=") == 2
    assert page(cast.manager, "/alerts/").count("data-key=") == 1
    assert cast.employee.client.get("/alerts/").status_code == 403
    assert "Nothing to look into" in page(cast.stranger, "/alerts/")


def test_the_list_takes_the_same_number_of_queries_however_long(cast: Cast) -> None:
    raise_one(cast)
    page(cast.admin, "/alerts/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        page(cast.admin, "/alerts/")
    for n in range(3):
        raise_one(cast, make_person(cast.admin, Role.EMPLOYEE, f"more{n}"))
    with CaptureQueriesContext(connection) as many:
        page(cast.admin, "/alerts/")
    assert len(many) == len(one)


def test_the_list_can_be_taken_away(cast: Cast) -> None:
    raise_one(cast)
    lines = b"".join(cast.admin.client.get("/alerts/?format=csv")).decode().splitlines()
    assert len(lines) == 2
    assert "Agent offline" in lines[1]


def test_an_administrator_says_what_is_raised_and_it_is_audited(cast: Cast) -> None:
    assert 'value="60"' in page(cast.admin, "/alerts/settings/")
    said = {"offline_minutes": "30", "never_synced_days": "3", "silent_minutes": "45", "on": ["offline", "seats"]}
    assert cast.admin.client.post("/alerts/settings/", said).status_code == 302
    wanted = queries.thresholds(cast.company.pk)
    assert (wanted.offline_minutes, wanted.never_synced_days, wanted.silent_minutes) == (30, 3, 45)
    assert "offline" not in wanted.off
    assert "silent" in wanted.off
    html = page(cast.admin, "/audit-logs/?action_type=SETTINGS_CHANGED")
    assert "When alerts are raised was changed" in html
    assert cast.admin.client.post("/alerts/settings/", {**said, "silent_minutes": "1"}).status_code == 422
    assert cast.manager.client.get("/alerts/settings/").status_code == 403


@pytest.mark.parametrize("caller", ["admin", "manager", "owner"])
def test_everyone_chooses_when_to_be_written_to(cast: Cast, caller: str) -> None:
    player: Player = getattr(cast, caller)
    player.client.post("/alerts/mails/", {"mails": "never"})
    company_id = queries.company_of(player.acting)
    assert queries.mails_of(company_id, player.id, player.acting.role) == "never"
    player.client.post("/alerts/mails/", {"mails": "hourly"})
    assert queries.mails_of(company_id, player.id, player.acting.role) == "never"
