"""Starting, stopping and sharing a platform, with the real program."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from tests.running import SUNDIAL, Platform, free_port, open_folder, start_platform, stop_platform

STREAMS = 500
STOPS_WITHIN = 3.0


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """One platform with a seeded demo and no simulated agents, for the tests that leave it running."""
    with open_folder() as folder:
        running = start_platform(folder / "var", demo=False)
        assert running.run("demo").returncode == 0
        running.demo = json.loads((running.data / "demo.json").read_text())
        yield running
        stop_platform(running)


def ready_devices(platform: Platform, count: int) -> list[str]:
    company = platform.demo["companies"][0]["id"]
    done = platform.run("devices", "--company", str(company), "--count", str(count))
    assert done.returncode == 0, done.stderr
    return [line.split()[1] for line in done.stdout.splitlines()]


def open_stream(platform: Platform, token: str) -> socket.socket:
    """An event stream of the policy, its first event read."""
    port = int(platform.base_url.rsplit(":", 1)[1])
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(
        f"GET /agent/v1/policy HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    got = b""
    while b"event: policy" not in got:
        piece = connection.recv(65536)
        assert piece, got
        got += piece
    return connection


def test_the_first_start_without_an_owner_prints_a_one_time_link(platform: Platform) -> None:
    log = (platform.data.parent / "var.log").read_text()
    assert "/password/set/" in log
    assert "Sundial is ready" in log


def test_a_second_start_on_the_same_data_is_refused_with_the_holders_pid(platform: Platform) -> None:
    done = platform.run("serve", "--port", "1")
    assert done.returncode == 2
    assert f"pid {platform.process.pid}" in done.stderr
    assert "SUNDIAL_DATA_DIR" in done.stderr


def test_commands_share_the_running_database(platform: Platform) -> None:
    done = platform.run("owner", "create", "Second.Owner@Example.test")
    assert done.returncode == 0, done.stderr
    assert "second.owner@example.test" in done.stdout
    assert f"{platform.base_url}/password/set/" in done.stdout


def test_the_demo_is_seeded_once_with_random_passwords_only_its_owner_may_read(platform: Platform) -> None:
    before = (platform.data / "demo.json").read_text()
    assert platform.run("demo").returncode == 0
    assert (platform.data / "demo.json").read_text() == before
    assert (platform.data / "demo.json").stat().st_mode & 0o777 == 0o600
    made = json.loads(before)
    passwords = {one["password"] for company in made["companies"] for one in company["employees"]}
    assert len(passwords) == 34
    assert [len(company["employees"]) for company in made["companies"]] == [30, 4]
    assert [company["policy_delegated"] for company in made["companies"]] == [False, True]


def test_mails_of_the_demo_lie_in_a_folder_that_only_its_owner_may_read(platform: Platform) -> None:
    done = platform.run("manage", "sendtestemail", "ada@example.test")
    assert done.returncode == 0, done.stderr
    folder = platform.data / "mail"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert any("To: ada@example.test" in one.read_text() for one in folder.iterdir())
    assert "ada@example.test" not in done.stdout
    assert "To: " not in (platform.data.parent / "var.log").read_text(), "none below the accounts"


@pytest.mark.parametrize(
    "words", [["demo"], ["devices", "--company", "1", "--count", "1"], ["simulate", "--agents", "1"]]
)
def test_demo_commands_are_refused_in_production(platform: Platform, words: list[str]) -> None:
    production = Platform(
        platform.process, platform.data, platform.base_url, platform.environment | {"SUNDIAL_MODE": "production"}
    )
    done = production.run(*words)
    assert done.returncode == 2
    assert "production" in done.stderr


def test_a_wrong_setting_is_named_in_plain_words(platform: Platform) -> None:
    done = subprocess.run(
        [str(SUNDIAL), "demo"],
        env=platform.environment | {"SUNDIAL_BUS": "pigeons"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "SUNDIAL_BUS" in done.stderr
    assert "Traceback" not in done.stderr


def test_health_and_metrics_answer(platform: Platform) -> None:
    with httpx.Client(base_url=platform.base_url) as client:
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").json() == {
            "status": "ready",
            "checks": {"database": True, "bus": True, "storage": True},
        }
        assert "sundial_gateway_streams_open" in client.get("/metrics").text
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_a_foreign_or_absent_origin_opens_no_console(platform: Platform) -> None:
    port = int(platform.base_url.rsplit(":", 1)[1])
    for origin in ("", "Origin: http://evil.example\r\n", "Origin: null\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{origin}"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert connection.recv(64).startswith(b"HTTP/1.1 403")


def test_every_page_carries_a_request_id(platform: Platform) -> None:
    with httpx.Client(base_url=platform.base_url) as client:
        first, second = (client.get("/login/").headers["x-request-id"] for _ in range(2))
    assert first != second


def test_the_file_limit_is_raised_to_the_hard_one(platform: Platform) -> None:
    web = next(p for p in psutil.Process(platform.process.pid).children() if "front" in " ".join(p.cmdline()))
    soft, hard = web.rlimit(psutil.RLIMIT_NOFILE)
    assert soft == hard


def test_ctrl_c_ends_everything_within_three_seconds_with_500_open_streams_and_a_restart_keeps_the_data(
    open_dir: Path,
) -> None:
    running = start_platform(open_dir / "var", demo=False)
    assert running.run("demo").returncode == 0
    running.demo = json.loads((running.data / "demo.json").read_text())
    children = psutil.Process(running.process.pid).children(recursive=True)
    with ExitStack() as stack:
        streams = [stack.enter_context(open_stream(running, t)) for t in ready_devices(running, STREAMS)]
        started = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        running.process.wait(20)
        took = time.monotonic() - started
        assert b"event: goaway" in streams[0].recv(65536)
    assert running.process.returncode == 0
    assert took < STOPS_WITHIN, f"{took:.2f} s"
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    again = start_platform(running.data, demo=False)
    try:
        with httpx.Client(base_url=again.base_url) as client:
            owner = running.demo["owner"]
            answer = client.post("/api/login", json={"email": owner["email"], "password": owner["password"]})
            assert answer.json()["status"] is True
    finally:
        stop_platform(again)


def test_the_parts_run_apart_and_hear_one_another(platform: Platform) -> None:
    """A gateway in a process of its own pushes what the web saved elsewhere."""
    apart = platform.environment | {"SUNDIAL_PORT": str(free_port())}
    with subprocess.Popen(
        [str(SUNDIAL), "serve", "--role", "gateway"], env=apart, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as gateway:
        try:
            other = Platform(gateway, platform.data, f"http://127.0.0.1:{apart['SUNDIAL_PORT']}", apart)
            _await(other)
            (token,) = ready_devices(platform, 1)
            with open_stream(other, token) as stream, httpx.Client(base_url=platform.base_url) as client:
                owner, company = platform.demo["owner"], platform.demo["companies"][0]["id"]
                login = client.post("/api/login", json={"email": owner["email"], "password": owner["password"]})
                bearer = {"Authorization": f"Token {login.json()['data']['active_token']}"}
                saved = client.post(
                    "/api/update-company-policy/",
                    json={"company_id": company, "screenshot_interval_seconds": 777},
                    headers=bearer,
                )
                assert saved.status_code == 200, saved.text
                assert b"777" in stream.recv(65536)
            with httpx.Client(base_url=other.base_url) as client:
                assert client.get("/login/").status_code == 404
        finally:
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(10)


def _await(platform: Platform) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{platform.base_url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            os.sched_yield()
    raise AssertionError("the gateway did not become ready")
