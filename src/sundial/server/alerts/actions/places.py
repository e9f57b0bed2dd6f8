"""Signing in from a place that is new for the person: they are told, and so are those who look after them."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from sundial.server.alerts import queries, rules
from sundial.server.alerts.actions.telling import tell_pages
from sundial.server.alerts.actions.watching import write_at_once
from sundial.server.alerts.models import Alert, Place
from sundial.server.alerts.types import PLACE_MAIL, Rule, State
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import PLATFORM, acting_for

_PURPOSE = "sundial.alerts.place"


@transaction.atomic
def note_place(*, acting: Acting, agent: str, now: datetime) -> None:
    """Someone signed in: a network and browser that are not yet theirs are told of, but for the very first.

    Kept is a digest that tells neither; told is the network, never the whole address.
    """
    network, browser = rules.network_of(acting.ip), rules.browser_of(agent)
    if acting.id is None or not network:
        return
    company_id = PLATFORM if acting.company_id is None else acting.company_id
    with acting_for(company_id):
        place, is_new = _place(company_id, acting.id, f"{network} {browser}", now)
        others = Place.objects.filter(company_id=company_id, user_id=acting.id).exclude(pk=place.pk)
        if is_new and others.exists():
            _tell(acting, acting.id, company_id, place, {"network": network, "browser": browser}, now)


def _place(company_id: int, user_id: int, words: str, now: datetime) -> tuple[Place, bool]:
    digest = salted_hmac(_PURPOSE, f"{company_id} {user_id} {words}", algorithm="sha256").digest()
    place, is_new = Place.objects.get_or_create(
        company_id=company_id, user_id=user_id, digest=digest, defaults={"first_at": now, "last_at": now}
    )
    if not is_new:
        Place.objects.filter(pk=place.pk).update(last_at=now)
    return place, is_new


def _tell(acting: Acting, user_id: int, company_id: int, place: Place, said: dict[str, str], now: datetime) -> None:
    at = now.isoformat()
    jobs.defer(PLACE_MAIL, company_id=company_id, user_id=user_id, at=at, **said)
    # The platform's alerts name nobody, and a company may not want these: then the mail to the person is all.
    if acting.is_owner or Rule.NEW_PLACE in queries.thresholds(company_id).off:
        return
    raised = Alert.objects.create(
        company_id=company_id,
        rule=Rule.NEW_PLACE,
        subject_kind="place",
        subject_id=place.pk,
        user_id=user_id,
        state=State.OPEN,
        details={**said, "at": at},
        first_seen_at=now,
        raised_at=now,
    )
    tell_pages(company_id)
    write_at_once(company_id, [raised])
