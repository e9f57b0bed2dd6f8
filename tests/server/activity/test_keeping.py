"""What a company keeps no longer goes at night: what was announced, with its evidence, and nothing else."""

from datetime import date, datetime, timedelta

import psycopg
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from sundial.run.postgres import Cluster
from sundial.server.activity import actions, jobs, queries, rules
from sundial.server.activity.models import Day, Mark, Screenshot, Span, Usage, WorkSession
from sundial.server.activity.types import DataKind
from sundial.server.companies import actions as companies
from sundial.server.companies.actions.limits import set_limits
from sundial.server.companies.types import Limits
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.activity.plays import begin, day_rows, drained, mark, span, usage
from tests.server.activity.test_pictures import file_of, taken
from tests.server.devices.plays import audit

pytestmark = pytest.mark.usefixtures("own_database")

DAYS = st.none() | st.integers(1, 400)


def worked(cast: Cast, days_ago: int, player: Player | None = None) -> WorkSession:
    """An hour of that day, told, summed, and with a picture."""
    person = player or cast.employee
    company_id = person.acting.company_id or 0
    start = clock.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    session = begin(cast, at=start, player=person)
    span(session, start, 900, name="editor")
    mark(session, "started", start)
    mark(session, "stopped", start + timedelta(hours=1))
    with acting_for(company_id), transaction.atomic():
        WorkSession.objects.filter(id=session.pk).update(ended_at=start + timedelta(hours=1), ended_by="person")
        actions.rebuild_usage(company_id=company_id, user_id=person.id, start=start, end=start + timedelta(hours=1))
    drained(company_id, person.id, start, start + timedelta(hours=1))
    return session


def pictured(cast: Cast, days_ago: int, player: Player | None = None) -> int:
    """A picture of that day."""
    person = player or cast.employee
    made = taken(cast, person)
    with acting_for(person.acting.company_id or 0), transaction.atomic():
        Screenshot.objects.filter(id=made).update(taken_at=clock.now() - timedelta(days=days_ago))
    return made


def keep(cast: Cast, **days: int) -> None:
    with acting_for(cast.company.pk):
        companies.change_ways(acting=cast.admin.acting, changes={"retention": days}, now=clock.now())


def left(company_id: int) -> dict[str, int]:
    """How many rows of each kind are there."""
    with acting_for(company_id), transaction.atomic():
        return {model.__name__: model.objects.count() for model in (Span, Usage, Mark, WorkSession, Day, Screenshot)}


def sums(cast: Cast) -> tuple[dict[tuple[datetime, int, str], tuple[int, ...]], list[int]]:
    """The employee's quarter-hours and days."""
    company_id, user_id = cast.company.pk, cast.employee.id
    return usage(company_id, user_id), [row.worked_ms for row in day_rows(company_id, user_id)]


@given(own=st.dictionaries(st.sampled_from(DataKind), st.integers(1, 400)), limit=DAYS)
def test_nothing_is_kept_longer_than_the_plan_allows_but_sums_that_facts_need(
    own: dict[str, int], limit: int | None
) -> None:
    kept = rules.kept_days(own, limit)
    for kind in (DataKind.ACTIVITY, DataKind.SCREENSHOTS):
        known = [days for days in (own.get(kind), limit) if days]
        assert kept[kind] == (min(known) if known else None)
    facts, sums = kept[DataKind.ACTIVITY], kept[DataKind.SUMS]
    assert sums is None or (facts is not None and sums >= facts)
    assert limit is None or (sums is not None and sums <= limit)


@given(today=st.dates(date(2020, 1, 1), date(2090, 1, 1)), days=st.integers(1, 400))
def test_today_and_as_many_days_as_promised_stay(today: date, days: int) -> None:
    before = rules.kept_from(today, days)
    assert before is not None
    assert (today - before).days == days
    assert rules.kept_from(today, None) is None


def test_what_the_page_announced_is_gone_after_the_night_and_nothing_else(cast: Cast) -> None:
    for days_ago in (50, 40, 20):
        worked(cast, days_ago)
    old, young, foreign = pictured(cast, 31), pictured(cast, 29), pictured(cast, 500, cast.stranger)
    worked(cast, 500, cast.stranger)
    elsewhere = left(cast.other.pk)
    keep(cast, screenshots=30, activity=45, sums=400)
    announced = {one.kind: one for one in queries.keeping(cast.admin.acting, now=clock.now())}
    assert [one.tonight.count for one in announced.values() if one.tonight] == [1, 1, 0]
    gone = actions.let_go_of_old(company_id=cast.company.pk, now=clock.now())
    assert gone == {DataKind.ACTIVITY: 1, DataKind.SCREENSHOTS: 1, DataKind.SUMS: 0}
    assert left(cast.company.pk) == {
        "Span": 2, "Usage": 3, "Mark": 9, "WorkSession": 3, "Day": 3, "Screenshot": 1,
    }  # fmt: skip
    assert not file_of(cast.company.pk, old, "picture").exists()
    assert file_of(cast.company.pk, young, "picture").exists()
    assert file_of(cast.other.pk, foreign, "picture").exists()
    assert left(cast.other.pk) == elsewhere
    assert all(one.tonight is not None and one.tonight.count == 0 for one in queries.keeping(
        cast.admin.acting, now=clock.now()
    ))  # fmt: skip


