"""The company's words about its people: the pool and what uses it, one person's, and several people's at once."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.companies import actions, queries
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.portal.test_people_bulk import bulk, some, undo


def pool(cast: Cast, **kinds: str) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        for name, kind in kinds.items():
            actions.add_attribute(acting=cast.admin.acting, name=name, kind=kind, now=clock.now())


def has(cast: Cast, *ids: int) -> list[list[str]]:
    with acting_for(cast.company.pk), transaction.atomic():
        found = queries.attributes_of(ids, now=clock.now())
    return [[one.text for one in found.get(one, [])] for one in ids]


def give(cast: Cast, user_id: int, *held: Held) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        actions.set_attributes(acting=cast.admin.acting, user_id=user_id, held=held, now=clock.now())


def read(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_attribute_is_added_listed_found_and_exported(cast: Cast) -> None:
    assert "No attributes yet" in read(cast.admin, "/attributes/")
    for name, kind in (("finance", "flag"), ("clearance", "number")):
        assert cast.admin.client.post("/attributes/", {"name": name, "kind": kind}).status_code == 302
    page = read(cast.admin, "/attributes/")
    assert "finance" in page
    assert "A number" in page
    found = read(cast.manager, "/attributes/?search=clear")
    assert (">clearance<" in found, ">finance<" in found, "Remove" in found) == (True, False, False)
    assert "clearance,number,0,0" in cast.admin.client.get("/attributes/?format=csv").getvalue().decode()


@pytest.mark.parametrize("name", ["Finance", "1st", "two words", "finance", ""])
def test_a_name_that_does_not_fit_is_refused_beside_its_field(cast: Cast, name: str) -> None:
    pool(cast, finance="flag")
    answer = cast.admin.client.post("/attributes/", {"name": name, "kind": "flag"})
    assert (answer.status_code, b"field-error" in answer.content) == (422, True)


def test_before_one_is_removed_the_page_says_who_has_it(cast: Cast) -> None:
    pool(cast, finance="flag")
    give(cast, cast.employee.id, Held("finance"))
    page = read(cast.admin, "/attributes/finance/remove/")
    assert "?attribute=finance" in page
    assert cast.admin.client.post("/attributes/finance/remove/").status_code == 302
    assert has(cast, cast.employee.id) == [[]]
    for name in ("finance", "financ", "\x00"):
        assert cast.admin.client.get(f"/attributes/{name}/remove/").status_code == 404


def test_a_person_has_what_was_ticked_and_filled_in_and_ends_stay(cast: Cast) -> None:
    pool(cast, finance="flag", night="flag", clearance="number", site="word")
    until = clock.now().replace(year=2099)
    give(cast, cast.employee.id, Held("night", expires_at=until), Held("finance"))
    page = read(cast.admin, f"/employees/{cast.employee.id}/")
    assert re.search(r'value="night" checked', page)
    assert not re.search(r'value="clearance" checked', page)
    sent = {"has": ["night"], "value-clearance": " 3 ", "value-site": ""}
    assert cast.admin.client.post(f"/employees/{cast.employee.id}/attributes/", sent).status_code == 302
    assert has(cast, cast.employee.id) == [["clearance=3", "night"]]
    with acting_for(cast.company.pk), transaction.atomic():
        kept = {
            one.name: one.expires_at
            for one in queries.attributes_of([cast.employee.id], now=clock.now())[cast.employee.id]
        }
    assert kept == {"night": until, "clearance": None}
    assert "clearance=3" in read(cast.manager, f"/employees/{cast.employee.id}/")


@pytest.mark.parametrize("sent", [{"has": ["nowhere"]}, {"value-clearance": "high"}, {"has": ["clearance"]}])
def test_what_does_not_fit_changes_nothing_and_says_why(cast: Cast, sent: dict[str, object]) -> None:
    pool(cast, finance="flag", clearance="number")
    give(cast, cast.employee.id, Held("finance"))
    answer = cast.admin.client.post(f"/employees/{cast.employee.id}/attributes/", sent, follow=True)
    assert "data-kind=" in answer.content.decode()
    assert has(cast, cast.employee.id) == [["finance"]]


def test_several_get_a_flag_and_lose_it_and_each_is_undone_to_what_it_was(cast: Cast) -> None:
    pool(cast, finance="flag", night="flag")
    one, other = some(cast, 2)
    give(cast, one, Held("finance"), Held("night"))
    html = bulk(cast.admin, "give:finance", [one, other])
    assert "Done for 2 of 2" in html
    assert has(cast, one, other) == [["finance", "night"], ["finance"]]
    undo(cast.admin, html)
    assert has(cast, one, other) == [["finance", "night"], []]
    html = bulk(cast.admin, "take:night", [one, other])
    assert has(cast, one, other) == [["finance"], []]
    undo(cast.admin, html)
    assert has(cast, one, other) == [["finance", "night"], []]


def test_several_get_a_value_that_is_asked_for(cast: Cast) -> None:
    pool(cast, clearance="number")
    one, other = some(cast, 2)
    give(cast, one, Held("clearance", "1"))
    assert "Which clearance?" in bulk(cast.admin, "give:clearance", [one, other])
    assert has(cast, one, other) == [["clearance=1"], []]
    assert "Done for 0 of 2" in bulk(cast.admin, "give:clearance", [one, other], value="high")
    html = bulk(cast.admin, "give:clearance", [one, other], value="4")
    assert has(cast, one, other) == [["clearance=4"], ["clearance=4"]]
    undo(cast.admin, html)
    assert has(cast, one, other) == [["clearance=1"], []]
    gone = cast.admin.client.post("/employees/bulk/", {"what": "give:nowhere", "ids": [one]})
    assert gone.status_code == 404


def test_what_several_carry_changes_in_as_many_questions_however_many_they_are(cast: Cast) -> None:
    def asked(what: str, ids: list[int]) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as seen:
            html = bulk(cast.admin, what, ids)
        return len(seen), html

    pool(cast, finance="flag")
    ids = some(cast, 12)
    few, _html = asked("give:finance", ids[:2])
    many, html = asked("give:finance", ids[2:])
    assert many <= few
    with CaptureQueriesContext(connection) as seen:
        undo(cast.admin, html)
    assert len(seen) <= few
    assert has(cast, *ids) == [["finance"]] * 2 + [[]] * 10


def test_people_are_found_by_an_attribute(cast: Cast) -> None:
    pool(cast, finance="flag")
    give(cast, cast.manager.id, Held("finance"))
    page = read(cast.admin, "/employees/?attribute=finance")
    assert (cast.manager.email in page, cast.employee.email in page) == (True, False)
    assert cast.manager.email not in read(cast.admin, "/employees/?attribute=financ%00e%00x")


def test_the_list_asks_the_database_as_often_however_many_there_are(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            read(cast.admin, "/attributes/")
        return len(seen)

    pool(cast, one="flag")
    few = asked()
    pool(cast, **{f"more-{n}": "flag" for n in range(12)})
    assert asked() == few
