"""`audit` of the public API."""

import csv
import io
import json
from datetime import timedelta

import pytest

from sundial.server.lib import clock
from tests.cast import Cast
from tests.server.portal.api.knock import ask, fields, problem


def found(cast: Cast, query: str = "") -> list[str]:
    return [row["action_type"] for row in ask(cast.admin, "GET", f"/audit?{query}").json()["items"]]


def test_an_admin_reads_the_company_s_log_newest_first(cast: Cast) -> None:
    ask(cast.admin, "PATCH", f"/users/{cast.employee.id}", {"role": "MANAGER"})
    told = ask(cast.admin, "GET", "/audit").json()
    newest = told["items"][0]
    assert set(newest) == {
        "id", "seq", "action_type", "description", "details", "user", "ip_address", "timestamp",
    }  # fmt: skip
    assert (newest["action_type"], newest["user"], newest["ip_address"]) == (
        "EMPLOYEE_EDITED", cast.admin.email, "127.0.0.1",
    )  # fmt: skip
    assert newest["details"]["new_values"] == {"role": "MANAGER"}
    assert [row["seq"] for row in told["items"]] == list(range(told["count"], 0, -1))


def test_an_employee_reads_what_is_about_themselves(cast: Cast) -> None:
    told = ask(cast.employee, "GET", "/audit").json()
    assert [row["action_type"] for row in told["items"]] == ["EMPLOYEE_ADDED"]


def test_a_manager_reads_none(cast: Cast) -> None:
    for path in ("/audit", "/audit/export", "/audit/own-acts"):
        assert problem(ask(cast.manager, "GET", path)) == (403, "forbidden")


def test_the_owner_reads_the_platform_s_log_and_their_own_acts_without_persons(cast: Cast) -> None:
    assert ask(cast.owner, "GET", "/audit").status_code == 200
    ask(cast.owner, "PATCH", f"/companies/{cast.company.pk}", {"policy_delegated": True})
    acts = ask(cast.owner, "GET", "/audit/own-acts")
    (newest, *_rest) = acts.json()["items"]
    assert (newest["action_type"], newest["company_id"]) == ("POLICY_DELEGATED", cast.company.pk)
    assert cast.admin.email not in acts.content.decode()
    for player in (cast.admin, cast.employee):
        assert problem(ask(player, "GET", "/audit/own-acts")) == (403, "forbidden")


def test_filters_narrow_it(cast: Cast) -> None:
    ask(cast.admin, "PATCH", f"/users/{cast.employee.id}", {"first_name": "Zoe"})
    today, tomorrow = clock.now().date(), clock.now().date() + timedelta(days=1)
    assert set(found(cast, "action_type=EMPLOYEE_ADDED")) == {"EMPLOYEE_ADDED"}
    assert set(found(cast, f"user={cast.owner.email}")) == {"COMPANY_CREATED", "EMPLOYEE_ADDED"}
    assert found(cast, f"user={cast.admin.id}&action_type=EMPLOYEE_EDITED") == ["EMPLOYEE_EDITED"]
    assert found(cast, "user=ada%20admin&action_type=EMPLOYEE_EDITED") == ["EMPLOYEE_EDITED"]
    assert found(cast, f"user={cast.admin.email[:-5].upper()}&action_type=EMPLOYEE_EDITED") == ["EMPLOYEE_EDITED"]
    assert found(cast, f"search={cast.manager.email}") == ["EMPLOYEE_ADDED"]
    assert len(found(cast, f"from={today}&to={today}")) == 5
    assert found(cast, f"from={tomorrow}") == found(cast, "user=nobody@example.test") == []
    moment = (clock.now() + timedelta(minutes=1)).isoformat()
    assert len(found(cast, f"to={moment}")) == 5, "a plus sign in a moment need not be escaped"
    assert found(cast, "to=2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "query", ["from=yesterday", "from=2026-13-01", "to=2026", "to=9999-12-31", "from=0001-01-01T00:00:00%2B23:59"]
)
def test_a_day_that_is_none_is_named(cast: Cast, query: str) -> None:
    assert fields(ask(cast.admin, "GET", f"/audit?{query}")) == {query.partition("=")[0]}


def test_pages_past_the_end_are_empty(cast: Cast) -> None:
    told = ask(cast.admin, "GET", "/audit?page=2&page_size=3").json()
    assert (len(told["items"]), told["count"], told["pages"]) == (1, 4, 2)
    assert ask(cast.admin, "GET", "/audit?page=3&page_size=3").json()["items"] == []


def test_the_log_is_exported_in_three_forms_and_that_is_recorded(cast: Cast) -> None:
    bodies = {}
    for form, kind in (("csv", "text/csv"), ("json", "application/json"), ("bundle", "application/x-ndjson")):
        answer = ask(cast.admin, "GET", f"/audit/export?format={form}")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(kind)
        assert "attachment" in answer["Content-Disposition"]
        bodies[form] = b"".join(answer).decode()
    assert len(list(csv.DictReader(io.StringIO(bodies["csv"])))) == 5
    assert json.loads(bodies["json"])[0]["action_type"] == "COMPANY_CREATED"
    assert "signature" in bodies["bundle"].splitlines()[-1]
    assert found(cast).count("AUDIT_EXPORTED") == 3
    assert problem(ask(cast.employee, "GET", "/audit/export")) == (403, "forbidden")
    assert fields(ask(cast.admin, "GET", "/audit/export?format=xlsx")) == {"format"}


def test_one_company_s_log_says_nothing_of_another(cast: Cast) -> None:
    assert cast.admin.email not in ask(cast.stranger, "GET", "/audit?page_size=100").content.decode()
