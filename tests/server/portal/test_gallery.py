"""The gallery: a day at a time, and several pictures deleted at once, each for itself."""

from datetime import timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import queries
from sundial.server.activity.models import Screenshot
from sundial.server.activity.types import PictureState
from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.activity.test_keeping import pictured
from tests.server.devices.plays import audit

DELETE = "/screenshots/delete/"


def states(cast: Cast, *ids: int) -> list[str]:
    with acting_for(cast.company.pk), transaction.atomic():
        known = dict(Screenshot.objects.filter(id__in=ids).values_list("id", "state"))
    return [known[one] for one in ids]


def gallery(player: Player, asked: str = "") -> str:
    answer = player.client.get(f"/screenshots/{asked}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_day_shows_its_own_pictures_and_leads_to_its_neighbours(cast: Cast) -> None:
    old, young = pictured(cast, 3), pictured(cast, 2)
    day = clock.now().date() - timedelta(days=3)
    html = gallery(cast.admin, f"?date={day}&person={cast.employee.id}")
    assert f"/screenshots/{old}/" in html
    assert f"/screenshots/{young}/" not in html
    for neighbour in (day - timedelta(days=1), day + timedelta(days=1)):
        assert f'href="?date={neighbour}&amp;person={cast.employee.id}"' in html


def test_no_day_lies_ahead_of_today(cast: Cast) -> None:
    html = gallery(cast.admin, f"?date={clock.now().date()}")
    assert 'data-day="previous"' in html
    assert 'data-day="next"' not in html


def test_several_pictures_are_deleted_once_it_is_confirmed(cast: Cast) -> None:
    ids = [pictured(cast, 1), pictured(cast, 1)]
    asked = cast.admin.client.post(DELETE, {"ids": ids, "next": "/screenshots/?page=1"})
    assert "Delete 2 pictures?" in asked.content.decode()
    assert states(cast, *ids) == [PictureState.READY] * 2
    done = cast.admin.client.post(DELETE, {"ids": ids, "how": "alone", "next": "/screenshots/?page=1"}, follow=True)
    assert done.redirect_chain == [("/screenshots/?page=1", 302)]
    assert "2 pictures were erased." in done.content.decode()
    assert states(cast, *ids) == [PictureState.DELETED] * 2
    assert len(audit(cast.company.pk, "SCREENSHOT_DELETED")) == 2


def test_what_may_not_be_deleted_stays_and_says_why_and_the_rest_goes(cast: Cast) -> None:
    own, foreign = pictured(cast, 1, cast.manager), pictured(cast, 1)
    done = cast.manager.client.post(DELETE, {"ids": [own, foreign, 999999999], "how": "alone"}, follow=True)
    assert "1 picture was erased." in done.content.decode()
    assert "1 stayed: Only the person it shows" in done.content.decode()
    assert states(cast, own, foreign) == [PictureState.DELETED, PictureState.READY]


def test_a_stranger_s_ticks_name_nothing(cast: Cast) -> None:
    one = pictured(cast, 1)
    cast.stranger.client.post(DELETE, {"ids": [one, "x", "-1"], "how": "alone"})
    assert states(cast, one) == [PictureState.READY]


def test_where_the_company_says_so_people_ask_an_administrator(cast: Cast) -> None:
    one = pictured(cast, 1)
    assert DELETE in gallery(cast.employee)
    with acting_for(cast.company.pk):
        companies.change_ways(acting=cast.admin.acting, changes={"people_delete_screenshots": False}, now=clock.now())
    assert DELETE not in gallery(cast.employee)
    assert cast.employee.client.post(f"/screenshots/{one}/delete/").status_code == 403
    assert states(cast, one) == [PictureState.READY]
    assert 'name="ids"' in gallery(cast.admin)


def test_no_address_of_elsewhere_is_gone_back_to(cast: Cast) -> None:
    done = cast.admin.client.post(DELETE, {"ids": ["1"], "next": "https://elsewhere.example/"})
    assert done["Location"] == "/screenshots/"


def test_a_full_page_asks_the_database_no_more_often_than_one_picture(cast: Cast) -> None:
    pictured(cast, 1)
    gallery(cast.employee)
    with CaptureQueriesContext(connection) as one:
        gallery(cast.employee)
    for days_ago in (1, 2, 3):
        pictured(cast, days_ago)
    with CaptureQueriesContext(connection) as many:
        gallery(cast.employee)
    assert len(many) == len(one)


def test_a_list_beyond_what_is_counted_says_that_there_is_more(cast: Cast) -> None:
    for days_ago in (1, 2, 3):
        pictured(cast, days_ago)
    whole = queries.screenshots(cast.admin.acting)
    cut = queries.screenshots(cast.admin.acting, page=9, page_size=1, count_at_most=2)
    assert (cut.count, cut.page, cut.capped) == (2, 2, True)
    assert cut.items == whole.items[1:2]
    exact = queries.screenshots(cast.admin.acting, count_at_most=whole.count)
    assert (exact.count, exact.capped, whole.capped) == (whole.count, False, False)
