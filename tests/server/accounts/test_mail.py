"""Mail is written by jobs, after the commit, and says only what the reader may know."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from sundial.server.accounts import actions, queries
from sundial.server.accounts.models import User
from sundial.server.companies import jobs
from sundial.server.companies.actions import change_looks
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, address

LINK = re.compile(r"http://\S+/password/set/([^/]+)/([^/]+)/")


def test_a_reset_request_is_a_row_for_the_worker_whether_the_address_is_known_or_not(cast: Cast) -> None:
    unknown = address("nobody")
    for email in (cast.employee.email, unknown):
        actions.request_reset(email=email)
        waiting = ProcrastinateJob.objects.filter(task_name="accounts.mail_reset_link", args__email=email)
        assert waiting.count() == 1
    assert mail.outbox == []


def test_a_request_that_is_rolled_back_mails_nothing(cast: Cast) -> None:
    with transaction.atomic():
        actions.request_reset(email=cast.employee.email)
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.filter(args__email=cast.employee.email).exists()


def test_the_reset_mail_carries_a_link_that_works(cast: Cast) -> None:
    jobs.mail_reset_link(cast.employee.email)
    (sent,) = mail.outbox
    assert sent.to == [cast.employee.email]
    found = LINK.search(str(sent.body))
    assert found is not None
    user = queries.user_of_link(found[1], found[2])
    assert user is not None
    assert user.pk == cast.employee.id


def test_the_reset_mail_looks_like_the_company_of_whoever_has_one_and_else_like_the_platform(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        change_looks(acting=cast.admin.acting, name="Atlas", colour="#b35900", now=clock.now())
    for player, name, colour in ((cast.employee, "Atlas", "#b35900"), (cast.owner, "Sundial", "#f4a825")):
        jobs.mail_reset_link(player.email)
        sent = mail.outbox.pop()
        assert isinstance(sent, EmailMultiAlternatives)
        assert sent.from_email.startswith(f"{name} <")
        assert colour in str(sent.alternatives[0][0])
        assert LINK.search(str(sent.body))


def test_nobody_is_written_to_at_an_unknown_address(cast: Cast) -> None:
    jobs.mail_reset_link(address("nobody"))
    assert mail.outbox == []


def test_a_link_is_dead_once_used_and_for_anyone_else(cast: Cast) -> None:
    link = actions.one_time_link(user=User.objects.get(id=cast.employee.id), base_url="http://here/")
    found = LINK.search(link)
    assert found is not None
    uid, token = found.groups()
    assert queries.user_of_link(uid, token)
    for wrong in ("", "!", "AAAA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", uid[:-1]):
        assert queries.user_of_link(wrong, token) is None
    assert queries.user_of_link(uid, token[:-1]) is None
    actions.set_password(user_id=cast.employee.id, password="a quite new horse battery")
    assert queries.user_of_link(uid, token) is None


def test_one_reset_mail_in_two_minutes_however_often_it_is_asked_for(cast: Cast) -> None:
    for _ in range(5):
        jobs.mail_reset_link(cast.employee.email)
    assert len(mail.outbox) == 1
    User.objects.filter(id=cast.employee.id).update(reset_mailed_at=clock.now() - timedelta(minutes=2, seconds=1))
    jobs.mail_reset_link(cast.employee.email)
    assert len(mail.outbox) == 2


def test_a_mail_that_could_not_be_sent_is_tried_again(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    with pytest.raises(OSError):
        jobs.mail_reset_link(cast.employee.email)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    jobs.mail_reset_link(cast.employee.email)
    assert len(mail.outbox) == 1
