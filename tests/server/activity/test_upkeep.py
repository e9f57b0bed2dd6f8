"""Timed work: silence, partitions, files that belong to nothing."""

import os
from datetime import timedelta
from pathlib import Path

import psycopg
from django.conf import settings

from sundial.run.postgres import Cluster
from sundial.server.activity import actions, jobs
from sundial.server.activity.types import EndedBy
from sundial.server.lib import clock
from tests.cast import Cast
from tests.server.activity.plays import again, begin
from tests.server.activity.test_pictures import file_of, taken


def test_every_ten_minutes_what_fell_silent_in_any_company_is_ended(cast: Cast) -> None:
    old = clock.now() - timedelta(hours=13)
    mine, foreign = begin(cast, at=old), begin(cast, at=old, player=cast.stranger)
    fresh = begin(cast, at=clock.now(), player=cast.admin)
    assert jobs.end_silence(0) >= 2
    assert [again(one).ended_by for one in (mine, foreign, fresh)] == [EndedBy.SILENCE, EndedBy.SILENCE, ""]


def test_the_months_to_come_have_a_partition_each_closed_to_all_but_its_parent(cast: Cast, cluster: Cluster) -> None:
    later = clock.now().replace(year=clock.now().year + 3, month=11, day=15)
    assert actions.make_partitions(now=later) == 3
    assert actions.make_partitions(now=later) == 0
    assert jobs.make_partitions(0) == 0, "the migration made the next months"
    with psycopg.connect(cluster.owner_dsn()) as owner:
        rows = owner.execute(
            "SELECT relrowsecurity, relforcerowsecurity, has_table_privilege('sundial_app', oid, 'SELECT') "
            "FROM pg_class WHERE relname = ANY(%s)",
            [[f"activity_span_{later.year}_12", f"activity_span_{later.year + 1}_01"]],
        ).fetchall()
    assert rows == [(True, True, False)] * 2


def test_files_of_nothing_are_swept_once_they_are_old_and_all_others_stay(cast: Cast) -> None:
    kept, deleted = taken(cast), taken(cast)
    foreign = taken(cast, cast.stranger)
    path = file_of(cast.company.pk, deleted, "picture")
    stray = path.read_bytes()
    actions.delete_screenshot(acting=cast.employee.acting, screenshot_id=deleted, now=cast.now)
    orphans = [path, file_of(cast.company.pk, 2**40, "original"), path.with_name(f".{path.name}.draft")]
    for orphan in orphans:
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(stray)
    jobs.sweep_files(0)
    assert all(orphan.exists() for orphan in orphans), "they may belong to a transaction that is not over"
    for file in Path(settings.PICTURES_DIR).rglob("*"):
        os.utime(file, (0, 0))
    assert jobs.sweep_files(0) >= 3
    assert not any(orphan.exists() for orphan in orphans)
    for company_id, screenshot_id in ((cast.company.pk, kept), (cast.other.pk, foreign)):
        assert file_of(company_id, screenshot_id, "picture").exists()
        assert file_of(company_id, screenshot_id, "thumb").exists()
