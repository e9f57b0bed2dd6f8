"""What the worker does now and then: sums again, partitions, files that belong to nothing."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from sundial.server.activity import storage
from sundial.server.activity.actions.ending import end_silent_sessions
from sundial.server.activity.actions.telling import count_again, hold
from sundial.server.activity.models import PersonKey, Screenshot
from sundial.server.activity.queries.sessions import companies_at_work
from sundial.server.activity.types import PictureState
from sundial.server.companies import queries as companies
from sundial.server.lib.scope import acting_for
from sundial.server.lib.seal import SealBroken

OLD_ENOUGH = timedelta(hours=1)  # a younger file may belong to a transaction that is not over
_RIGHTFUL = {PictureState.RECEIVED: {"original"}, PictureState.READY: {"picture", "thumb"}}


def rebuild_usage(*, company_id: int, user_id: int, start: datetime, end: datetime) -> None:
    """Make the sums of one person and time anew from their spans."""
    with acting_for(company_id), transaction.atomic():
        hold(company_id, user_id)
        count_again(company_id, user_id, start, end)


def make_partitions(*, now: datetime, ahead: int = 3) -> int:
    """The months to come have a partition each before anything falls into them; how many were made."""
    this, made = now.date().replace(day=1), 0
    for _month in range(ahead):
        this = date(this.year + this.month // 12, this.month % 12 + 1, 1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sundial_span_partition(%s)", [this])
            made += bool(cursor.fetchone()[0])
    return made


def sweep_files(*, now: datetime) -> int:
    """Take away the files of pictures that are deleted, broken or never were, and halves of no key; how many."""
    return sum(
        _sweep(company_id, now) + _sweep_halves(company_id, now) for company_id in storage.companies_with_files()
    )


def part_whole_keys() -> int:
    """Give the keys of an older release, which lie whole in their rows, a half outside; how many. Pictures stay."""
    return sum(map(_part_whole_keys, companies.every_company()))


def end_silence(*, now: datetime) -> int:
    """End the sessions that fell silent, in every company; how many."""
    return sum(end_silent_sessions(company_id=company_id, now=now) for company_id in companies_at_work())


def _sweep(company_id: int, now: datetime) -> int:
    old = [one for one in storage.files(company_id) if one.changed_at < now - OLD_ENOUGH]
    with acting_for(company_id), transaction.atomic():
        wanted = Screenshot.objects.filter(id__in={one.screenshot_id for one in old if one.screenshot_id})
        states = dict(wanted.values_list("id", "state"))
    swept = 0
    for one in old:
        state = states.get(one.screenshot_id or 0)
        if state is None or one.part not in _RIGHTFUL.get(PictureState(state), set()):
            one.path.unlink(missing_ok=True)
            swept += 1
    return swept


def _sweep_halves(company_id: int, now: datetime) -> int:
    found = dict(storage.halves_outside(company_id))
    with acting_for(company_id), transaction.atomic():
        named = dict(PersonKey.objects.filter(outside__in=found).values_list("outside", "destroyed_at"))
    # Of a key that was destroyed, or so old that no transaction which is not over can have made it.
    going = [one for one, at in found.items() if named.get(one) or (one not in named and at < now - OLD_ENOUGH)]
    for one in going:
        storage.destroy_half(company_id, one)
    return len(going)


def _part_whole_keys(company_id: int) -> int:
    done = 0
    with acting_for(company_id), transaction.atomic():
        whole = PersonKey.objects.select_for_update().filter(wrapped__isnull=False, outside=None)
        for key in whole.order_by("id"):
            with suppress(SealBroken):  # one that cannot be read stays as it is
                halves = storage.parted(key)
                key.wrapped, key.outside = halves.wrapped, halves.outside
                key.save(update_fields=["wrapped", "outside"])
                done += 1
    return done
