"""Reading policies: the list of all versions, who made them, and who may look."""

import pytest

from sundial.server.lib.errors import NotFound
from sundial.server.tracking import actions, queries
from tests.cast import Cast
from tests.server.tracking.plays import save


def test_versions_are_listed_newest_first_with_what_each_changed(cast: Cast) -> None:
    for quality in (60, 70, 80):
        save(cast, {"screenshot_quality": quality})
    listed = queries.versions(cast.employee.acting, cast.company.pk)
    assert (listed.count, listed.page, listed.pages) == (4, 1, 1)
    assert [row.version for row in listed.items] == [4, 3, 2, 1]
    assert [row.current for row in listed.items] == [True, False, False, False]
    assert [[(one.old, one.new) for one in row.differences] for row in listed.items] == [
        [(70, 80)],
        [(60, 70)],
        [(85, 60)],
        [],
    ]


def test_a_version_at_the_end_of_a_page_is_compared_with_the_one_on_the_next(cast: Cast) -> None:
    for quality in (60, 70, 80):
        save(cast, {"screenshot_quality": quality})
    first = queries.versions(cast.admin.acting, cast.company.pk, page_size=2)
    second = queries.versions(cast.admin.acting, cast.company.pk, page=2, page_size=2)
    assert [len(row.differences) for row in first.items] == [1, 1]
    assert [row.version for row in second.items] == [2, 1]
    assert not any(row.current for row in second.items)
    beyond = queries.versions(cast.admin.acting, cast.company.pk, page=99, page_size=2)
    assert beyond.items == second.items


def test_with_the_eldest_first_each_version_says_the_same(cast: Cast) -> None:
    for quality in (60, 70, 80, 90):
        save(cast, {"screenshot_quality": quality})
    newest_first = queries.versions(cast.admin.acting, cast.company.pk).items
    found = [
        queries.versions(cast.admin.acting, cast.company.pk, ordering="version", page=page, page_size=2).items
        for page in (1, 2, 3)
    ]
    assert [len(items) for items in found] == [2, 2, 1]
    assert [row for items in found for row in items] == list(newest_first[::-1])


def test_the_last_change_names_who_saved_it_as_far_as_the_reader_may_know(cast: Cast) -> None:
    actions.set_delegation(acting=cast.owner.acting, company_id=cast.company.pk, delegated=True, now=cast.now)
    save(cast, {"screenshot_quality": 60}, by=cast.admin)
    assert queries.last_change(cast.employee.acting, cast.company.pk).saved_by.label == cast.admin.email
    assert "@" not in queries.last_change(cast.owner.acting, cast.company.pk).saved_by.label


def test_one_version_is_read_with_its_differences(cast: Cast) -> None:
    save(cast, {"screenshot_quality": 60})
    save(cast, {"screenshot_quality": 70})
    second = queries.version(cast.admin.acting, cast.company.pk, 2)
    assert ([(one.old, one.new) for one in second.differences], second.current) == ([(85, 60)], False)
    assert queries.version(cast.admin.acting, cast.company.pk, 3).current
    for number in (0, 4, -1, 2**40):
        with pytest.raises(NotFound):
            queries.version(cast.admin.acting, cast.company.pk, number)


def test_everyone_in_the_company_and_the_owner_read_the_policy_and_a_stranger_does_not(cast: Cast) -> None:
    for player in (cast.owner, cast.admin, cast.manager, cast.employee):
        assert queries.head_for(player.acting, cast.company.pk).version == 1
    for read in (queries.head_for, queries.versions, queries.last_change):
        with pytest.raises(NotFound):
            read(cast.stranger.acting, cast.company.pk)
    with pytest.raises(NotFound):
        queries.version(cast.stranger.acting, cast.company.pk, 1)
    with pytest.raises(NotFound):
        queries.head_for(cast.owner.acting, 2**40)
