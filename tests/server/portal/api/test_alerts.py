"""`/api/v1/alerts`: the same alerts as on the page, marked and put off; people reached, each with its own outcome."""

import html
from datetime import timedelta
from zoneinfo import ZoneInfo

from sundial.server.lib import clock
from tests.cast import Cast
from tests.server.alerts.plays import laptop, look_for, set_company, was_seen
from tests.server.portal.api.knock import ask, problem


def raise_one(cast: Cast) -> int:
    now = clock.now()
    was_seen(cast, laptop(cast), now - timedelta(days=3))
    (raised,) = look_for(cast, now - timedelta(hours=1), 3)
    return raised


def test_alerts_are_listed_marked_and_put_off(cast: Cast) -> None:
    alert = raise_one(cast)
    told = ask(cast.admin, "GET", "/alerts?state=open&rule=offline&search=employee").json()
    assert told["count"] == 1
    (item,) = told["items"]
    assert (item["id"], item["user_id"], item["unread"], item["person"]) == (
        alert,
        cast.employee.id,
        True,
        "Employee Player",
    )
    assert ask(cast.admin, "GET", "/alerts/unread").json() == {"unread": 1}
    assert ask(cast.admin, "POST", "/alerts/read", {"ids": [alert]}).json() == {"unread": 0}
    assert ask(cast.manager, "POST", "/alerts/read", {"ids": []}).json() == {"unread": 0}
    put_off = ask(cast.admin, "POST", f"/alerts/{alert}/snooze", {"hours": 24}).json()
    assert put_off["snoozed_until"] is not None
    assert ask(cast.admin, "GET", "/alerts?state=open").json()["count"] == 0
    assert problem(ask(cast.stranger, "POST", f"/alerts/{alert}/snooze", {"hours": 24})) == (404, "not_found")
    assert problem(ask(cast.admin, "POST", f"/alerts/{alert}/snooze", {"hours": 5})) == (422, "invalid")
    assert ask(cast.admin, "GET", "/alerts?page=9").json()["items"] == []
    assert problem(ask(cast.employee, "GET", "/alerts")) == (403, "forbidden")


def test_times_in_words_are_those_of_the_page(cast: Cast) -> None:
    set_company(cast, time_zone="Pacific/Kiritimati")
    before, alert, after = clock.now(), raise_one(cast), clock.now()
    there = [(one - timedelta(days=3)).astimezone(ZoneInfo("Pacific/Kiritimati")) for one in (before, after)]
    (item,) = ask(cast.admin, "GET", "/alerts").json()["items"]
    assert any(one.strftime("on %-d %B, %H:") in item["text"] for one in there)
    assert item["text"] in html.unescape(cast.admin.client.get("/alerts/").content.decode())
    assert ask(cast.admin, "POST", f"/alerts/{alert}/snooze", {"hours": 4}).json()["text"] == item["text"]


def test_people_are_reached_each_with_its_own_outcome(cast: Cast) -> None:
    both = {"user_ids": [cast.employee.id, cast.stranger.id, -5, 2**70]}
    told = {one["id"]: one["done"] for one in ask(cast.admin, "POST", "/alerts/notify", both).json()}
    assert told[cast.employee.id] is True
    assert sum(told.values()) == 1
    letter = {"user_ids": [cast.employee.id], "subject": "Hello", "words": "Is it on?"}
    (one,) = ask(cast.manager, "POST", "/alerts/contact", letter).json()
    assert one["done"]
    assert problem(ask(cast.admin, "POST", "/alerts/contact", {**letter, "subject": ""})) == (422, "invalid")
    assert problem(ask(cast.owner, "POST", "/alerts/notify", both)) == (403, "forbidden")
