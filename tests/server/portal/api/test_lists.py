"""Every list of the public API: a page at a time, in each of the orders it offers, looked through for words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.server.portal.api.furnished import Furnished, furnish
from tests.server.portal.api.knock import V1, ask, fields
from tests.server.portal.test_activity import DAY

DOCS = Path(__file__).parents[4] / "docs" / "subsystems" / "api.md"
WINDOW = f"from={DAY}&to={DAY}"


@dataclass(frozen=True)
class List:
    """How a list is asked in the furnished company.

    `found` is a word that some of it has and some has not. `shown` are the fields of items that tell an order of
    another name, `alike` the orders by what is the same in all of these; `needs` is what has to be asked with an order.
    """

    found: str = ""
    by: str = "admin"
    query: str = ""
    shown: dict[str, str] = field(default_factory=dict)
    alike: tuple[str, ...] = ()
    needs: dict[str, str] = field(default_factory=dict)


LISTS = {
    "/companies": List("first-{word}", "owner", "search={word}"),
    "/companies/{company_id}/policy/versions": List("screenshots"),
    "/companies/{company_id}/exports": List("owner"),
    "/plans": List("enterprise", "owner"),
    "/invoices": List("first-{word}", "owner", "search={word}"),
    "/users": List("manager"),
    "/attributes": List("fin"),
    "/departments": List("design"),
    "/teams": List("night"),
    "/devices": List("employee"),
    "/sessions": List("employee"),
    "/manual-time": List("train"),
    "/usage": List("term", query=WINDOW, needs={"bucket": "group=bucket"}),
    "/screenshots": List("employee"),
    "/reports": List("month"),
    "/reports/{name}": List("employee", query=WINDOW, alike=("days", "target", "utilised")),
    "/tasks": List("proof", shown={"changed_at": "id", "status": "progress"}),
    "/tasks/{task_id}/comments": List("upside"),
    "/projects": List("broch"),
    "/files": List("invoice", shown={"kind": "media_type", "owner": "owner_id"}),
    "/folders": List("plan"),
    "/audit": List("folder"),
    "/audit/own-acts": List("second", "owner"),
    "/audit/archives": List("2025-01"),
    "/alerts": List("employee"),
}


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Furnished]:
    """One company for all: nothing here writes."""
    with django_db_blocker.unblock():
        yield furnish()
        connection.close()


@pytest.fixture(scope="module")
def described(furnished: Furnished) -> dict[str, dict[str, Any]]:
    """The parameters of every list, by its path and their names."""
    schema: dict[str, Any] = Client().get(f"{V1}/openapi.json").json()
    found = {}
    for path, methods in schema["paths"].items():
        told = methods.get("get", {"responses": {"200": {}}})
        answer = told["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        parts = schema["components"]["schemas"].get(answer.get("$ref", "").rpartition("/")[2], {})
        if "items" in parts.get("properties", {}):
            found[path.removeprefix(V1)] = {one["name"]: one["schema"] for one in told["parameters"]}
    return found


def test_every_list_is_in_the_table(described: dict[str, dict[str, Any]]) -> None:
    assert set(described) == set(LISTS)


def test_the_docs_name_every_order(described: dict[str, dict[str, Any]]) -> None:
    rows = re.findall(r"^\| `(\S+)` \|(.*)\|$", DOCS.read_text(), re.MULTILINE)
    written = {f"/{path}": {one.removeprefix("-") for one in re.findall(r"`(-?\w+)`", told)} for path, told in rows}
    orders = {
        re.sub(r"\w+_id", "id", path): {one.removeprefix("-") for one in taken["ordering"].get("enum", ()) if one}
        for path, taken in described.items()
    }
    assert written == orders | {"/reports/{name}": {"sortable"}}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_comes_a_page_at_a_time_and_takes_an_order_and_words(
    furnished: Furnished, described: dict[str, dict[str, Any]], path: str
) -> None:
    assert {"items", "count", "page", "pages"} <= set(_answer(furnished, path).json())
    assert {"page", "page_size", "ordering", "search"} <= set(described[path])
    assert described[path]["page_size"]["maximum"] == 100


@pytest.mark.parametrize("path", LISTS)
def test_each_order_is_the_other_turned_round(
    furnished: Furnished, described: dict[str, dict[str, Any]], path: str
) -> None:
    told, asked = described[path]["ordering"], LISTS[path]
    orders = told.get("enum") or _columns(furnished, path)
    keys = {one.removeprefix("-") for one in orders if one}
    assert {*keys, *(f"-{one}" for one in keys)} == {one for one in orders if one}
    for key in sorted(keys):
        name = asked.shown.get(key, key)
        more = asked.needs.get(key, "")
        up, down = (_values(_all(furnished, path, more, f"ordering={turn}{key}"), name) for turn in ("", "-"))
        assert down == up[::-1], key
        assert len(set(up)) > 1 or key in asked.alike, key
        assert up == sorted(up, key=_as_people_sort), key
    assert _all(furnished, path) == _all(furnished, path, f"ordering={told['default']}")


@pytest.mark.parametrize("path", LISTS)
def test_an_order_that_a_list_does_not_know_is_refused(furnished: Furnished, path: str) -> None:
    for wrong in ("nonsense", "-nonsense", "--id", "%00"):
        assert fields(_answer(furnished, path, f"ordering={wrong}")) == {"ordering"}


@pytest.mark.parametrize("path", LISTS)
def test_words_leave_what_holds_all_of_them(furnished: Furnished, path: str) -> None:
    whole, word = _all(furnished, path), LISTS[path].found.format(word=furnished.word)
    assert 0 < len(_all(furnished, path, f"search={word}")) < len(whole)
    assert _all(furnished, path, f"search={word}+nowhere") == []


def _answer(furnished: Furnished, path: str, *more: str) -> Any:
    """What is answered to this; what comes later in an address stands for what came before."""
    asked = LISTS[path]
    own = {"company_id": furnished.cast.company.pk, "task_id": furnished.task, "name": "utilisation"}
    query = "&".join(filter(None, (asked.query.format(word=furnished.word), *more)))
    return ask(getattr(furnished.cast, asked.by), "GET", f"{path.format(**own)}?{query}")


def _all(furnished: Furnished, path: str, *more: str) -> list[Any]:
    """Every item, three at a time."""
    found: list[Any] = []
    page, pages = 1, 1
    while page <= pages:
        answer = _answer(furnished, path, *more, f"page_size=3&page={page}")
        assert answer.status_code == 200, answer.content
        told = answer.json()
        found, page, pages = [*found, *told["items"]], page + 1, told["pages"]
    assert len(found) == told["count"]
    return found


def _columns(furnished: Furnished, path: str) -> list[str]:
    """The orders of a report: its columns, both ways."""
    told = _answer(furnished, path).json()["columns"]
    return [f"{turn}{one['key']}" for one in told if one["sortable"] for turn in ("", "-")]


def _values(items: list[Any], name: str) -> list[Any]:
    """What is ordered by, without those that have no value: these stand last either way."""
    return [item[name] for item in items if item[name] is not None]


def _as_people_sort(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
