"""People whose agents are silent are reached: on their computers, by real mail, not too often, and it is on record."""

import re
from email.message import Message

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from sundial.server.alerts import actions, jobs, queries
from sundial.server.alerts.rules.reaching import WINDOW, wait
from sundial.server.devices import queries as devices
from sundial.server.devices.models import Notice
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person
from tests.server.alerts.plays import DAY, MINUTE, is_here, laptop, orders, was_seen
from tests.server.alerts.post import PostOffice
from tests.server.devices.plays import audit, report


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def deliver(cast: Cast) -> None:
    """What the worker does with the messages that were ordered."""
    for order in orders("alerts.mail_words", cast.company.pk):
        jobs.mail_words(**order)


def text_of(mail: Message) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_who_is_notified_gets_a_notice_and_a_mail_and_it_stands_in_the_log(cast: Cast, post: PostOffice) -> None:
    device = laptop(cast)
    (outcome,) = actions.notify_people(acting=cast.admin.acting, user_ids=[cast.employee.id], now=cast.now)
    assert outcome.done
    assert "1 computer" in outcome.message
    notices, _more = devices.notices_after(cast.company.pk, device, 0)
    assert [(one.kind, "not heard of" in one.body["text"]) for one in notices] == [("message", True)]
    ((entry, personal, details),) = audit(cast.company.pk, "AGENT_NOTIFIED")
    assert (entry.target_id, personal.target, details["computers"]) == (cast.employee.id, cast.employee.email, 1)
    deliver(cast)
    (mail,) = post.received
    assert mail["To"] == cast.employee.email
    assert cast.admin.email in text_of(mail)
    (told,) = queries.history(cast.admin.acting).items
    assert told.mailed_at is not None
    deliver(cast)
    assert len(post.received) == 1, "a job that runs again does not write again"


def test_a_mail_in_one_s_own_words_goes_to_each_alone(cast: Cast, post: PostOffice) -> None:
    second = make_person(cast.admin, Role.EMPLOYEE, "second")
    people = [cast.employee.id, second.id]
    actions.contact_people(
        acting=cast.admin.acting, user_ids=people, subject="A\nquestion", words="Is it on?", now=cast.now
    )
    deliver(cast)
    assert sorted(mail["To"] for mail in post.received) == sorted([cast.employee.email, second.email])
    assert {mail["Subject"] for mail in post.received} == {"A question"}
    assert all("Is it on?" in text_of(mail) for mail in post.received)
    assert len(audit(cast.company.pk, "AGENT_CONTACTED")) == 2


def test_one_may_be_reached_once_an_hour_and_is_told_when_again(cast: Cast) -> None:
    def notify(minutes: int) -> tuple[bool, str]:
        (one,) = actions.notify_people(
            acting=cast.admin.acting, user_ids=[cast.employee.id], now=cast.now + minutes * MINUTE
        )
        return one.done, one.message

    assert notify(0)[0]
    assert notify(48) == (False, "Was reached lately already; again in 12 minutes.")
    assert notify(60)[0]
    assert len(audit(cast.company.pk, "AGENT_NOTIFIED")) == 2


@pytest.mark.parametrize(("minutes", "left"), [((), 0), ((50, 40), 0), ((59, 30, 1), 1), ((30, 20, 10), 30)])
def test_three_letters_an_hour(cast: Cast, minutes: tuple[int, ...], left: int) -> None:
    before = [cast.now - n * MINUTE for n in minutes]
    assert wait("contact", before, cast.now) == left * MINUTE
    assert WINDOW == 60 * MINUTE


def test_of_many_each_stands_alone(cast: Cast) -> None:
    outcomes = actions.notify_people(
        acting=cast.manager.acting, user_ids=[cast.employee.id, cast.stranger.id, cast.admin.id], now=cast.now
    )
    assert {one.id: one.done for one in outcomes} == {
        cast.employee.id: True,
        cast.stranger.id: False,
        cast.admin.id: False,
    }
    assert {one.message for one in outcomes if not one.done} == {"Not found."}


def test_who_may_not_and_what_does_not_fit(cast: Cast) -> None:
    for player in (cast.employee, cast.owner):
        with pytest.raises(NotAllowed):
            actions.notify_people(acting=player.acting, user_ids=[cast.employee.id], now=cast.now)
    with pytest.raises(Invalid) as refused:
        actions.contact_people(acting=cast.admin.acting, user_ids=[1], subject=" ", words="", now=cast.now)
    assert set(refused.value.fields) == {"subject", "words"}
    (one,) = actions.contact_people(
        acting=cast.admin.acting, user_ids=[cast.employee.id], subject="\x00Hello\ud800", words="a\x00b", now=cast.now
    )
    assert one.done, "what cannot be stored is left out"
    with pytest.raises(Invalid):
        actions.notify_people(acting=cast.admin.acting, user_ids=range(1, 300), now=cast.now)


def test_a_mail_server_that_refuses_loses_nothing_and_shows(cast: Cast, post: PostOffice) -> None:
    post.refuses = True
    actions.notify_people(acting=cast.admin.acting, user_ids=[cast.employee.id], now=cast.now)
    with pytest.raises(OSError, match="not today"):
        deliver(cast)
    html = page(cast.admin, "/agent-sync-status/history/")
    assert "Waiting" in html
    assert "not today" in html
    post.refuses = False
    deliver(cast)
    assert len(post.received) == 1
    assert "Waiting" not in page(cast.admin, "/agent-sync-status/history/")


