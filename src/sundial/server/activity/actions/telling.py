"""What every write of somebody's facts begins and ends with; the rules are the database's, the gateway's alike."""

from datetime import datetime

from django.db import connection

from sundial.server.activity.models import Stale
from sundial.server.companies import queries as companies
from sundial.server.lib import hints


def changed(company_id: int, user_id: int) -> None:
    """Live pages ask again; at commit."""
    hints.send("activity", f"{company_id} {user_id}")


def hold(company_id: int, user_id: int) -> bool:
    """Wait for whoever is changing this person's place or facts, the gateway included; are they active?

    The first of all locks: the place, then the person's facts, then the log.
    """
    place = companies.active_people().select_for_update(of=("self",), no_key=True).filter(user_id=user_id)
    active = bool(list(place.values_list("id", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sundial_hold_person(%s, %s)", [company_id, user_id])
    return active


def make_stale(company_id: int, user_id: int, since: datetime, until: datetime) -> None:
    """A person's day sums of this time are to be made anew: with the commit, in the company's scope."""
    Stale.objects.create(company_id=company_id, user_id=user_id, since=since, until=until)


def settle(company_id: int, user_id: int, since: datetime) -> None:
    """Bring the sessions from then on, and what they count for, in order: who took over from whom."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sundial_settle_sessions(%s, %s, %s)", [company_id, user_id, since])
    changed(company_id, user_id)


def count_again(company_id: int, user_id: int, start: datetime, end: datetime) -> None:
    """Make a person's sums of this time anew from their spans; the person is held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sundial_rebuild_usage(%s, %s, %s, %s)", [company_id, user_id, start, end])
    make_stale(company_id, user_id, start, end)
    changed(company_id, user_id)
