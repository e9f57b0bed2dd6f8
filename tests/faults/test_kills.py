"""Kill -9 of any part, under load: it comes back by itself, nothing tells a lie afterwards."""

import itertools
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest

from tests.running import Platform, open_folder, start_platform, stop_platform

AGENTS = 25
BACK_WITHIN = 75.0  # seconds; a checkpoint is written every minute
VICTIMS = ("front", "worker", "postgres")


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A demo platform of its own, with its simulated agents."""
    with open_folder() as folder:
        running = start_platform(folder / "var")
        yield running
        stop_platform(running)


def victim(platform: Platform, name: str) -> psutil.Process:
    """The process of that part, waited for."""
    return next(_tries(lambda: _find(platform, name), f"no {name} process"))


def _find(platform: Platform, name: str) -> psutil.Process | None:
    for child in psutil.Process(platform.process.pid).children():
        words = " ".join(child.cmdline())
        if f"--role {name}" in words or (name == "postgres" and "postgres" in words and "-D" in words):
            return child
    return None


def _tries(look: Any, complaint: str) -> Iterator[Any]:
    """Yield the first true answer of `look`, asked until the limit is over."""
    deadline = time.monotonic() + BACK_WITHIN
    waiting = subprocess.Popen(["sleep", str(BACK_WITHIN)])
    try:
        while time.monotonic() < deadline:
            try:
                if found := look():
                    yield found
                    return
            except (httpx.HTTPError, psutil.Error, KeyError, ValueError):
                pass
            try:
                waiting.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    finally:
        waiting.kill()
        waiting.wait()
    raise AssertionError(complaint)


class Owner:
    """The owner, who goes on saving whatever dies beneath."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.company = platform.demo["companies"][0]["id"]
        self.client = httpx.Client(base_url=platform.base_url, timeout=10)
        self.admin = httpx.Client(base_url=platform.base_url, timeout=10)
        self._sign_in(self.client, platform.demo["owner"])
        self._sign_in(self.admin, platform.demo["companies"][0]["admin"])

    @staticmethod
    def _sign_in(client: httpx.Client, account: dict[str, str]) -> None:
        login = client.post("/api/login", json={"email": account["email"], "password": account["password"]})
        client.headers["Authorization"] = f"Token {login.json()['data']['active_token']}"

    def close(self) -> None:
        """Hang up."""
        self.client.close()
        self.admin.close()

    def save(self, seconds: int) -> int | None:
        """The new version; None if no answer came (it may have been saved all the same)."""
        try:
            answer = self.client.post(
                "/api/update-company-policy/", json={"company_id": self.company, "screenshot_interval_seconds": seconds}
            )
        except httpx.HTTPError:
            return None
        return int(answer.json()["config"]["config_version"]) if answer.status_code == 200 else None

    def versions(self) -> list[int]:
        """Every version there is, newest first."""
        found: list[int] = []
        for page in itertools.count(1):
            answer = self.client.get(
                f"/api/v1/companies/{self.company}/policy/versions", params={"page": page, "page_size": 100}
            ).json()
            found += [int(item["version"]) for item in answer["items"]]
            if page >= answer["pages"]:
                return found
        return found

    def current(self) -> bool:
        """Whether every agent says that it has applied the version in force."""
        devices = self.admin.get("/api/v1/devices", params={"page_size": 100}).json()["items"]
        newest = self.versions()[0]
        current = [one for one in devices if (one["policy_version"], one["state"]) == (newest, "applied")]
        return len(current) == AGENTS


def _rounds(platform: Platform, rounds: int) -> None:
    owner, chance = Owner(platform), random.Random(rounds)
    for number in range(rounds):
        name = VICTIMS[number % len(VICTIMS)]
        process = victim(platform, name)
        owner.save(60 + chance.randrange(3000))
        os.kill(process.pid, signal.SIGKILL)
        owner.save(60 + chance.randrange(3000))
        next(_tries(lambda: owner.client.get("/readyz").status_code == 200, f"not ready after killing {name}"))
        victim(platform, name)
    seconds = 61
    next(_tries(lambda: owner.save(seconds) or owner.save(seconds + 1), "nothing can be saved any more"))
    next(_tries(owner.current, "some agents are not current"))
    versions = owner.versions()
    assert versions == list(range(versions[0], 0, -1)), "versions have a gap"
    checked = next(_tries(lambda: _attested(platform), "no checkpoint was written"))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert platform.process.poll() is None
    owner.close()


def _attested(platform: Platform) -> subprocess.CompletedProcess[str] | None:
    """What checking the log says, once there is a checkpoint to check it against."""
    checked = platform.run("audit", "verify")
    return None if checked.returncode == 2 else checked


def test_twenty_kills_leave_the_audit_intact_versions_dense_and_agents_current(platform: Platform) -> None:
    _rounds(platform, 20)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_kills_leave_the_audit_intact_versions_dense_and_agents_current(platform: Platform) -> None:
    _rounds(platform, 200)


def test_when_the_supervisor_itself_is_killed_nothing_outlives_it_and_a_new_start_works(platform: Platform) -> None:
    children = psutil.Process(platform.process.pid).children(recursive=True)
    platform.process.kill()
    platform.process.wait()
    _, alive = psutil.wait_procs(children, timeout=15)
    assert not alive
    again = start_platform(platform.data)
    try:
        owner = Owner(again)
        next(_tries(owner.current, "agents did not come back"))
        owner.close()
    finally:
        stop_platform(again)
