"""Deferred and timed work: pictures made anew, sums made anew, what fell silent, what belongs to nothing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.activity import actions, queries
from sundial.server.activity.actions.manual import DECIDED_MAIL
from sundial.server.activity.actions.pictures import MAKE_PICTURE
from sundial.server.activity.types import ManualState
from sundial.server.companies import queries as companies
from sundial.server.lib import clock, pictures
from sundial.server.lib.scope import acting_for
from sundial.server.lib.sealing import SealBroken
from sundial.server.tracking import queries as tracking

_AGAIN = RetryStrategy(max_attempts=5, exponential_wait=3)


@app.task(name=MAKE_PICTURE, retry=_AGAIN)
def make_picture(company_id: int, screenshot_id: int) -> None:
    """Decode what came in a process of its own, and keep what it made of it; what cannot be read is broken."""
    with acting_for(company_id):
        try:
            raw = actions.original_of(company_id=company_id, screenshot_id=screenshot_id)
            if raw is not None:
                made = pictures.remake(raw, int(tracking.head(company_id).settings["screenshot_quality"]))
                actions.keep_remade(company_id=company_id, screenshot_id=screenshot_id, made=made)
        except (pictures.Unreadable, SealBroken) as failure:
            actions.mark_broken(company_id=company_id, screenshot_id=screenshot_id, problem=str(failure))


@app.task(name="activity.rebuild_usage")
def rebuild_usage(company_id: int, user_id: int, start: str, end: str) -> None:
    """Make one person's sums anew from their spans; both times are ISO 8601."""
    actions.rebuild_usage(
        company_id=company_id,
        user_id=user_id,
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end),
    )


@app.periodic(cron="* * * * * */5")
@app.task(name="activity.sum_days", queueing_lock="activity.sum_days", lock="activity.sum_days")
def sum_days(timestamp: int) -> int:
    """Every few seconds, make the day sums anew of whatever changed since; how many changes that were."""
    return actions.sum_days(now=clock.now())


@app.task(name="activity.rebuild_days")
def rebuild_days(company_id: int, first: str, last: str) -> int:
    """Make a company's sums of these days anew; both are dates."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return actions.rebuild_days(company_id=company_id, first=days[0], last=days[1], now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="activity.end_silence", queueing_lock="activity.end_silence")
def end_silence(timestamp: int) -> int:
    """Every ten minutes, end the sessions that were not heard of for twelve hours; how many."""
    return actions.end_silence(now=clock.now())


@app.periodic(cron="7 2 * * *")
@app.task(name="activity.make_partitions", queueing_lock="activity.make_partitions")
def make_partitions(timestamp: int) -> int:
    """Once a night, see to the partitions of the months to come; how many were made."""
    return actions.make_partitions(now=clock.now())


@app.periodic(cron="19 1 * * *")
@app.task(name="activity.let_go_of_old", queueing_lock="activity.let_go_of_old")
def let_go_of_old(timestamp: int) -> int:
    """Once a night, delete what each company keeps no longer; how many rows. Empty partitions go with it."""
    now = clock.now()
    gone = [actions.let_go_of_old(company_id=company_id, now=now) for company_id in companies.every_company()]
    actions.drop_empty_partitions(now=now)
    return sum(count for kinds in gone for count in kinds.values())


@app.periodic(cron="43 * * * *")
@app.task(name="activity.sweep_files", queueing_lock="activity.sweep_files")
def sweep_files(timestamp: int) -> int:
    """Once an hour, take away the files that belong to no picture; how many."""
    return actions.sweep_files(now=clock.now())


@app.periodic(cron="53 * * * *")
@app.task(name="activity.part_whole_keys", queueing_lock="activity.part_whole_keys")
def part_whole_keys(timestamp: int) -> int:
    """Once an hour, part the keys that an older release left whole in the database; how many."""
    return actions.part_whole_keys()


@app.task(name=DECIDED_MAIL, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def mail_manual_time(company_id: int, manual_id: int) -> None:
    """Tell somebody what was decided on their manual time; they may not sign in any more: nothing to do."""
    found = queries.letter_about(company_id, manual_id)
    if found is None:
        return
    person, one = found
    zone = companies.company(company_id).time_zone
    here = settings.BASE_URL.rstrip("/")
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (one.started_at, one.ended_at))
    context = {"one": one, "start": start, "end": end, "zone": zone, "link": f"{here}/manual-time/", "base_url": here}
    approved = one.state is ManualState.APPROVED
    subject = gettext("Your manual time was approved") if approved else gettext("Your manual time was not approved")
    send_mail(subject, render_to_string("activity/mail/manual_time.txt", context), None, [person.email])
