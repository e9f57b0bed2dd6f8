"""Every refusal has one shape, and undoes all that its request did."""

import pytest
from django.test import Client

from sundial.server.lib import clock
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast
from tests.server.portal.api.knock import NOT_FOUND, V1, ask, fields, problem, token_headers

LISTS = ["/companies", "/users", "/devices", "/audit"]


@pytest.mark.parametrize("path", LISTS)
def test_nobody_gets_in_without_signing_in(cast: Cast, path: str) -> None:
    answer = ask(None, "GET", path)
    assert problem(answer) == (401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Token"
    for token in ("", "sdu_x", "x" * 9000, "\x01"):
        assert problem(ask(None, "GET", path, Authorization=f"Token {token}")) == (401, "unauthorized")


def test_a_token_opens_what_a_session_opens(cast: Cast) -> None:
    headers = token_headers(cast.admin)
    assert ask(None, "GET", "/users", **headers).status_code == 200
    made = ask(None, "POST", "/users", {"email": f"by-token-{cast.company.pk}@example.test"}, **headers)
    assert made.status_code == 201, "a token needs no CSRF token"


def test_a_wrong_token_is_not_saved_by_a_good_session(cast: Cast) -> None:
    assert problem(ask(cast.admin, "GET", "/users", Authorization="Token sdu_x")) == (401, "unauthorized")


def test_a_session_needs_its_csrf_token_to_change_something(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cast.admin.client.cookies
    assert strict.get(f"{V1}/users").status_code == 200
    body = {"email": f"by-form-{cast.company.pk}@example.test"}
    refused = strict.post(f"{V1}/users", body, content_type="application/json")
    assert problem(refused) == (403, "csrf")
    strict.get("/account/")
    headers = {"X-CSRFToken": strict.cookies["csrftoken"].value}
    assert strict.post(f"{V1}/users", body, content_type="application/json", headers=headers).status_code == 201


def test_someone_of_a_suspended_company_is_told_so(cast: Cast) -> None:
    headers = token_headers(cast.admin)
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    for answer in (ask(cast.admin, "GET", "/users"), ask(None, "GET", "/users", **headers)):
        assert problem(answer) == (403, "closed")
        assert "is suspended" in answer.json()["error"]["message"]


def test_a_path_that_leads_nowhere_is_404_for_everyone(cast: Cast) -> None:
    for path in ("", "/", "/no-such", "/users/1/2/3", "/openapi", "/companies/0", "/users/-1", "/users/%00", "/../x"):
        for player in (None, cast.admin):
            answer = ask(player, "GET", path)
            assert (answer.status_code, answer.content) == (404, NOT_FOUND), path


@pytest.mark.parametrize("kind", ["companies", "users", "devices"])
@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "x", "99999999999999999999", "9223372036854775808", "%20", "1%00"])
def test_an_ill_formed_id_is_404_like_an_unknown_one(cast: Cast, kind: str, wrong: str) -> None:
    unknown = ask(cast.admin, "GET", f"/{kind}/{2**63 - 1}")
    answer = ask(cast.admin, "GET", f"/{kind}/{wrong}")
    assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content) == (404, NOT_FOUND)


def test_a_wrong_method_is_405_with_those_that_are_answered(cast: Cast) -> None:
    answer = ask(cast.admin, "PUT", "/users")
    assert problem(answer) == (405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    assert problem(ask(cast.admin, "POST", "/openapi.json")) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"nope", b"", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"email": "\\ud800"}', b"9" * 5000]
)
def test_what_is_no_body_is_refused(cast: Cast, body: bytes) -> None:
    answer = cast.admin.client.generic("POST", f"{V1}/users", body, content_type="application/json")
    assert problem(answer)[0] in {400, 422}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_json_is_415(cast: Cast, kind: str) -> None:
    answer = cast.admin.client.generic("POST", f"{V1}/users", b'{"email": "a@b.test"}', content_type=kind)
    assert problem(answer) == (415, "unsupported_media_type")


def test_a_form_whose_head_never_ends_is_400(cast: Cast) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = cast.admin.client.generic("POST", f"{V1}/files", b"[" * 6000, content_type=kind)
    assert problem(answer) == (400, "bad_request")


def test_a_body_that_is_too_large_is_413(cast: Cast) -> None:
    body = b'{"email": "' + b"x" * 1_200_000 + b'"}'
    answer = cast.admin.client.generic("POST", f"{V1}/users", body, content_type="application/json")
    assert problem(answer) == (413, "too_large")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=99999999999999999999", "page"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("search=%00", "search"),
        ("search=" + "x" * 201, "search"),
        ("ordering=password", "ordering"),
    ],
)
@pytest.mark.parametrize("path", ["/companies", "/users", "/devices"])
def test_a_query_that_does_not_fit_is_422_by_field(cast: Cast, path: str, query: str, field: str) -> None:
    assert fields(ask(cast.admin, "GET", f"{path}?{query}")) == {field}


def test_a_refusal_in_the_middle_undoes_what_came_before(cast: Cast) -> None:
    body = {"first_name": "Changed", "status": "INACTIVE"}
    assert problem(ask(cast.admin, "PATCH", f"/users/{cast.admin.id}", body)) == (422, "invalid")
    assert ask(cast.admin, "GET", f"/users/{cast.admin.id}").json()["first_name"] == "Ada"


def test_an_answer_is_kept_by_nobody(cast: Cast) -> None:
    for path in ("/users", "/users/999999999"):
        assert ask(cast.admin, "GET", path)["Cache-Control"] == "no-store"


def test_a_final_slash_is_forgiven(cast: Cast) -> None:
    assert ask(cast.admin, "GET", "/users/").content == ask(cast.admin, "GET", "/users").content
    assert ask(cast.admin, "POST", "/users/", {}).status_code == 422
