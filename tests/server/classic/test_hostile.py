"""Whatever is sent, the first system's doors answer JSON and never fail."""

import io
import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundial.server.classic.forms import BODY_LIMIT
from tests.cast import Cast
from tests.server.classic.doors import is_refusal, token_of

DOORS = ["/api/login", "/api/logout", "/api/login-check", "/api/agent/heartbeat/", "/api/update-company-policy/"]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

HOSTILE = [
    (b"", JSON),
    (b"[]", JSON),
    (b"null", JSON),
    (b'"text"', JSON),
    (b"12", JSON),
    (b"{", JSON),
    (b'{"email": NaN}', JSON),
    (b"\xff\xfe", JSON),
    (b'{"a":' * 30_000, JSON),
    (b"[" * 60_000, JSON),
    (b'{"id": ' + b"9" * 5000 + b"}", JSON),
    (b'{"email": "a\\u0000b", "password": "x", "id": "1", "token": "\\u0000", "active_token": "\\u0000"}', JSON),
    (b'{"email": "\\ud800", "password": "\\ud800", "id": 1, "token": "\\ud800", "company_id": "\\ud800"}', JSON),
    (b'{"email": [], "password": {}, "id": [], "token": 5, "company_id": {}}', JSON),
    (b'{"id": -1, "token": "x", "company_id": 99999999999999999999999}', JSON),
    (b'{"id": 1.5, "token": true, "company_id": true}', JSON),
    (b"email=%00&password=%ff&id=%00&token=%00&company_id=%00", FORM),
    (b"&".join(b"a%d=1" % n for n in range(3000)), FORM),
    (b"email=a", f"{FORM}; charset=utf-16"),
    (b"email=a", f"{FORM}; charset=nonsense"),
    (b"no boundary here", "multipart/form-data"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"--x--", "multipart/form-data; boundary=" + "x" * 300),
    (b"<a/>", "text/xml"),
    (b"{}", ""),
    (b"{}", "text/plain; charset=\x7f"),
]


@pytest.mark.parametrize("path", DOORS)
def test_hostile_bodies_are_refused_in_json(cast: Cast, path: str) -> None:
    token = token_of(cast.admin)
    for body, kind in HOSTILE:
        for headers in ({}, {"Authorization": f"Token {token}"}):
            if path == "/api/logout" and headers:
                continue  # that would sign out
            answer = Client().generic("POST", path, body, content_type=kind, headers=headers)
            told = json.loads(answer.content)
            assert answer.status_code < 500, (body[:60], kind, told)
            assert isinstance(told, dict), (body[:60], kind)
            assert "status" in told


@pytest.mark.parametrize("path", DOORS)
def test_a_body_that_is_too_large_is_413(cast: Cast, path: str) -> None:
    large = json.dumps({"email": "x" * BODY_LIMIT}).encode()
    assert is_refusal(Client().generic("POST", path, large, content_type=JSON), 413)


def test_hostile_headers_are_refused_in_json(cast: Cast) -> None:
    token = token_of(cast.employee)
    for header in ("Token", "Token ", "Token \x01", "Bearer x", "token " + "é" * 50, "Basic eDp5"):
        assert is_refusal(Client().get("/api/policy", headers={"Authorization": header}), 401)
    for key in ("", "\x00", "é", "x" * 3000):
        headers = {"Authorization": f"Token {token}", "X-Company-Key": key}
        assert is_refusal(Client().get("/api/policy", headers=headers), 403, 422)


def test_a_wrong_method_is_405_and_an_unknown_door_404(cast: Cast) -> None:
    for path in DOORS:
        answer = Client().get(path)
        assert is_refusal(answer, 405)
        assert answer["Allow"] == "POST"
    assert is_refusal(Client().post("/api/policy"), 405)
    for path in ("/api/", "/api/no-such", "/api/login/x", "/api/v", "/api/%00"):
        assert is_refusal(Client().get(path), 404)
        assert is_refusal(Client().post(path, {}), 404)


def test_an_uploaded_file_is_not_a_field(cast: Cast) -> None:
    answer = Client().post("/api/login", {"email": io.BytesIO(b"x"), "password": io.BytesIO(b"y")})
    assert is_refusal(answer, 422)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["email", "password", "id", "employee_id", "token", "active_token", "company_id", "screenshot_interval_seconds"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(DOORS), body=st.dictionaries(NAMES, ANYTHING, max_size=4))
def test_no_json_makes_a_door_fail(committed_db: None, path: str, body: dict[str, object]) -> None:
    answer = Client().post(path, json.dumps(body), content_type=JSON)
    assert answer.status_code < 500
    assert "status" in answer.json()
