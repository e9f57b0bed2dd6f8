"""Reaching people whose agents are not there: a notice on their computers with a mail, or a mail in one's own words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sundial.server.alerts.models import Message
from sundial.server.alerts.rules import reaching as rules
from sundial.server.alerts.types import WORDS_MAIL
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus, Person
from sundial.server.devices import actions as devices
from sundial.server.devices import queries as devices_seen
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, SundialError, TooMany
from sundial.server.lib.outcomes import Outcome
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

_LOCKS = 0x52656163  # the first key of the advisory lock; the second is the person
_ACTIONS = {rules.NOTIFY: "AGENT_NOTIFIED", rules.CONTACT: "AGENT_CONTACTED"}


@dataclass(frozen=True, slots=True)
class _Words:
    kind: str
    subject: str
    words: str


def notify_people(*, acting: Acting, user_ids: Iterable[int], now: datetime) -> list[Outcome]:
    """Remind each of these people that their agent is not heard of, on their computers and by mail.

    Each stands alone, and the answer says what came of each; at most once an hour a person.
    """
    subject = _("Your Sundial agent is not heard of")
    words = _("Please see that your computer is online and that Sundial runs on it.")
    return _reach(acting, user_ids, _Words(rules.NOTIFY, subject, words), now)


def contact_people(
    *, acting: Acting, user_ids: Iterable[int], subject: str, words: str, now: datetime
) -> list[Outcome]:
    """Write a mail in one's own words to each of these people; at most three an hour a person; raises Invalid."""
    said = _Words(rules.CONTACT, " ".join(storable(subject).split()), storable(words).strip())
    wrong = {}
    if not 0 < len(said.subject) <= rules.LONGEST_SUBJECT:
        wrong["subject"] = _("1 to %(n)s characters.") % {"n": rules.LONGEST_SUBJECT}
    if not 0 < len(said.words) <= rules.LONGEST_WORDS:
        wrong["words"] = _("1 to %(n)s characters.") % {"n": rules.LONGEST_WORDS}
    if wrong:
        raise Invalid(wrong)
    return _reach(acting, user_ids, said, now)


def _reach(acting: Acting, user_ids: Iterable[int], said: _Words, now: datetime) -> list[Outcome]:
    if acting.role not in {Role.ADMIN, Role.MANAGER} or acting.company_id is None:
        raise NotAllowed("Only those who look after people may do this.")
    wanted = sorted(set(user_ids))  # one order of locks
    if len(wanted) > rules.MOST_AT_ONCE:
        raise Invalid({"ids": _("At most %(n)s people at once.") % {"n": rules.MOST_AT_ONCE}})
    with acting_for(acting.company_id), transaction.atomic():
        return [_one_by_one(acting, acting.company_id, user_id, said, now) for user_id in wanted]


def _one_by_one(acting: Acting, company_id: int, user_id: int, said: _Words, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            reached = _one(acting, company_id, user_id, said, now)
    except SundialError as refusal:
        return Outcome(user_id, done=False, message=refusal.message)
    return Outcome(user_id, done=True, message=reached)


def _one(acting: Acting, company_id: int, user_id: int, said: _Words, now: datetime) -> str:
    person = companies.as_person(companies.person(acting, user_id))
    if person.status is not MemberStatus.ACTIVE:
        raise NotAllowed(_("This person is not active."))
    _require_patience(user_id, said.kind, now)
    computers = _tell_computers(company_id, user_id, said, now) if said.kind == rules.NOTIFY else 0
    message = Message.objects.create(
        company_id=company_id,
        user_id=user_id,
        kind=said.kind,
        subject=said.subject,
        words=said.words,
        by_id=acting.id,
        by_name=acting.label,
        made_at=now,
    )
    record(
        acting=acting,
        company_id=company_id,
        action=_ACTIONS[said.kind],
        description=f"{person.email} was written to: {said.subject}",
        details={"computers": computers, "message": message.pk},
        personal={"target": person.email},
        target_kind="person",
        target_id=user_id,
        now=now,
    )
    jobs.defer(WORDS_MAIL, company_id=company_id, message_id=message.pk)
    return _in_words(person, computers, said.kind)


def _require_patience(user_id: int, kind: str, now: datetime) -> None:
    with connection.cursor() as cursor:  # two who press at one moment are one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, user_id % 2**31])
    lately = Message.objects.filter(user_id=user_id, kind=kind, made_at__gt=now - rules.WINDOW)
    left = rules.wait(kind, list(lately.values_list("made_at", flat=True)), now)
    if not left:
        return
    minutes = max(1, round(left.total_seconds() / 60))
    told = ngettext(
        "Was reached lately already; again in %(n)s minute.",
        "Was reached lately already; again in %(n)s minutes.",
        minutes,
    )
    raise TooMany(told % {"n": minutes}, retry_after=int(left.total_seconds()) + 1)


def _tell_computers(company_id: int, user_id: int, said: _Words, now: datetime) -> int:
    ids = devices_seen.agent_ids_of(user_id)
    for device_id in ids:
        body = {"text": f"{said.subject}. {said.words}"}
        devices.notify(company_id=company_id, device_id=device_id, kind="message", body=body, now=now)
    return len(ids)


def _in_words(person: Person, computers: int, kind: str) -> str:
    if kind == rules.CONTACT or not computers:
        return _("A mail to %(address)s is on its way.") % {"address": person.email}
    told = ngettext(
        "A mail to %(address)s and a notice to %(n)s computer are on their way.",
        "A mail to %(address)s and a notice to %(n)s computers are on their way.",
        computers,
    )
    return told % {"address": person.email, "n": computers}


def note_mailed(*, company_id: int, message_id: int, problem: str, now: datetime) -> None:
    """The mail of a message left, or an attempt to send it failed, which is shown in the history."""
    with acting_for(company_id), transaction.atomic():
        rows = Message.objects.filter(id=message_id)
        rows.update(problem=problem[:300]) if problem else rows.update(mailed_at=now, problem="")
