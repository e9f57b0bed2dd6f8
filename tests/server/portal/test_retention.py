"""The page that says how long data is kept and what goes when; a shorter time is confirmed first."""

from datetime import timedelta

from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from tests.cast import Cast
from tests.server.activity.test_keeping import keep, pictured, worked

PAGE = "/settings/retention/"


def test_the_page_says_what_goes_in_the_nights_to_come(cast: Cast) -> None:
    worked(cast, 40)
    pictured(cast, 31)
    keep(cast, screenshots=30, activity=38)
    html = cast.admin.client.get(PAGE).content.decode()
    assert (clock.now().date() - timedelta(days=30)).strftime("before %-d %b %Y") in " ".join(html.split())
    assert html.count("kept") >= 7, "sums stay for ever"


def test_a_shorter_time_is_saved_only_once_it_is_confirmed(cast: Cast) -> None:
    pictured(cast, 31)
    asked = cast.admin.client.post(PAGE, {"screenshots": "30"})
    assert asked.status_code == 200
    assert "Nothing is saved yet" in asked.content.decode()
    assert companies.company(cast.company.pk).retention == {}
    assert cast.admin.client.post(PAGE, {"screenshots": "30", "confirmed": "1"}).status_code == 302
    assert companies.company(cast.company.pk).retention == {"screenshots": 30}


def test_a_longer_time_needs_no_confirmation(cast: Cast) -> None:
    assert cast.admin.client.post(PAGE, {"screenshots": "90", "activity": "", "sums": ""}).status_code == 302


def test_what_does_not_fit_is_said_beside_its_field(cast: Cast) -> None:
    answer = cast.admin.client.post(PAGE, {"screenshots": "0", "activity": "many"})
    assert answer.status_code == 422
    assert companies.company(cast.company.pk).retention == {}


def test_more_than_the_rules_allow_is_refused_in_words(cast: Cast) -> None:
    answer = cast.admin.client.post(PAGE, {"screenshots": "99999"})
    assert answer.status_code == 422
    assert "1 to 3650" in answer.content.decode()
