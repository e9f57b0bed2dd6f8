"""Behind nginx with TLS: people sign in, streams flow, consoles open, and a rolling restart loses no request."""

import os
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.deploy.conftest import DEPLOY, START_LIMIT, Site
from tests.running import start_platform, stop_platform


@contextmanager
def signed_in(site: Site, who: dict[str, str]) -> Iterator[httpx.Client]:
    """A browser in which somebody has signed in."""
    with site.client() as client:
        sign_in(site, client, who)
        yield client


def sign_in(site: Site, client: httpx.Client, who: dict[str, str]) -> None:
    page = client.get("/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    answer = client.post(
        "/login/",
        data={"email": who["email"], "password": who["password"], "csrfmiddlewaretoken": token[1]},
        headers={"Referer": f"{site.address}/login/", "Origin": site.address},
    )
    assert answer.status_code == 302, answer.text[:500]


def test_plain_http_is_sent_to_https(site: Site) -> None:
    answer = httpx.get(f"http://localhost:{site.http}/login/")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{site.address}/login/")


def test_people_sign_in_through_it_and_their_own_address_is_audited(site: Site) -> None:
    company = site.platform.demo["companies"][0]
    with signed_in(site, company["admin"]) as client:
        assert client.get("/dashboard/").status_code == 200
        found = client.get("/api/v1/audit", params={"action_type": "SIGNED_IN", "page_size": 5}).json()
    assert found["items"][0]["ip_address"] == "127.0.0.1"  # of the client, as nginx said; not "unknown"


def test_metrics_are_not_published(site: Site) -> None:
    with site.client() as client:
        assert client.get("/metrics").status_code == 404


def test_a_policy_travels_through_the_proxy_to_an_open_stream_at_once(site: Site) -> None:
    company = site.platform.demo["companies"][1]  # whose policy is delegated to its ADMIN
    token = site.platform.run("devices", "--company", str(company["id"]), "--count", "1").stdout.split()[1]
    asked = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    with site.client() as agent, agent.stream("GET", "/agent/v1/policy", headers=asked) as stream:
        lines = stream.iter_lines()
        first = next(line for line in lines if line.startswith("id:"))
        with signed_in(site, company["admin"]) as admin:
            address = f"/api/v1/companies/{company['id']}/policy"
            now = admin.get(address)
            wanted = 90 if now.json()["settings"]["screenshot_interval_seconds"] != 90 else 120
            saved = admin.patch(
                address,
                json={"screenshot_interval_seconds": wanted},
                headers={
                    "If-Match": now.headers["etag"],
                    "X-CSRFToken": admin.cookies["csrftoken"],
                    "Referer": f"{site.address}/policy/",
                    "Origin": site.address,
                },
            )
            assert saved.status_code == 200, saved.text
        second = next(line for line in lines if line.startswith("id:"))
        assert second != first
        assert f'"screenshot_interval_seconds":{wanted}' in next(line for line in lines if line.startswith("data:"))


def test_consoles_open_through_it_for_our_own_pages_alone(site: Site) -> None:
    with signed_in(site, site.platform.demo["companies"][0]["admin"]) as client:
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    assert b" 101 " in shaken(site, site.address, cookie)
    assert b" 403 " in shaken(site, "https://elsewhere.example", cookie)


def shaken(site: Site, origin: str, cookie: str) -> bytes:
    """The first line that a WebSocket's opening is answered with."""
    plain = socket.create_connection(("127.0.0.1", site.https), timeout=30)
    with site.tls.wrap_socket(plain, server_hostname="localhost") as line:
        line.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:{site.https}\r\n"
            f"Origin: {origin}\r\nCookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        return line.recv(4096).split(b"\r\n")[0]


def test_production_behind_the_proxy_is_strict(site: Site) -> None:
    """In production mode: Secure cookies, HSTS, one name, and the demo's commands refused."""
    settings = {"SUNDIAL_MODE": "production", "SUNDIAL_ALLOWED_ORIGINS": site.address}
    platform = start_platform(
        site.folder / "production", demo=False, settings={**proxied(site.platform.environment), **settings}
    )
    try:
        # Straight, in the words in which nginx passes it on.
        said = {"Host": f"localhost:{site.https}", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
        answer = httpx.get(f"{platform.base_url}/login/", headers=said)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
        assert "Secure" in answer.headers["set-cookie"]
        assert httpx.get(f"{platform.base_url}/ui/", headers=said).status_code == 404
        wrong = {**said, "Host": "elsewhere.example"}
        assert httpx.get(f"{platform.base_url}/login/", headers=wrong).status_code == 400
        refused = platform.run("demo")
        assert refused.returncode != 0
        assert "production" in refused.stderr
    finally:
        stop_platform(platform)


def proxied(environment: dict[str, str]) -> dict[str, str]:
    """What tells a platform of the proxy before it."""
    names = ("SUNDIAL_BASE_URL", "SUNDIAL_ALLOWED_HOSTS", "SUNDIAL_TRUSTED_PROXIES")
    return {name: environment[name] for name in names}


class Load:
    """People who go on asking, on connections that they keep, until they are told to stop."""

    def __init__(self, site: Site, people: int) -> None:
        self.site, self.stop, self.came = site, threading.Event(), Counter[str]()
        self.threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(people)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)

    def _ask(self, number: int) -> None:
        with self.site.client() as client:
            while not self.stop.is_set():
                try:
                    if number % 2:
                        answer = client.post("/api/login-check", json={"id": 1, "token": "none"})
                    else:
                        answer = client.get("/login/")
                    self.came[str(answer.status_code)] += 1
                except httpx.HTTPError as failure:
                    self.came[f"{type(failure).__name__}: {failure}"] += 1


def wait_until_taken_up(load: Load, wanted: int) -> None:
    """Some requests went through: the load is on."""
    deadline = time.monotonic() + START_LIMIT
    while load.came["200"] < wanted and time.monotonic() < deadline:
        load.stop.wait(0.05)
    assert load.came["200"] >= wanted, load.came


@pytest.mark.timeout(240)
def test_a_rolling_restart_loses_no_request(site: Site) -> None:
    asked, done = site.folder / "asked", site.folder / "done"
    os.mkfifo(asked)
    os.mkfifo(done)
    before = [front.process.pid for front in site.fronts if front.process is not None]
    environment = {
        "PATH": os.environ["PATH"],
        "WEBS": str(site.folder / "webs.conf"),
        "RELOAD": site.reload,
        "RESTART": f"echo PORT >{asked}; cat {done}",
        "DRAIN": "1",
    }
    with Load(site, 6) as load:
        wait_until_taken_up(load, 20)
        script = subprocess.Popen(
            [str(DEPLOY / "rolling-restart.sh"), *(str(front.port) for front in site.fronts)], env=environment
        )
        for front in site.fronts:
            assert int(asked.read_text()) == front.port
            front.stop()
            front.start()
            done.write_text("")
        assert script.wait(60) == 0
        wait_until_taken_up(load, load.came["200"] + 20)
    assert set(load.came) == {"200"}, (load.came, (site.folder / "error.log").read_text()[:3000])
    after = [front.process.pid for front in site.fronts if front.process is not None]
    assert not set(before) & set(after)
    assert sorted((site.folder / "webs.conf").read_text().split()) == sorted(
        word for front in site.fronts for word in ("server", f"127.0.0.1:{front.port};")
    )
