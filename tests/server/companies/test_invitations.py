"""Invitations: written in the company's own looks, once somebody was taken on, and remembered."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from sundial.server.companies import actions, jobs, queries
from sundial.server.companies.types import Arrival, Person
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player, address, make_person
from tests.running import free_port
from tests.server.companies.pictures import png
from tests.server.companies.test_signing_in import sign_in

LINK = re.compile(r"http://\S+/password/set/[^/]+/[^/]+/")


def newcomer(cast: Cast) -> Person:
    with acting_for(cast.company.pk), transaction.atomic():
        row = actions.add_person(
            acting=cast.admin.acting,
            company_id=cast.company.pk,
            email=address("new"),
            first_name="Nova",
            last_name="Lind",
            role=Role.EMPLOYEE,
            now=clock.now(),
        )
        return queries.as_person(row)


def seen(cast: Cast, user_id: int) -> Person:
    with acting_for(cast.company.pk), transaction.atomic():
        return queries.as_person(queries.person(cast.admin.acting, user_id))


def test_an_invitation_is_a_row_for_the_worker(cast: Cast) -> None:
    one = newcomer(cast)
    actions.invite(user_id=one.id, company_id=cast.company.pk)
    waiting = ProcrastinateJob.objects.filter(task_name="companies.mail_invitation", args__user_id=one.id)
    assert waiting.count() == 1
    assert mail.outbox == []


def test_a_newcomer_is_told_how_to_begin_and_who_has_a_password_gets_no_link(cast: Cast) -> None:
    one = newcomer(cast)
    for user_id in (one.id, cast.employee.id):
        jobs.mail_invitation(cast.company.pk, user_id)
    first, second = (str(sent.body) for sent in mail.outbox)
    assert LINK.search(first)
    assert not LINK.search(second)
    for text in (first, second):
        assert "/download/" in text
    assert mail.outbox[0].subject == f"Welcome to {cast.company.name}"
    assert mail.outbox[0].to == [one.email]


def test_it_is_remembered_who_was_invited_and_who_came(cast: Cast) -> None:
    one = newcomer(cast)
    assert one.arrival is Arrival.NOBODY
    jobs.mail_invitation(cast.company.pk, one.id)
    assert seen(cast, one.id).arrival is Arrival.INVITED
    other = make_person(cast.admin, Role.EMPLOYEE, "other")
    assert sign_in(other).status_code == 302
    assert seen(cast, other.id).arrival is Arrival.CAME


def test_nobody_is_written_to_once_they_have_left(cast: Cast) -> None:
    one = newcomer(cast)
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.let_go(acting=cast.admin.acting, user_id=one.id, now=clock.now())
    jobs.mail_invitation(cast.company.pk, one.id)
    assert mail.outbox == []


def test_a_mail_that_could_not_be_handed_over_is_not_remembered_as_sent(cast: Cast, settings: Settings) -> None:
    one = newcomer(cast)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    with pytest.raises(OSError):
        jobs.mail_invitation(cast.company.pk, one.id)
    assert seen(cast, one.id).arrival is Arrival.NOBODY


def invited_in(cast: Cast, player: Player, name: str, colour: str, logo: bytes | None) -> EmailMultiAlternatives:
    with acting_for(cast.company.pk), transaction.atomic():
        actions.change_looks(acting=player.acting, name=name, colour=colour, logo=logo, now=clock.now())
    jobs.mail_invitation(cast.company.pk, cast.employee.id)
    sent = mail.outbox[-1]
    assert isinstance(sent, EmailMultiAlternatives)
    return sent


def test_a_mail_wears_the_company_s_name_colour_and_logo(cast: Cast) -> None:
    sent = invited_in(cast, cast.admin, "Hypatia\u2019s <Maps>", "#b35900", png(40, 20))
    html = str(sent.alternatives[0].content)
    assert str(make_header(decode_header(sent.message()["From"]))).startswith("Hypatia\u2019s <Maps>")
    assert "border-top:4px solid #b35900" in html
    assert "Hypatia\u2019s &lt;Maps&gt;" in html
    assert 'src="cid:logo"' in html
    parts = [part for part in sent.message().walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in parts] == ["<logo>"]


class Letters:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.taken.append((envelope.rcpt_tos, envelope.content or b""))
        return "250 Taken"


def test_a_real_mail_server_takes_it_as_a_letter_in_parts(cast: Cast, settings: Settings) -> None:
    letters = Letters()
    server = Controller(letters, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        with acting_for(cast.company.pk), transaction.atomic():
            actions.change_looks(acting=cast.admin.acting, name="", colour="", logo=png(40, 20), now=clock.now())
        one = newcomer(cast)
        jobs.mail_invitation(cast.company.pk, one.id)
    finally:
        server.stop()
    ((to, content),) = letters.taken
    letter = message_from_bytes(content, policy=default)
    assert to == [one.email]
    kinds = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png"]
    text = letter.get_body(("plain",))
    assert text is not None
    assert LINK.search(text.get_content())
    assert seen(cast, one.id).arrival is Arrival.INVITED


def test_a_name_with_a_line_break_writes_no_header(cast: Cast) -> None:
    sent = invited_in(cast, cast.admin, "Maps\r\nBcc: all@example.test", "", None)
    assert sent.subject == "Welcome to Maps Bcc: all@example.test"
    assert sent.message()["Bcc"] is None
