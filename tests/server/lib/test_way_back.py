"""Only an address of ours is gone on to."""

import pytest
from django.test import RequestFactory

from sundial.server.lib.way_back import way_back

FOREIGN = (
    "https://evil.example/alerts/",
    "//evil.example/alerts/",
    "javascript:alert(1)",
    "/\\evil.example",
    "\x00//x",
    "",
)


@pytest.mark.parametrize("asked", FOREIGN)
def test_no_foreign_address_is_gone_on_to(asked: str) -> None:
    requests = RequestFactory()
    assert way_back(requests.get("/login/", {"next": asked}), otherwise="/home/") == "/home/"
    assert way_back(requests.post("/login/", {"next": asked}), "/alerts/", "/alerts/") == "/alerts/"


def test_what_was_asked_for_comes_back_with_its_filters_where_it_belongs() -> None:
    request = RequestFactory().post("/alerts/read/", {"next": "/alerts/?state=open&page=2"})
    assert way_back(request, "/alerts/") == "/alerts/?state=open&page=2"
    assert way_back(request, "/screenshots/", "/screenshots/") == "/screenshots/"
    assert way_back(request) == "/alerts/?state=open&page=2"


def test_a_page_without_encryption_is_no_way_back_from_one_with_it() -> None:
    request = RequestFactory().post("/alerts/read/", {"next": "http://testserver/alerts/"}, secure=True)
    assert way_back(request) == ""
