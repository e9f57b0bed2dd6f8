"""Mails about alerts: at once or once a day, as each reader wants; nothing is lost while the mail server is away."""

from datetime import datetime, timedelta
from email.message import Message
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from sundial.server.alerts import actions, jobs, queries
from sundial.server.alerts.types import DIGEST_MAIL, RAISED_MAIL, Mails, PlatformMeasured, Rule
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from tests.cast import Cast, make_person
from tests.server.alerts.plays import (
    DAY,
    HOUR,
    MINUTE,
    laptop,
    look,
    look_at_platform,
    look_for,
    orders,
    set_company,
    settle,
    shown,
    was_seen,
)
from tests.server.alerts.post import PostOffice


def text_of(mail: Message) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def stuck_mail(company_id: int, *, status: str = "todo", attempts: int = 2) -> None:
    """A mail that was tried and has not left, as procrastinate keeps it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
            "VALUES ('default', 'alerts.mail_digest', jsonb_build_object('company_id', %s, 'user_id', 0), "
            "%s::procrastinate_job_status, %s)",
            [company_id, status, attempts],
        )


def mails_leave(company_id: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'company_id' = %s AND attempts > 0", [str(company_id)]
        )


def test_who_wants_it_at_once_gets_one_mail_however_much_was_raised(cast: Cast, post: PostOffice) -> None:
    actions.choose_mails(acting=cast.admin.acting, mails=Mails.AT_ONCE)
    second = make_person(cast.admin, Role.EMPLOYEE, "second")
    now = clock.now()
    for player in (cast.employee, second):
        was_seen(cast, laptop(cast, player), now - 3 * DAY)
    look_for(cast, now - HOUR, 3)
    (order,) = orders(RAISED_MAIL, cast.company.pk)
    jobs.mail_raised(**order)
    (mail,) = post.received
    assert mail["To"] == cast.admin.email
    assert mail["Subject"] == f"{cast.company.name}: 2 alerts stand open"
    assert "Employee Player" in text_of(mail)
    assert "Second Player" in text_of(mail)
    assert "/alerts/" in text_of(mail)


def test_a_manager_is_written_to_about_their_people_alone(cast: Cast, post: PostOffice) -> None:
    actions.choose_mails(acting=cast.manager.acting, mails=Mails.AT_ONCE)
    elsewhere = make_person(cast.admin, Role.EMPLOYEE, "elsewhere")
    now = clock.now()
    was_seen(cast, laptop(cast, elsewhere), now - 3 * DAY)
    look_for(cast, now - HOUR, 3)
    for order in orders(RAISED_MAIL, cast.company.pk):
        jobs.mail_raised(**order)
    assert post.received == []
    was_seen(cast, laptop(cast), now - 3 * DAY)
    look_for(cast, now - HOUR + 10 * MINUTE, 3)
    for order in orders(RAISED_MAIL, cast.company.pk):
        jobs.mail_raised(**order)
    (mail,) = post.received
    assert "Employee Player" in text_of(mail)
    assert mail["Subject"] == f"{cast.company.name}: Agent offline"


def test_whoever_may_read_alerts_no_longer_gets_none(cast: Cast, post: PostOffice) -> None:
    jobs.mail_raised(company_id=cast.company.pk, user_id=cast.employee.id, ids="1", more=0)
    jobs.mail_digest(company_id=cast.company.pk, user_id=cast.stranger.id)
    jobs.mail_digest(company_id=cast.company.pk, user_id=2**40)
    assert post.received == []


def test_a_digest_comes_once_a_day_from_seven_in_the_company_s_morning(cast: Cast, post: PostOffice) -> None:
    set_company(cast, time_zone="Asia/Dhaka")
    was_seen(cast, laptop(cast), clock.now() - 3 * DAY)
    look_for(cast, clock.now() - HOUR, 3)
    seven = datetime(2026, 11, 23, 7, tzinfo=ZoneInfo("Asia/Dhaka"))

    def due(at: datetime) -> int:
        return actions.send_digests(company_id=cast.company.pk, now=at)

    assert due(seven - MINUTE) == 0
    assert due(seven) == 1, "the administrator; a manager has not asked for one"
    assert due(seven + 5 * HOUR) == 0
    assert due(seven + timedelta(days=1, hours=9)) == 1, "late is better than not"
    order, _tomorrow = orders(DIGEST_MAIL, cast.company.pk)
    jobs.mail_digest(**order)
    (mail,) = post.received
    assert mail["To"] == cast.admin.email
    assert "Employee Player" in text_of(mail)


def test_a_mail_tells_times_as_the_company_s_clocks_show_them(cast: Cast, post: PostOffice) -> None:
    set_company(cast, time_zone="Asia/Dhaka")
    seen = clock.now() - 3 * DAY
    was_seen(cast, laptop(cast), seen)
    look_for(cast, clock.now() - HOUR, 3)
    jobs.mail_digest(company_id=cast.company.pk, user_id=cast.admin.id)
    (mail,) = post.received
    assert f"{seen.astimezone(ZoneInfo('Asia/Dhaka')):%H:%M}" in text_of(mail)
    assert "Asia/Dhaka" in text_of(mail)


def test_nothing_open_no_digest(cast: Cast, post: PostOffice) -> None:
    jobs.mail_digest(company_id=cast.company.pk, user_id=cast.admin.id)
    assert post.received == []


def test_a_choice_outlives_the_digest(cast: Cast) -> None:
    seven = datetime(2026, 11, 23, 7, tzinfo=ZoneInfo("UTC"))
    actions.send_digests(company_id=cast.company.pk, now=seven)
    actions.choose_mails(acting=cast.admin.acting, mails=Mails.NEVER)
    assert actions.send_digests(company_id=cast.company.pk, now=seven + DAY) == 0
    assert queries.mails_of(cast.company.pk, cast.admin.id, Role.ADMIN) is Mails.NEVER


def test_owners_hear_of_the_platform_at_once(cast: Cast, post: PostOffice) -> None:
    settle()
    look_at_platform(PlatformMeasured({}, 0, 0.01), cast.now, 3)
    mine = [order for order in orders(RAISED_MAIL, 0) if order["user_id"] == cast.owner.id]
    jobs.mail_raised(**mine[-1])
    (mail,) = post.received
    assert mail["Subject"] == "Sundial: Disk nearly full"
    settle()


def test_a_mail_server_that_fails_is_tried_for_days_and_shows(cast: Cast, post: PostOffice) -> None:
    actions.choose_mails(acting=cast.admin.acting, mails=Mails.AT_ONCE)
    now = clock.now()
    was_seen(cast, laptop(cast), now - 3 * DAY)
    look_for(cast, now - HOUR, 3)
    (order,) = orders(RAISED_MAIL, cast.company.pk)
    post.refuses = True
    with pytest.raises(OSError, match="not today"):
        jobs.mail_raised(**order)
    for task in (jobs.mail_raised, jobs.mail_digest, jobs.mail_words, jobs.mail_new_place):
        assert task.retry_strategy is jobs.AGAIN
    stuck_mail(cast.company.pk)
    look_for(cast, now, 3)
    (row,) = shown(cast.admin, now, "open", "mail")
    assert row.text.startswith("1 mail has not left.")
    assert "Mails are not leaving" in cast.admin.client.get("/alerts/").content.decode()
    post.refuses = False
    jobs.mail_raised(**order)
    assert len(post.received) == 1
    mails_leave(cast.company.pk)
    look_for(cast, now + 5 * MINUTE, 4)
    assert shown(cast.admin, now, "resolved", "mail")


def test_the_platform_counts_mails_that_wait_anywhere(cast: Cast) -> None:
    before = queries.mails_waiting(clock.now())
    stuck_mail(cast.company.pk)
    stuck_mail(cast.company.pk, attempts=0)
    assert queries.mails_waiting(clock.now()) == before + 1, "one that was not tried yet does not wait"
    assert queries.mails_waiting(clock.now(), cast.other.pk) == 0
    mails_leave(cast.company.pk)


def test_the_jobs_of_the_clock_run(cast: Cast) -> None:
    assert jobs.send_digests(0) >= 0
    look(cast, clock.now())
    assert {row.rule for row in shown(cast.admin, clock.now())} <= set(Rule)
