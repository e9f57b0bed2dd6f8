"""Reading the log: in order, filtered, and no more than the reader's role allows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from sundial.server.audit import actions, queries
from sundial.server.audit.types import Filters, Subject
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import PLATFORM, acting_for
from tests.server.audit.plays import ADMIN, NOW, fill, fresh_log, note

pytestmark = pytest.mark.usefixtures("committed_db")


def admin_of(log: int) -> Acting:
    return Acting(kind="person", id=7, label="asha@acme.test", role=Role.ADMIN, company_id=log)


def employee_of(log: int, number: int = 12) -> Acting:
    return Acting(kind="person", id=number, label="ravi@acme.test", role=Role.EMPLOYEE, company_id=log)


def test_the_newest_entry_comes_first_and_pages_are_of_twenty() -> None:
    log = fresh_log()
    fill(log, 45)
    first, last = queries.entries(admin_of(log)), queries.entries(admin_of(log), page=3)
    assert [shown.seq for shown in first.items] == list(range(45, 25, -1))
    assert [shown.seq for shown in last.items] == [5, 4, 3, 2, 1]
    assert (first.count, first.pages, first.capped) == (45, 3, False)


@pytest.mark.parametrize("filters", [Filters(), Filters(since=NOW), Filters(search="entry"), Filters(user=7)])
def test_pages_with_the_eldest_first_follow_one_another(filters: Filters) -> None:
    log = fresh_log()
    fill(log, 45)
    pages = [queries.entries(admin_of(log), filters, ordering="seq", page=page) for page in (1, 2, 3)]
    assert [shown.seq for page in pages for shown in page.items] == list(range(1, 46))
    assert [(page.page, page.pages, page.count) for page in pages] == [(1, 3, 45), (2, 3, 45), (3, 3, 45)]


def test_a_page_beyond_the_last_is_the_last() -> None:
    log = fresh_log()
    fill(log, 3)
    assert queries.entries(admin_of(log), page=99).page == 1
    assert queries.entries(admin_of(log), page=-1).page == 1


def test_a_log_without_entries_is_an_empty_page() -> None:
    page = queries.entries(admin_of(fresh_log()))
    assert (list(page.items), page.count, page.pages) == ([], 0, 1)


def test_an_entry_tells_who_what_when_and_where_from() -> None:
    log = fresh_log()
    note(log, 4, personal={"target": "Acme"})
    shown = queries.entries(admin_of(log)).items[0]
    assert (shown.id, shown.action_type, shown.at) == (1, "POLICY_CHANGED", NOW + timedelta(seconds=4))
    assert (shown.user, shown.ip_address, shown.target) == ("asha@acme.test", "198.51.100.7", "Acme")
    assert shown.description == "Screenshots every 4 seconds"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(action_type="EMPLOYEE_ADDED"), [9, 6, 3]),
        (Filters(action_type="NO_SUCH_ACTION"), []),
        (Filters(action_type="\x00\ud800"), []),
        (Filters(user=10**40), []),
        (Filters(user="asha@acme.test"), list(range(10, 0, -1))),
        (Filters(user="ASHA@acme.test"), list(range(10, 0, -1))),
        (Filters(user="sha acme"), list(range(10, 0, -1))),
        (Filters(user="asha%"), []),
        (Filters(user="Asha Rahman", called=("asha@acme.test",)), list(range(10, 0, -1))),
        (Filters(user=7), list(range(10, 0, -1))),
        (Filters(user=8), []),
        (Filters(user="nobody@acme.test"), []),
        (Filters(since=NOW + timedelta(seconds=9)), [10, 9]),
        (Filters(until=NOW + timedelta(seconds=3)), [2, 1]),
        (Filters(since=NOW + timedelta(seconds=3), until=NOW + timedelta(seconds=5)), [4, 3]),
        (Filters(search="entry 7"), [7]),
        (Filters(search="PERSON6@"), [6]),
        (Filters(search="acme"), list(range(10, 0, -1))),
        (Filters(search="100%"), []),
        (Filters(search="_ntry"), []),
        (Filters(search="\\"), []),
        (Filters(search="'; DROP TABLE audit_entry; --"), []),
        (Filters(search="\x00\ud800"), []),
        (Filters(action_type="EMPLOYEE_ADDED", search="entry 9", user=7), [9]),
        (Filters(about=Subject("person", 6)), [6]),
        (Filters(about=Subject("person", 7)), list(range(10, 0, -1))),
        (Filters(about=Subject("device", 6)), []),
    ],
)
def test_filters_narrow_the_list(filters: Filters, expected: list[int]) -> None:
    log = fresh_log()
    fill(log, 10)
    page = queries.entries(admin_of(log), filters)
    assert [shown.seq for shown in page.items] == expected
    assert page.count == len(expected)
    eldest_first = queries.entries(admin_of(log), filters, ordering="seq", page_size=100)
    assert [shown.seq for shown in eldest_first.items] == expected[::-1]


def test_filtered_lists_have_pages_too() -> None:
    log = fresh_log()
    fill(log, 30)
    page = queries.entries(admin_of(log), Filters(action_type="EMPLOYEE_ADDED"), page=2, page_size=4)
    assert [shown.seq for shown in page.items] == [18, 15, 12, 9]
    assert (page.count, page.pages) == (10, 3)


def test_personal_details_are_put_back_beside_the_others() -> None:
    log = fresh_log()
    note(
        log,
        details={"role": "MANAGER", "old_values": {"teams": 1}, "new_values": {"teams": 2}},
        personal={"new_values": {"last_name": "Rao"}, "old_values": {"last_name": "Iyer"}, "nickname": "R"},
    )
    shown = queries.entry(admin_of(log), 1)
    assert shown.details["nickname"] == "R"
    assert [(row.name, row.old, row.new) for row in queries.differences(shown)] == [
        ("last_name", "Iyer", "Rao"),
        ("teams", 1, 2),
    ]


def test_what_is_only_new_or_only_old_is_a_difference_too() -> None:
    log = fresh_log()
    note(log, details={"old_values": {"a": 1}, "new_values": {"b": 2}})
    rows = queries.differences(queries.entry(admin_of(log), 1))
    assert [(row.name, row.old, row.new) for row in rows] == [("a", 1, None), ("b", None, 2)]


@pytest.mark.parametrize("details", [{}, {"old_values": 5, "new_values": None}])
def test_an_entry_that_changed_no_values_has_no_differences(details: dict[str, Any]) -> None:
    log = fresh_log()
    note(log, details=details)
    assert queries.differences(queries.entry(admin_of(log), 1)) == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DEVICE, Role.SYSTEM])
def test_other_roles_read_no_log(role: Role) -> None:
    acting = Acting(kind="person", id=3, label="m@acme.test", role=role, company_id=fresh_log())
    with pytest.raises(NotAllowed):
        queries.entries(acting)
    with pytest.raises(NotAllowed):
        queries.entry(acting, 1)


def test_an_unknown_entry_and_that_of_another_company_are_the_same() -> None:
    ours, theirs = fresh_log(), fresh_log()
    fill(theirs, 3)
    for seq in (0, -1, 1, 3, 10**15, 10**40):
        with pytest.raises(NotFound, match=r"Not found\."):
            queries.entry(admin_of(ours), seq)


def test_an_employee_reads_what_is_about_themselves() -> None:
    log = fresh_log()
    note(log)
    note(log, description="Ravi joined", target_kind="user", target_id=12)
    note(log, acting=employee_of(log), description="Ravi signed in")
    note(log, target_kind="device", target_id=12)
    page = queries.entries(employee_of(log))
    assert [shown.seq for shown in page.items] == [3, 2]
    assert queries.entry(employee_of(log), 2).description == "Ravi joined"
    assert not queries.entries(employee_of(log), Filters(about=Subject("person", 7))).items[1:]
    with pytest.raises(NotFound):
        queries.entry(employee_of(log), 1)


def test_an_employee_does_not_learn_from_where_others_work() -> None:
    log = fresh_log()
    note(log, target_kind="user", target_id=12)
    assert queries.entry(employee_of(log), 1).ip_address is None
    assert queries.entry(admin_of(log), 1).ip_address == "198.51.100.7"


def owner(number: int) -> Acting:
    return Acting(kind="person", id=number, label="root@platform.test", role=Role.OWNER, ip="198.51.100.1")


def test_an_owner_sees_own_acts_in_every_company_without_persons() -> None:
    one, other, me = fresh_log(), fresh_log(), owner(fresh_log())
    note(one, acting=me, description="Suspended Asha's firm", personal={"target": "Asha"}, target_id=12)
    note(one)
    note(other, acting=me, now=NOW + timedelta(days=1))
    note(other, acting=owner(fresh_log()))
    page = queries.own_acts(me)
    assert [(act.log, act.seq, act.action_type) for act in page.items] == [
        (other, 1, "POLICY_CHANGED"),
        (one, 1, "POLICY_CHANGED"),
    ]
    assert page.count == 2
    assert "Asha" not in repr(page)
    assert queries.own_acts(me, ordering="timestamp").items == page.items[::-1]
    assert queries.own_acts(me, logs=[one]).items == page.items[1:]
    assert queries.own_acts(me, logs=[]).count == 0


def test_only_an_owner_has_acts_across_companies() -> None:
    with pytest.raises(NotAllowed):
        queries.own_acts(ADMIN)


def test_an_owner_reads_the_platforms_log_without_persons() -> None:
    me = owner(fresh_log())
    nobody = Acting(kind="person", id=None, label="someone", role=Role.SYSTEM, ip="203.0.113.5")
    with acting_for(PLATFORM), transaction.atomic():
        actions.record(acting=me, company_id=PLATFORM, action="SETTINGS_CHANGED", details={"a": 1}, now=NOW)
        actions.record(
            acting=nobody,
            company_id=PLATFORM,
            action="SIGN_IN_FAILED",
            description="A sign-in as ravi@acme.test failed",
            details={"reason": "password", "door": "page"},
            personal={"target": "ravi@acme.test"},
            target_kind="user",
            target_id=12,
            now=NOW,
        )
    failed, own = queries.entries(me).items[:2]
    assert (failed.description, failed.user, failed.ip_address, failed.target) == ("Sign in failed", None, None, None)
    assert failed.details == {"reason": "password", "door": "page"}
    assert (own.user, own.ip_address, own.details) == ("root@platform.test", "198.51.100.1", {"a": 1})


def test_erased_values_are_shown_as_gone() -> None:
    log = fresh_log()
    note(log, description="Ravi joined", personal={"target": "ravi"}, target_kind="user", target_id=12)
    actions.erase(acting=ADMIN, company_id=log, subjects=[Subject("person", 12)], now=NOW)
    shown = queries.entry(admin_of(log), 1)
    assert (shown.erased, shown.description, shown.target) == (True, None, None)
    assert shown.user == "asha@acme.test"
