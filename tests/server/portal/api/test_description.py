"""The OpenAPI description and the page made from it."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.fixture
def schema(committed_db: None) -> dict[str, Any]:
    told: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return told


def test_paths_are_whole_and_servers_are_empty(schema: dict[str, Any]) -> None:
    assert schema["servers"] == []
    assert "/api/v1/companies/{company_id}/policy" in schema["paths"]
    assert all(path.startswith("/api/v1/") for path in schema["paths"])


def test_every_operation_says_how_it_refuses_and_who_may_come_in(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            assert {"401", "403", "404", "422"} <= set(map(str, told["responses"])), (path, method)
            assert told["security"] == [{"Token": []}, {"Session": []}]
            assert told["summary"]
            assert told["description"]


def test_every_post_takes_an_idempotency_key(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        if "post" in methods:
            names = {one["name"] for one in methods["post"]["parameters"]}
            assert "Idempotency-Key" in names, path


def test_the_policy_s_settings_are_described_with_their_ranges(schema: dict[str, Any]) -> None:
    patch = schema["paths"]["/api/v1/companies/{company_id}/policy"]["patch"]
    told = patch["requestBody"]["content"]["application/json"]["schema"]["properties"]["screenshot_interval_seconds"]
    assert (told["type"], told["minimum"], told["maximum"]) == ("integer", 30, 3600)


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(cast: Cast, schema: dict[str, Any]) -> None:
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    for path in schema["paths"]:
        assert path in text
    assert "https://" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert "unsafe-inline" not in page["Content-Security-Policy"]
