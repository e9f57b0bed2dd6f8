"""Section 8: who may do what, role by door."""

import pytest

from tests.contract.house import Firm, Person, ask, fresh, in_browser

LISTS = {
    # door: OWNER, ADMIN, MANAGER, EMPLOYEE
    "/api/v1/companies": (200, 200, 200, 200),
    "/api/v1/users": (403, 200, 200, 403),
    "/api/v1/devices": (403, 200, 200, 200),
    "/api/v1/audit": (200, 200, 403, 200),
    "/api/v1/companies/{company}": (200, 200, 200, 200),
    "/api/v1/companies/{company}/policy": (200, 200, 200, 200),
    "/api/v1/companies/{company}/policy/versions": (200, 200, 200, 200),
    "/api/employee-config/": (403, 200, 200, 200),
    "/api/policy/": (403, 200, 200, 200),
}
PAGES = {
    "/dashboard/": (302, 200, 200, 200),
    "/owner/": (200, 403, 403, 403),
    "/employees/": (403, 200, 200, 403),
    "/policy/": (404, 200, 200, 200),
    "/policy-configuration/": (404, 200, 200, 200),
    "/owner/company/{company}/policy/": (200, 404, 404, 404),
    "/devices/": (403, 200, 200, 200),
    "/audit-logs/": (200, 200, 403, 200),
}


def _people(firm: Firm) -> tuple[Person, ...]:
    return firm.owner, firm.admin, firm.manager, firm.employee


@pytest.mark.parametrize("path", sorted(LISTS))
def test_who_may_read(firm: Firm, path: str) -> None:
    for person, status in zip(_people(firm), LISTS[path], strict=True):
        answer = person.get(path.format(company=firm.id))
        assert answer.status_code == status, (path, person.email, answer.text)


def test_people_read_themselves(firm: Firm) -> None:
    for person in _people(firm)[1:]:
        shown = person.get(f"/api/v1/users/{person.id}")
        assert (shown.status_code, shown.json()["email"]) == (200, person.email)
    assert firm.employee.get(f"/api/v1/users/{firm.admin.id}").status_code == 404
    assert firm.owner.get(f"/api/v1/users/{firm.employee.id}").status_code in {403, 404}


def test_managers_see_their_teams_alone(firm: Firm) -> None:
    seen = {item["id"] for item in firm.manager.get("/api/v1/users?page_size=100").json()["items"]}
    assert firm.employee.id not in seen, "in no team of theirs"
    device = firm.enrol(firm.employee)
    assert firm.manager.get(f"/api/v1/devices/{device.device_id}").status_code == 404
    assert firm.manager.get(f"/api/v1/users/{firm.employee.id}").status_code == 404


def test_only_owners_found_suspend_and_delegate(firm: Firm) -> None:
    path = f"/api/v1/companies/{firm.id}"
    for person in _people(firm)[1:]:
        assert person.post("/api/v1/companies", {"name": "x", "admin_email": fresh("x")}).status_code == 403
        assert person.patch(path, {"policy_delegated": True}).status_code == 403
        assert person.post(f"{path}/suspend", {}).status_code == 403
        assert person.post(f"{path}/reactivate", {}).status_code == 403
    assert firm.owner.get(path).json()["policy_delegated"] is False


def test_only_administrators_change_people(firm: Firm) -> None:
    target = firm.take_on("EMPLOYEE")
    path = f"/api/v1/users/{target.id}"
    for person in (firm.owner, firm.manager, firm.employee):
        assert person.post("/api/v1/users", {"email": fresh("x"), "role": "EMPLOYEE"}).status_code == 403
        assert person.patch(path, {"role": "ADMIN"}).status_code in {403, 404}
        assert person.ask("DELETE", path).status_code in {403, 404}
        assert person.post("/api/v1/users/bulk-delete", {"ids": [target.id]}).status_code == 403
    own = f"/api/v1/users/{target.id}"
    assert target.patch(own, {"first_name": "Own"}).status_code == 200
    for wrong in ({"role": "ADMIN"}, {"status": "INACTIVE"}):
        assert target.patch(own, wrong).status_code == 403
    assert target.get(own).json()["role"] == "EMPLOYEE"
    assert target.ask("DELETE", own).status_code == 403


def test_only_administrators_and_their_person_revoke_a_device(firm: Firm) -> None:
    device = firm.enrol()
    path = f"/api/v1/devices/{device.device_id}/revoke"
    for person in (firm.owner, firm.manager):
        assert person.post(path, {}).status_code in {403, 404}
    assert firm.employee.post(path, {}).status_code == 200


def test_employees_read_what_is_about_them(firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    items = person.get("/api/v1/audit").json()["items"]
    assert items
    about = {firm.admin.email, person.email, None}
    assert {item["user"] for item in items} <= about
    assert all("EMPLOYEE" in item["action_type"] or item["user"] == person.email for item in items)
    assert person.get("/api/v1/audit/export").status_code == 403
    assert firm.manager.get("/api/v1/audit/export").status_code == 403


def test_the_owner_reads_the_platforms_log_without_persons(firm: Firm) -> None:
    firm.take_on("EMPLOYEE", "secretive")
    text = firm.owner.get("/api/v1/audit?page_size=100").text
    assert "secretive" not in text
    assert firm.admin.email not in text
    acts = firm.owner.get("/api/v1/audit/own-acts?page_size=100")
    assert acts.status_code == 200
    assert "secretive" not in acts.text
    assert firm.admin.email not in acts.text


@pytest.mark.parametrize("path", sorted(PAGES))
def test_who_may_open_which_page(firm: Firm, path: str) -> None:
    path = path.format(company=firm.id)
    for person, status in zip(_people(firm), PAGES[path.replace(str(firm.id), "{company}")], strict=True):
        with in_browser(person) as client:
            answer = client.get(path)
            assert answer.status_code == status, (path, person.email)
            assert answer.headers["content-type"].startswith("text/html")
    nobody = ask(firm.owner.base_url, "GET", path)
    assert nobody.status_code == 302
    assert nobody.headers["location"].startswith("/login/")