def test_a_mail_server_that_is_not_there_is_tried_again(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    actions.notify_people(acting=cast.admin.acting, user_ids=[cast.employee.id], now=cast.now)
    with pytest.raises(OSError):
        deliver(cast)
    (told,) = queries.history(cast.admin.acting).items
    assert told.problem
    assert jobs.mail_words.retry_strategy is jobs.AGAIN
    waits = [n * 60 for n in range(1, 120)]
    assert sum(waits) > 4 * 24 * 3600, "days, not hours"


# -- the page ------------------------------------------------------------------------------------


def test_the_page_counts_and_narrows(cast: Cast) -> None:
    now = clock.now()
    here, gone = (make_person(cast.admin, Role.EMPLOYEE, name) for name in ("here", "gone"))
    is_here(cast, laptop(cast, here), now)
    away = laptop(cast, gone)
    was_seen(cast, away, now - DAY, app_version="0.0.9", state="rejected")
    html = page(cast.admin, "/agent-sync-status/")
    counts = dict(re.findall(r'data-stat="(\w+)".*?data-value>(\d+)<', html, re.S))
    assert counts == {"online": "1", "offline": "1", "never_synced": "1", "rejected": "0", "outdated": "1"}
    assert html.index(cast.employee.email) < html.index(gone.email) < html.index(here.email), "longest unheard first"
    for state, only in (("online", here), ("offline", gone), ("never_synced", cast.employee), ("outdated", gone)):
        narrowed = page(cast.admin, f"/agent-sync-status/?state={state}")
        assert narrowed.count("data-key=") == 1
        assert only.email in narrowed
    assert page(cast.admin, f"/agent-sync-status/?search={gone.email}").count("data-key=") == 1
    assert "Nobody fits" in page(cast.admin, "/agent-sync-status/?search=zzzz")
    assert page(cast.manager, "/agent-sync-status/").count("data-key=") == 1, "their own people"


def test_who_refused_the_policy_in_force_is_counted(cast: Cast) -> None:
    device = laptop(cast)
    with acting_for(cast.company.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT etag FROM tracking_policy_head WHERE company_id = %s", [cast.company.pk])
        etag = cursor.fetchone()[0]
    report(cast.company.pk, device, state="rejected", policy_etag=etag, policy_version=1)
    assert page(cast.admin, "/agent-sync-status/?state=rejected").count("data-key=") == 1
    report(cast.company.pk, device, policy_etag="an older one")
    assert page(cast.admin, "/agent-sync-status/?state=rejected").count("data-key=") == 0


def test_the_page_takes_the_same_number_of_queries_however_long(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - DAY)
    page(cast.admin, "/agent-sync-status/")
    with CaptureQueriesContext(connection) as one:
        page(cast.admin, "/agent-sync-status/")
    for n in range(3):
        laptop(cast, make_person(cast.admin, Role.EMPLOYEE, f"more{n}"))
    with CaptureQueriesContext(connection) as many:
        page(cast.admin, "/agent-sync-status/")
    assert len(many) == len(one)


def test_one_or_many_are_notified_from_the_page(cast: Cast) -> None:
    answer = cast.admin.client.post("/agent-sync-status/notify/", {"ids": [cast.employee.id, cast.manager.id]})
    assert "2 of 2 reached" in answer.content.decode()
    answer = cast.admin.client.post("/agent-sync-status/notify/", {"only": cast.employee.id, "ids": [cast.manager.id]})
    assert "0 of 1 reached" in answer.content.decode()
    assert cast.admin.client.post("/agent-sync-status/notify/").status_code == 422
    with acting_for(cast.company.pk), transaction.atomic():
        assert not Notice.objects.filter(kind="message").exists(), "neither has a computer"


def test_a_letter_is_written_on_the_page_and_kept_when_it_does_not_fit(cast: Cast) -> None:
    path = f"/agent-sync-status/contact/?ids={cast.employee.id}"
    assert "Write to Employee Player" in page(cast.admin, path)
    said = {"ids": cast.employee.id, "subject": "", "words": "I kept this"}
    answer = cast.admin.client.post("/agent-sync-status/contact/", said)
    assert answer.status_code == 422
    assert "I kept this" in answer.content.decode()
    answer = cast.admin.client.post("/agent-sync-status/contact/", {**said, "subject": "Now"})
    assert "1 of 1 reached" in answer.content.decode()
    assert "Now" in page(cast.admin, "/agent-sync-status/history/?search=now&kind=contact")
    assert "Nothing fits" in page(cast.admin, "/agent-sync-status/history/?kind=notify")
    assert "Nothing was sent yet" in page(cast.stranger, "/agent-sync-status/history/")
    assert cast.stranger.client.get(path).status_code == 404


def test_those_who_were_ticked_are_written_to_by_an_address_that_names_them_and_nothing_else(cast: Cast) -> None:
    ticked = {"ids": [cast.employee.id, cast.manager.id], "do": "contact", "csrfmiddlewaretoken": "secret"}
    answer = cast.admin.client.post("/agent-sync-status/notify/", ticked)
    assert answer["Location"] == f"/agent-sync-status/contact/?ids={cast.employee.id}&ids={cast.manager.id}"
    assert "Write to 2 people" in page(cast.admin, answer["Location"])


def test_lists_can_be_taken_away(cast: Cast) -> None:
    actions.notify_people(acting=cast.admin.acting, user_ids=[cast.employee.id], now=cast.now)
    for path in ("/agent-sync-status/?format=csv", "/agent-sync-status/history/?format=csv"):
        lines = b"".join(cast.admin.client.get(path)).decode().splitlines()
        assert len(lines) == 2, path
