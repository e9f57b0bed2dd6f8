"""Sections 1 and 5: a first start without anything said, a stop with streams open, a second start on the same data."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.house import PASSWORD, Person, ask, found, hang_up, in_browser, set_password, signed_in
from tests.contract.watching import Watched, watch
from tests.running import Platform, open_folder, start_platform, stop_platform

OWNER = "first.owner@outside.example"
PRODUCTION = {"SUNDIAL_MODE": "production"}


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory that nobody used yet."""
    with open_folder() as folder:
        yield folder / "var"


def test_a_platform_begins_stops_and_goes_on(data: Path) -> None:
    """In production mode, which on loopback serves as it is."""
    first = start_platform(data, demo=False, settings=PRODUCTION)
    try:
        firm = found(_owner(first))
        device = firm.enrol()
        policy = device.policy().json()
        with watch(device) as stream:
            stream.event("policy")
            _stops_with_a_word(first, stream)
    finally:
        hang_up(first.base_url)
        stop_platform(first)
    second = start_platform(data, demo=False, settings=PRODUCTION)
    try:
        assert "/password/set/" not in _said(second), "somebody runs it already"
        device.base_url = second.base_url
        assert device.policy().json() == policy
        assert ask(second.base_url, "GET", "/api/policy/", headers=firm.admin.headers).status_code == 200
    finally:
        hang_up(second.base_url)
        stop_platform(second)


def _said(platform: Platform) -> str:
    return (platform.data.parent / f"{platform.data.name}.log").read_text()


def _owner(platform: Platform) -> Person:
    """The OWNER whom a command makes; the first start has printed a link of its own."""
    (link,) = re.findall(r"http://\S+/password/set/\S+", _said(platform))
    set_password(platform.base_url, link)
    assert ask(platform.base_url, "GET", link, follow_redirects=True).status_code == 404, "once"
    made = platform.run("owner", "create", OWNER)
    set_password(platform.base_url, re.findall(r"http://\S+", made.stdout)[0])
    owner = signed_in(Person(platform.base_url, OWNER, PASSWORD))
    with in_browser(owner) as client:
        assert client.get("/owner/").status_code == 200
    assert platform.run("manage", "check", "--deploy").stdout.startswith("System check identified no issues")
    return owner


def _stops_with_a_word(platform: Platform, stream: Watched) -> None:
    platform.process.send_signal(signal.SIGINT)
    low, high = stream.event("goaway").data["reconnect_ms"]
    assert 0 <= low < high
    assert stream.ends()
    assert platform.process.wait(20) == 0
