"""Section 3: never a 500, never HTML, whatever is sent."""

import json

import pytest

from tests.contract.house import Device, Firm

FIRST_DOORS = ("/api/login", "/login", "/api/logout", "/api/login-check", "/api/agent/heartbeat/",
               "/api/update-company-policy/", "/login-check")  # fmt: skip
AGENT_DOORS = ("/agent/v1/enrol", "/agent/v1/status", "/agent/v1/acknowledgements")
API_DOORS = ("/api/v1/companies", "/api/v1/users", "/api/v1/users/bulk-delete", "/api/v1/devices/enrolment-codes")
BODIES = {
    "a list": b"[1, 2]",
    "a text": b'"text"',
    "a number": b"12",
    "null": b"null",
    "nothing": b"",
    "blank": b"  \n",
    "no JSON": b"{not json",
    "two": b"{} {}",
    "NUL": b'{"email": "a\\u0000b", "password": "a\\u0000b", "code": "\\u0000", "company_id": "\\u0000"}',
    "raw NUL": b'{"email": "a\x00b"}',
    "half a pair": b'{"email": "\\ud800", "password": "\\ud800", "code": "\\ud800", "name": "\\udfff"}',
    "not UTF-8": b'{"email": "\xff\xfe\xfa", "password": "\xc3("}',
    "UTF-16": '{"email": "a"}'.encode("utf-16"),
    "NaN": b'{"company_id": NaN, "screenshot_quality": Infinity}',
    "a long number": b'{"company_id": ' + b"9" * 6000 + b"}",
    "deep": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    "types": json.dumps(
        {
            "email": {"a": 1},
            "password": [1],
            "id": {},
            "token": 5,
            "company_id": [],
            "code": 1,
            "ids": {},
            "user_id": "x",
        }
    ).encode(),
    "empty keys": b'{"": "", " ": null}',
    "twice": b'{"email": 1, "email": "x"}',
}
STRANGE_KINDS = (
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/json; charset=nonsense",
    "application/x-www-form-urlencoded; charset=nonsense",
    "\xff\xfe",
    "",
)
KINDS = ("application/json", "application/x-www-form-urlencoded")
STRANGE = [*((name, KINDS) for name in sorted(BODIES)), ("not UTF-8", STRANGE_KINDS), ("types", STRANGE_KINDS)]


def _politely(firm: Firm, path: str, body: bytes, kind: str, headers: dict[str, str]) -> None:
    sent = {**headers, "Content-Type": kind.encode("latin-1")}
    answer = firm.admin.ask("POST", path, content=body, headers=sent)
    told = (path, kind, body[:40], answer.status_code, answer.text[:200])
    assert answer.status_code < 500, told
    assert answer.headers["content-type"].startswith("application/json"), told
    answer.json()


@pytest.mark.parametrize(("name", "kinds"), STRANGE)
def test_no_body_breaks_a_door_of_the_first_system(firm: Firm, name: str, kinds: tuple[str, ...]) -> None:
    for path in FIRST_DOORS:
        headers = {"Authorization": "Token nonsense"} if path == "/api/logout" else dict(firm.owner.headers)
        for kind in kinds:
            _politely(firm, path, BODIES[name], kind, headers)


@pytest.mark.parametrize("name", ["a list", "a text", "a number", "null", "no JSON", "deep", "not UTF-8"])
def test_what_is_no_object_is_400_or_422(firm: Firm, name: str) -> None:
    for path in FIRST_DOORS:
        headers = {"Content-Type": "application/json"}
        answer = firm.owner.ask("POST", path, content=BODIES[name], headers=headers)
        assert answer.status_code in {400, 422}, (path, answer.text)
        assert answer.json()["status"] is False
        assert isinstance(answer.json()["message"], str)


@pytest.mark.parametrize(("name", "kinds"), STRANGE)
def test_no_body_breaks_the_public_api(firm: Firm, name: str, kinds: tuple[str, ...]) -> None:
    for path in API_DOORS:
        for kind in kinds:
            _politely(firm, path, BODIES[name], kind, {})
    for path in (
        f"/api/v1/companies/{firm.id}",
        f"/api/v1/companies/{firm.id}/policy",
        f"/api/v1/users/{firm.admin.id}",
    ):
        headers = {**firm.owner.headers, "If-Match": '"x"', "Content-Type": "application/json"}
        answer = firm.owner.ask("PATCH", path, content=BODIES[name], headers=headers)
        assert answer.status_code < 500, (path, answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()["error"]) >= {"code", "message"}


@pytest.mark.parametrize("name", ["a long number", "deep", "not UTF-8", "nothing"])
def test_a_form_with_a_file_that_cannot_be_read_is_no_fault_of_ours(firm: Firm, name: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = firm.admin.ask("POST", "/api/v1/files", content=BODIES[name], headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert set(answer.json()["error"]) >= {"code", "message"}


@pytest.fixture(scope="module")
def device(firm: Firm) -> Device:
    """A device that says strange things."""
    return firm.enrol()


@pytest.mark.parametrize(("name", "kinds"), STRANGE)
def test_no_body_breaks_a_door_of_agents(firm: Firm, device: Device, name: str, kinds: tuple[str, ...]) -> None:
    for path in AGENT_DOORS:
        for kind in kinds:
            _politely(firm, path, BODIES[name], kind, device.headers)


def test_a_huge_body_is_refused_before_it_is_read(firm: Firm, device: Device) -> None:
    for path in (*FIRST_DOORS, *AGENT_DOORS, *API_DOORS, "/api/employee-config/", "/login/"):
        headers = {**(device.headers if path.startswith("/agent") else firm.owner.headers)}
        answer = firm.owner.ask("POST", path, content=b"x" * (3 << 20), headers=headers)
        assert answer.status_code in {413, 405}, (path, answer.status_code)
        if answer.status_code == 413:
            assert answer.headers["connection"].lower() == "close"
            if path in {*AGENT_DOORS, *API_DOORS}:
                assert answer.json()["error"]["code"] == "too_large", path


def test_hostile_headers_and_queries_are_answered(firm: Firm) -> None:
    tries = [
        {"Authorization": "Token \xff\xfe"}, {"Authorization": "Token " + "x" * 9000},
        {"X-Company-Key": "\xff"}, {"If-None-Match": "\xff" * 50}, {"Cookie": "sessionid=\xff; csrftoken=\xff"},
        {"Host": "evil.example"}, {"X-Forwarded-For": "1.2.3.4, evil"}, {"Accept-Language": "\xff"},
        {"Content-Length": "0", "Content-Type": "application/json"}, {"Accept": "text/event-stream"},
    ]  # fmt: skip
    for headers in tries:
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        for path in ("/api/policy/", "/api/employee-config/", "/api/v1/users", "/agent/v1/policy", "/agent/v1/notices"):
            answer = firm.admin.ask("GET", path, headers=raw)
            assert answer.status_code < 500, (headers, path)
            assert "html" not in answer.headers["content-type"], (headers, path)
    queries = ("page=0", "page=-1", "page=x", "page_size=101", "page_size=0", "ordering=x", "search=%00",
               "search=%ff", "page=99999999999999999999", "user_id=x", "from=x", "to=9999-12-31T23:59:59%2B14:00",
               "after=x", "after=%00", "state=x", "from=0001-01-01", "to=9999-12-31", "user=%00")  # fmt: skip
    for query in queries:
        for path in ("/api/v1/users", "/api/v1/companies", "/api/v1/devices", "/api/v1/audit"):
            answer = firm.admin.get(f"{path}?{query}")
            assert answer.status_code in {200, 422}, (query, path, answer.status_code)
