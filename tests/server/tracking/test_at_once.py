"""Many savers at once, on connections of their own: versions stay dense, and the log with them."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connections

from sundial.run.postgres import Cluster
from sundial.server.lib.errors import Conflict
from sundial.server.tracking import queries
from sundial.server.tracking.types import Saved
from tests.cast import Cast
from tests.server.tracking.plays import audit, details, save

SAVERS = 6
EACH = 5


def _at_once(cast: Cast, work: "list[tuple[dict[str, int], str | None]]") -> list[Saved | Conflict]:
    """Every piece of work in a thread of its own, started together."""
    gate = threading.Barrier(len(work))

    def one(changes: dict[str, int], if_match: str | None) -> Saved | Conflict:
        gate.wait()
        try:
            return save(cast, changes, if_match=if_match)
        except Conflict as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(lambda piece: one(*piece), work))


def test_versions_are_dense_however_many_save_at_once(cast: Cast) -> None:
    for turn in range(EACH):
        values = [30 + 10 * (turn * SAVERS + saver) for saver in range(SAVERS)]
        _at_once(cast, [({"screenshot_interval_seconds": value}, None) for value in values])
    listed = queries.versions(cast.owner.acting, cast.company.pk, page_size=100)
    assert [row.version for row in listed.items] == list(range(SAVERS * EACH + 1, 0, -1))
    told = [details(entry)["config_version"] for entry, _ in audit(cast.company.pk)]
    assert told == list(range(2, SAVERS * EACH + 2))


def test_each_entry_tells_the_values_that_were_in_force_when_it_was_written(cast: Cast) -> None:
    _at_once(cast, [({"screenshot_quality": 50 + saver}, None) for saver in range(SAVERS)])
    entries = [details(entry) for entry, _ in audit(cast.company.pk)]
    for earlier, later in itertools.pairwise(entries):
        assert later["old_values"] == earlier["new_values"]


def test_of_several_who_opened_the_same_version_one_wins_and_the_others_are_told(cast: Cast) -> None:
    opened = queries.head(cast.company.pk).etag
    came = _at_once(cast, [({"screenshot_quality": 50 + saver}, opened) for saver in range(SAVERS)])
    assert sorted(type(one).__name__ for one in came) == ["Conflict"] * (SAVERS - 1) + ["Saved"]
    assert queries.head(cast.company.pk).version == 2


def test_if_the_entry_cannot_be_written_the_policy_is_not_changed(cast: Cast, cluster: Cluster) -> None:
    before = queries.head(cast.company.pk)
    refuse = f"ALTER TABLE audit_entry ADD CONSTRAINT refused CHECK (company_id <> {cast.company.pk}) NOT VALID"
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        owner.execute(refuse)
        try:
            with pytest.raises(Exception, match="refused"):
                save(cast, {"screenshot_quality": 60})
        finally:
            owner.execute("ALTER TABLE audit_entry DROP CONSTRAINT refused")
    assert queries.head(cast.company.pk) == before
    assert save(cast, {"screenshot_quality": 60}).head.version == 2