def test_each_batch_leaves_its_evidence(cast: Cast) -> None:
    worked(cast, 100)
    keep(cast, activity=10, screenshots=10, sums=20)
    actions.let_go_of_old(company_id=cast.company.pk, now=clock.now())
    found = audit(cast.company.pk, "RETENTION_APPLIED")
    told = {(said["kind"], said["what"]): said["rows"] for _entry, _personal, said in found}
    assert {what: told[what] for what in told if what[1] != "day_sums"} == {
        ("activity", "spans"): 1,
        ("sums", "quarter_hours"): 1,
        ("sums", "marks"): 3,
        ("sums", "sessions"): 1,
    }
    assert told["sums", "day_sums"] > 0
    assert {entry.actor_kind for entry, _personal, _said in found} == {"system"}
    assert day_rows(cast.company.pk, cast.employee.id) == []


def test_a_second_night_finds_nothing_and_says_nothing(cast: Cast) -> None:
    worked(cast, 100)
    keep(cast, activity=10)
    for expected in (1, 0):
        assert sum(actions.let_go_of_old(company_id=cast.company.pk, now=clock.now()).values()) == expected
    assert len(audit(cast.company.pk, "RETENTION_APPLIED")) == 1


def test_sums_outlive_the_facts_they_were_made_from_whoever_asks_to_make_them_anew(cast: Cast) -> None:
    session = worked(cast, 100)
    keep(cast, activity=10)
    actions.let_go_of_old(company_id=cast.company.pk, now=clock.now())
    before = (
        usage(cast.company.pk, cast.employee.id),
        [row.worked_ms for row in day_rows(cast.company.pk, cast.employee.id)],
    )
    start, end = session.started_at, session.started_at + timedelta(hours=2)
    actions.rebuild_usage(company_id=cast.company.pk, user_id=cast.employee.id, start=start, end=end)
    actions.rebuild_days(
        company_id=cast.company.pk, first=start.date() - timedelta(days=1), last=end.date(), now=clock.now()
    )
    assert before != ({}, [])
    assert before == sums(cast)


def test_the_plan_s_limit_holds_where_the_company_says_nothing(cast: Cast) -> None:
    worked(cast, 100)
    with acting_for(cast.company.pk), transaction.atomic():
        limits = Limits("Free", seats=None, storage_mb=None, retention_days=90, features=())
        set_limits(acting=cast.owner.acting, company_id=cast.company.pk, limits=limits)
    jobs.let_go_of_old(0)
    assert left(cast.company.pk)["Span"] == 0
    with pytest.raises(Invalid):
        keep(cast, activity=91)


def test_without_any_limit_everything_is_kept(cast: Cast) -> None:
    worked(cast, 2000)
    assert actions.let_go_of_old(company_id=cast.company.pk, now=clock.now()) == {}
    assert all(one.days is None and one.tonight is None for one in queries.keeping(cast.admin.acting, now=clock.now()))


def test_only_administrators_ask_what_goes(cast: Cast) -> None:
    for player in (cast.owner, cast.manager, cast.employee):
        with pytest.raises(NotAllowed):
            queries.keeping(player.acting, now=clock.now())


def test_a_month_in_which_nothing_lies_loses_its_partition_and_no_other_does(cast: Cast, cluster: Cluster) -> None:
    used, empty = datetime(2001, 3, 15, tzinfo=clock.now().tzinfo), datetime(2001, 1, 15, tzinfo=clock.now().tzinfo)
    for moment in (used, empty):
        actions.make_partitions(now=moment, ahead=1)
    session = begin(cast, at=datetime(2001, 4, 2, tzinfo=clock.now().tzinfo))
    span(session, datetime(2001, 4, 2, 9, tzinfo=clock.now().tzinfo), 60)
    assert actions.drop_empty_partitions(now=datetime(2001, 6, 1, tzinfo=clock.now().tzinfo)) == 1
    with psycopg.connect(cluster.owner_dsn()) as owner:
        rows = owner.execute(
            "SELECT relname, relforcerowsecurity FROM pg_class WHERE relname ~ '^activity_span_2001_..$'"
        ).fetchall()
    assert rows == [("activity_span_2001_04", True)]
