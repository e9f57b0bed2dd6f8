"""Timed work: looking for what is wrong every minute, and the mails about it, which are tried for days."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.accounts import queries as accounts
from sundial.server.alerts import actions, queries
from sundial.server.alerts.types import DIGEST_MAIL, PLACE_MAIL, PLATFORM_ALERTS, RAISED_MAIL, WORDS_MAIL, Measured
from sundial.server.companies import queries as companies
from sundial.server.companies.scoping import acting_in
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting

# Later and later: after a minute, two, three …, for five days. What is given up then stays in the list of jobs.
AGAIN = RetryStrategy(max_attempts=120, linear_wait=60)
_STORAGE_EVERY = 15  # minutes: what pictures take is a sum over all of them
_IN_A_DIGEST = 20

_logger = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="alerts.watch", queueing_lock="alerts.watch", lock="alerts.watch")
def watch(timestamp: int) -> int:
    """Every minute, look at each company and at the platform; how many alerts were raised."""
    now = clock.now()
    raised, measured = 0, []
    for company_id in queries.working_companies():
        one = _watch_one(company_id, now, with_storage=now.minute % _STORAGE_EVERY == 0)
        if one is not None:
            measured.append(one[0])
            raised += one[1]
    disk = shutil.disk_usage(_data_place())
    platform = queries.measure_platform(now=now, disk_free=disk.free / disk.total)
    return raised + len(actions.watch_platform(platform, measured, now=now))


def _watch_one(company_id: int, now: datetime, *, with_storage: bool) -> tuple[Measured, int] | None:
    try:
        measured = queries.measure_company(company_id, now=now, with_storage=with_storage)
        return measured, len(actions.watch_company(measured, now=now))
    except Exception:  # one company that cannot be looked at does not keep the others from being looked at
        _logger.exception("alerts_not_watched", company_id=company_id)
        return None


def _data_place() -> Path:
    place = Path(settings.PICTURES_DIR)
    return next(folder for folder in (place, *place.parents) if folder.exists())


@app.periodic(cron="*/10 * * * *")
@app.task(name="alerts.send_digests", queueing_lock="alerts.send_digests")
def send_digests(timestamp: int) -> int:
    """Every ten minutes, see whether it is seven in the morning somewhere; how many digests were ordered."""
    now = clock.now()
    places = [PLATFORM_ALERTS, *queries.working_companies()]
    return sum(actions.send_digests(company_id=one, now=now) for one in places)


@app.periodic(cron="23 4 * * *")
@app.task(name="alerts.forget_old", queueing_lock="alerts.forget_old")
def forget_old(timestamp: int) -> int:
    """Once a night, drop what is long over; how many rows."""
    now = clock.now()
    places = [PLATFORM_ALERTS, *queries.working_companies()]
    return sum(actions.forget_old(company_id=one, now=now) for one in places)


@app.task(name=RAISED_MAIL, retry=AGAIN)
def mail_raised(company_id: int, user_id: int, ids: str, more: int) -> None:
    """Write to one person about alerts that were just raised, those that they may see."""
    acting = _reader(company_id, user_id)
    if acting is None:
        return
    with transaction.atomic(), timezone.override(companies.zone_of(acting)):
        found = queries.of_ids(acting, [int(one) for one in ids.split(",")], now=clock.now())
        if not found:
            return
        subject = found[0].title if len(found) + more == 1 else _many(len(found) + more)
        _write(acting, "raised", f"{_place(acting)}: {subject}", {"alerts": found, "more": more})


@app.task(name=DIGEST_MAIL, retry=AGAIN)
def mail_digest(company_id: int, user_id: int) -> None:
    """Write to one person what stands open; nothing open, no mail."""
    acting = _reader(company_id, user_id)
    if acting is None:
        return
    with transaction.atomic(), timezone.override(companies.zone_of(acting)):
        found, count = queries.open_alerts(acting, now=clock.now(), limit=_IN_A_DIGEST)
        if not found:
            return
        context = {"alerts": found, "more": count - len(found)}
        _write(acting, "digest", f"{_place(acting)}: {_many(count)}", context)


@app.task(name=WORDS_MAIL, retry=AGAIN)
def mail_words(company_id: int, message_id: int) -> None:
    """Mail a message to the person it is for, unless it has been; the history says how that went."""
    found = queries.message(company_id, message_id)
    account = accounts.account(found.user_id) if found else None
    if found is None or found.mailed_at is not None or account is None or not account.is_active:
        return
    context = {"words": found.words, "by": found.by_name, "place": companies.company(company_id).name}
    text = render_to_string("alerts/mail/words.txt", context)
    try:
        send_mail(" ".join(found.subject.split()), text, None, [account.email])
    except OSError as failure:  # smtplib's errors are OSErrors, too
        problem = str(failure) or type(failure).__name__
        actions.note_mailed(company_id=company_id, message_id=message_id, problem=problem, now=clock.now())
        raise
    actions.note_mailed(company_id=company_id, message_id=message_id, problem="", now=clock.now())


@app.task(name=PLACE_MAIL, retry=AGAIN)
def mail_new_place(company_id: int, user_id: int, network: str, browser: str, at: str) -> None:
    """Tell a person that they, or somebody else, signed in as them from a new place."""
    account = accounts.account(user_id)
    if account is None or not account.is_active:
        return
    zone = companies.company(company_id).time_zone if company_id else "UTC"
    with timezone.override(zone):
        context = {"network": network, "browser": browser, "at": datetime.fromisoformat(at), "zone": zone}
        text = render_to_string("alerts/mail/new_place.txt", {**context, "base_url": settings.BASE_URL})
    send_mail(_("You signed in from a new place"), text, None, [account.email])


def _many(count: int) -> str:
    return ngettext("%(n)s alert stands open", "%(n)s alerts stand open", count) % {"n": count}


def _reader(company_id: int, user_id: int) -> Acting | None:
    """Who this is now; None for somebody who left, or may read alerts no longer."""
    account = accounts.account(user_id)
    acting = acting_in(account, company_id or None, ip=None) if account else None
    return acting if acting is not None and acting.role in queries.READERS else None


def _place(acting: Acting) -> str:
    return "Sundial" if acting.company_id is None else companies.company(acting.company_id).name


def _write(acting: Acting, name: str, subject: str, context: Mapping[str, object]) -> None:
    more = {"base_url": settings.BASE_URL, "zone": companies.zone_of(acting)}
    text = render_to_string(f"alerts/mail/{name}.txt", {**context, **more})
    send_mail(" ".join(subject.split()), text, None, [acting.label])
