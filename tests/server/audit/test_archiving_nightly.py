"""The night's job archives what each log's rule says, and one log that fails holds up no other."""

from pathlib import Path

import psycopg
from django.conf import settings

from sundial.server.audit import actions, jobs, queries
from sundial.server.audit.storage import Outside, Shelf
from sundial.server.audit.verify import verify_live
from sundial.server.lib import clock, keys
from tests.server.audit.archives import live_through
from tests.server.audit.plays import ADMIN, fresh_log
from tests.server.audit.tampering import Row


def publics() -> tuple[bytes, ...]:
    return tuple(named.public for named in keys.publics("checkpoint"))


def with_a_rule(count: int = 10) -> int:
    log = fresh_log()
    live_through(log, count)
    actions.change_archive_rule(acting=ADMIN, log=log, months_kept=12, now=clock.now())
    return log


def test_the_job_archives_by_the_rule_and_without_one_nothing(committed_db: None) -> None:
    ours, unruled = with_a_rule(), fresh_log()
    live_through(unruled, 3)
    assert jobs.archive_old(0) >= 10
    assert [one.entries for one in queries.archives(ours)] == [10]
    assert queries.archives(unruled) == []
    assert Shelf(Path(settings.ARCHIVE_DIR)).has(ours, 1)
    assert Outside(Path(settings.CHECKPOINT_DIR)).log(ours).note(), "attested before and after"
    report = verify_live(directory=Path(settings.CHECKPOINT_DIR), publics=publics(), only=ours)
    assert report.exit_code == 0, report.lines()


def test_a_tampered_log_is_refused_and_the_others_go_on(committed_db: None, owner: psycopg.Connection[Row]) -> None:
    bad, good = with_a_rule(), with_a_rule()
    owner.execute("UPDATE audit_entry SET actor_id = 99 WHERE company_id = %s AND seq = 3", [bad])
    try:
        done = actions.archive_all(now=clock.now())
    finally:
        owner.execute("UPDATE audit_entry SET actor_id = 7 WHERE company_id = %s AND seq = 3", [bad])
    assert bad not in done
    assert done[good] == 10
    assert queries.archives(bad) == []
