"""A sign-in from a new place is told to the person and to those who look after them, without the whole address."""

from django.test import Client

from sundial.server.alerts import actions, jobs
from sundial.server.alerts.types import PLACE_MAIL, Rule, State, Thresholds
from sundial.server.lib import clock
from tests.cast import Cast, Player
from tests.server.alerts.plays import DAY, MINUTE, look, orders, shown
from tests.server.alerts.post import PostOffice

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def sign_in(player: Player, ip: str, agent: str) -> None:
    said = {"email": player.email, "password": player.password}
    answer = Client().post("/login/", said, headers={"User-Agent": agent}, REMOTE_ADDR=ip)
    assert answer.status_code == 302


def test_the_first_place_is_no_news_and_the_second_is(cast: Cast, post: PostOffice) -> None:
    sign_in(cast.employee, "203.0.113.7", FIREFOX)
    sign_in(cast.employee, "203.0.113.99", FIREFOX.replace("128", "131"))
    assert shown(cast.admin, clock.now()) == [], "the same network and browser"
    sign_in(cast.employee, "198.51.100.23", CHROME)
    (row,) = shown(cast.admin, clock.now())
    assert (row.rule, row.person, row.unread) == (Rule.NEW_PLACE, "Employee Player", True)
    assert "Chrome on Windows from the network 198.51.100.x" in row.text
    assert "198.51.100.23" not in cast.admin.client.get("/alerts/").content.decode()
    (order,) = orders(PLACE_MAIL, cast.company.pk)
    assert "198.51.100.23" not in str(order)
    jobs.mail_new_place(**order)
    (mail,) = post.received
    assert mail["To"] == cast.employee.email
    assert b"198.51.100.x" in (mail.get_payload(decode=True) or b"")
    sign_in(cast.employee, "198.51.100.23", CHROME)
    assert len(shown(cast.admin, clock.now())) == 1, "known by now"


def test_where_it_is_not_wanted_the_person_is_told_all_the_same(cast: Cast) -> None:
    actions.change_thresholds(
        acting=cast.admin.acting, wanted=Thresholds(off=frozenset({"new_place"})), now=clock.now()
    )
    for ip in ("203.0.113.7", "198.51.100.23"):
        sign_in(cast.employee, ip, FIREFOX)
    assert shown(cast.admin, clock.now()) == []
    assert len(orders(PLACE_MAIL, cast.company.pk)) == 1


def test_it_goes_after_a_week(cast: Cast) -> None:
    sign_in(cast.employee, "203.0.113.7", FIREFOX)
    sign_in(cast.employee, "198.51.100.23", FIREFOX)
    look(cast, clock.now() + 6 * DAY)
    assert shown(cast.admin, clock.now(), "open", "new_place")
    look(cast, clock.now() + 7 * DAY + MINUTE)
    (row,) = shown(cast.admin, clock.now(), "resolved", "new_place")
    assert row.state is State.RESOLVED


def test_the_api_is_a_door_too_and_an_owner_is_told_by_mail_alone(cast: Cast) -> None:
    for agent in (FIREFOX, "classic-agent/1.0"):
        said = {"email": cast.manager.email, "password": cast.manager.password}
        answer = Client().post("/api/login", said, content_type="application/json", headers={"User-Agent": agent})
        assert answer.status_code == 200
    (row,) = shown(cast.admin, clock.now())
    assert "another program" in row.text
    before = len(orders(PLACE_MAIL, 0))
    for ip in ("203.0.113.7", "198.51.100.23"):
        sign_in(cast.owner, ip, FIREFOX)
    assert len(orders(PLACE_MAIL, 0)) == before + 1
    assert all(row.rule is not Rule.NEW_PLACE for row in shown(cast.owner, clock.now()))


def test_where_nothing_is_known_of_the_address_nothing_is_kept(cast: Cast) -> None:
    acting = cast.employee.acting
    for ip in (None, "unknown"):
        actions.note_place(acting=type(acting)(**{**vars(acting), "ip": ip}), agent=FIREFOX, now=clock.now())
    sign_in(cast.employee, "203.0.113.7", FIREFOX)
    assert shown(cast.admin, clock.now()) == []
