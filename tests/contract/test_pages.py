"""Section 6: the pages' addresses, and what every answer carries."""

import re

import pytest

from tests.contract.house import Firm, Person, ask, csrf_of, in_browser, plain_client

PAGES = ("/dashboard/", "/employees/", "/policy/", "/policy-configuration/", "/audit-logs/", "/devices/", "/sessions/")
PAGES += ("/screenshots/", "/me/", "/me/day/", "/reports/", "/tasks/", "/settings/", "/alerts/", "/agent-sync-status/")
PAGES += ("/console/", "/vault/")


def test_everyone_is_led_to_their_own_dashboard(firm: Firm, owner: Person) -> None:
    homes = {owner: "/owner/", firm.admin: "/dashboard/", firm.manager: "/dashboard/", firm.employee: "/dashboard/"}
    for person, home in homes.items():
        with in_browser(person) as client:
            for path in ("/", "/login/", "/owner/login/", "/admin/login/", "/user/login/"):
                answer = client.get(path, follow_redirects=True)
                assert (answer.status_code, answer.url.path) == (200, home), (person.email, path)
            answer = client.get("/admin/", follow_redirects=True)
            assert answer.url.path == ("/console/" if person == firm.admin else home)


@pytest.mark.parametrize("path", ["/login/", "/owner/login/", "/admin/login/", "/user/login/"])
def test_every_sign_in_page_signs_anyone_in(firm: Firm, owner: Person, path: str) -> None:
    for person, home in ((owner, "/owner/"), (firm.admin, "/dashboard/"), (firm.employee, "/dashboard/")):
        with plain_client(person.base_url, follow_redirects=True) as client:
            token = csrf_of(client.get(path))
            form = {"csrfmiddlewaretoken": token, "email": person.email, "password": person.password}
            answer = client.post(path, data=form)
            assert (answer.status_code, answer.url.path) == (200, home)
            cookie = next(one for one in client.cookies.jar if one.name == "sessionid")
            assert cookie.has_nonstandard_attr("HttpOnly")


def test_pages_carry_the_security_headers(firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        for path in PAGES:
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "unsafe-inline" not in policy
            assert "*" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"]


def test_pages_have_no_inline_scripts_or_styles(firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        for path in PAGES:
            text = client.get(path).text
            assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text), path
            assert " style=" not in text
            assert "<style" not in text
            assert not re.search(r"\son[a-z]+=", text)


def test_what_there_is_not_is_plainly_not_there(firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        answer = client.get("/nonsense/")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
    assert ask(firm.owner.base_url, "GET", "/nonsense").status_code == 404


def test_every_list_keeps_its_filters_in_the_url(firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        for path in ("/employees/", "/devices/", "/audit-logs/", "/sessions/", "/screenshots/", "/vault/"):
            for query in ("search=x", "page=2", "page=zzz", "ordering=nonsense", "search=%00", "page=-1"):
                answer = client.get(f"{path}?{query}")
                assert answer.status_code in {200, 404}, (path, query)


def test_moments_in_the_tables_that_lists_export_are_utc_with_z(firm: Firm) -> None:
    firm.enrol()
    with in_browser(firm.admin) as client:
        for path in ("/employees/", "/devices/", "/agent-sync-status/", "/sessions/", "/tasks/", "/vault/", "/alerts/"):
            table = client.get(f"{path}?format=csv").text
            moments = re.findall(r"\d{4}-\d\d-\d\d[T ]\d\d:[^,\r]*", table)
            assert all(moment.endswith("Z") for moment in moments), (path, moments)


def test_a_form_without_its_token_is_refused(firm: Firm) -> None:
    with in_browser(firm.admin) as client:
        assert client.post("/employees/new/", data={"email": "x@y.example"}).status_code == 403
    assert ask(firm.owner.base_url, "POST", "/login/", data={"email": "x", "password": "y"}).status_code == 403
