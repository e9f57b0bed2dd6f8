"""The bin: nobody opens what lies there, it comes back as it was, and after thirty days it is gone for good."""

from datetime import timedelta

import pytest

from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict, NotAllowed, NotFound
from sundial.server.vault import actions, queries
from sundial.server.vault.types import Wanted
from tests.cast import Cast, Player
from tests.server.devices.plays import audit
from tests.server.vault.plays import attribute, put, stored, told

BINNED = Wanted(binned=True)


def binned(by: Player) -> list[str]:
    return [one.name for one in queries.files(by.acting, BINNED, now=clock.now()).files]


def test_what_is_binned_is_seen_by_its_owner_and_by_administrators_and_comes_back_as_it_was(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.manager)
    file = put(cast.employee, rule="finance")
    actions.bin_file(acting=cast.employee.acting, file_id=file.pk, now=clock.now())
    assert (binned(cast.employee), binned(cast.admin), binned(cast.manager)) == (["plan.txt"], ["plan.txt"], [])
    with pytest.raises(NotFound):
        queries.file(cast.manager.acting, file.pk, now=clock.now())
    with pytest.raises(NotFound):
        actions.restore_file(acting=cast.manager.acting, file_id=file.pk, now=clock.now())
    back = actions.restore_file(acting=cast.admin.acting, file_id=file.pk, now=clock.now())
    assert (back.name, back.rule_text, back.binned_at) == ("plan.txt", "finance", None)
    assert [kind for kind, _data in told(cast.admin)] == [
        "file_uploaded", "policy_added", "file_deleted", "file_uploaded", "policy_added",
    ]  # fmt: skip


def test_a_file_whose_name_or_folder_went_meanwhile_comes_back_all_the_same(cast: Cast) -> None:
    acting, now = cast.employee.acting, clock.now()
    folder = actions.make_folder(acting=acting, name="Plans", now=now)
    file = put(cast.employee, folder_id=folder.pk)
    actions.bin_folder(acting=acting, folder_id=folder.pk, now=now)
    put(cast.employee)
    back = actions.restore_file(acting=acting, file_id=file.pk, now=now)
    assert (back.name, back.folder_id) == ("plan (2).txt", None)


def test_after_thirty_days_it_is_gone_for_good_and_the_log_says_so(cast: Cast) -> None:
    acting, now = cast.employee.acting, clock.now()
    young, old = put(cast.employee, "young.txt"), put(cast.employee, "old.txt")
    actions.bin_file(acting=acting, file_id=old.pk, now=now - timedelta(days=31))
    actions.bin_file(acting=acting, file_id=young.pk, now=now - timedelta(days=29))
    actions.empty_bins(now=now)
    assert binned(cast.employee) == ["young.txt"]
    gone = stored(cast.employee, old.pk)
    assert (gone.name, gone.rule_text, gone.version, gone.erased_at) == ("", "", 0, now)
    ((entry, _personal, _details),) = audit(cast.company.pk, "FILE_DELETED")
    assert (entry.target_kind, entry.target_id, entry.actor_kind) == ("file", old.pk, "system")
    assert len(audit(cast.company.pk, "FILE_ERASED")) == 1


def test_a_folder_in_the_bin_goes_once_nothing_lies_in_it_any_more(cast: Cast) -> None:
    acting, now = cast.employee.acting, clock.now()
    outer = actions.make_folder(acting=acting, name="Outer", now=now)
    inner = actions.make_folder(acting=acting, name="Inner", parent_id=outer.pk, now=now)
    put(cast.employee, folder_id=inner.pk)
    actions.bin_folder(acting=acting, folder_id=outer.pk, now=now - timedelta(days=31))
    actions.empty_bins(now=now)
    again = actions.make_folder(acting=acting, name="Outer", now=now)
    assert again.pk != outer.pk
    assert set(queries.folders_of(acting).nodes) == {again.pk}


def test_each_of_many_stands_alone(cast: Cast) -> None:
    own, other = put(cast.employee, "own.txt"), put(cast.manager, "other.txt")
    outcomes = actions.bin_many(acting=cast.employee.acting, file_ids=[own.pk, other.pk], now=clock.now())
    assert {one.id: one.done for one in outcomes} == {own.pk: True, other.pk: False}


def test_whoever_only_sees_a_file_may_not_put_it_into_the_bin(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.manager)
    file = put(cast.employee, rule="finance")
    with pytest.raises(NotAllowed):
        actions.bin_file(acting=cast.manager.acting, file_id=file.pk, now=clock.now())


def test_a_page_that_is_old_is_told_what_changed(cast: Cast) -> None:
    file = put(cast.employee)
    actions.rename(acting=cast.admin.acting, file_id=file.pk, name="new.txt", revision=1, now=clock.now())
    with pytest.raises(Conflict) as refused:
        actions.bin_file(acting=cast.employee.acting, file_id=file.pk, revision=1, now=clock.now())
    assert refused.value.difference["name"] == "new.txt"
