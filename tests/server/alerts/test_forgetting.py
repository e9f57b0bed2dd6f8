"""What is long over is dropped, and nothing here outlives a person in the company."""

from django.db import transaction

from sundial.server.alerts import actions, jobs
from sundial.server.alerts.models import Alert, Message, Place, Preference, Seen
from sundial.server.alerts.types import State
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast
from tests.server.alerts.plays import DAY, laptop, look_for, was_seen


def count(cast: Cast, *, user_id: int | None = None) -> dict[str, int]:
    """How many rows there are in each table, of the company or of one person."""
    with acting_for(cast.company.pk), transaction.atomic():
        wanted = {} if user_id is None else {"user_id": user_id}
        return {model.__name__: model.objects.filter(**wanted).count() for model in (Alert, Message, Place, Seen)}


def test_a_person_who_left_has_left_here_too(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    look_for(cast, cast.now, 3)
    actions.notify_people(acting=cast.admin.acting, user_ids=[cast.employee.id, cast.manager.id], now=cast.now)
    actions.note_place(acting=cast.employee.acting, agent="", now=cast.now)
    before = count(cast, user_id=cast.employee.id)
    assert (before["Alert"], before["Message"], before["Place"]) == (1, 1, 1)
    with acting_for(cast.company.pk):
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    assert set(count(cast, user_id=cast.employee.id).values()) == {0}
    assert count(cast)["Message"] == 1, "the other's stays"


def test_what_is_long_over_is_dropped_and_the_rest_stays(cast: Cast) -> None:
    was_seen(cast, laptop(cast), cast.now - 3 * DAY)
    (raised,) = look_for(cast, cast.now, 3)
    actions.notify_people(acting=cast.admin.acting, user_ids=[cast.employee.id], now=cast.now)
    actions.note_place(acting=cast.employee.acting, agent="", now=cast.now)
    assert actions.forget_old(company_id=cast.company.pk, now=cast.now + 400 * DAY) == 2, "an open alert stays"
    with acting_for(cast.company.pk), transaction.atomic():
        Alert.objects.filter(id=raised).update(state=State.RESOLVED, resolved_at=cast.now)
    assert actions.forget_old(company_id=cast.company.pk, now=cast.now + 89 * DAY) == 0
    assert actions.forget_old(company_id=cast.company.pk, now=cast.now + 91 * DAY) == 1
    assert jobs.forget_old(0) == 0
    with acting_for(cast.company.pk), transaction.atomic():
        assert not Preference.objects.exists()
