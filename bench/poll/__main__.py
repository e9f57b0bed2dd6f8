"""python -m bench.poll [--seconds 4] [--rounds 3]"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from bench import machine
from bench.machine import Server, free_port, median, native, python, serving
from bench.platform import Platform
from bench.setting import FOLDER

CONNECTIONS = 64
NGINX = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
daemon off;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}; default_type application/json; }}
}}
"""


@dataclass
class Outcome:
    """What one server did, medians over the rounds."""

    name: str
    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    errors: int


@dataclass
class Runner:
    """A server, and the requests that are put to it."""

    name: str
    server: Server
    requests: Path
    seen: list[dict[str, float]]

    def run(self, seconds: float) -> None:
        """One round."""
        before = self.server.cpu()
        load = [native("load"), self.server.port, seconds, CONNECTIONS, 0, self.requests]
        done = subprocess.run(list(map(str, load)), capture_output=True, text=True, check=True)
        result: dict[str, float] = json.loads(done.stdout)
        if result["unchanged"] != result["requests"]:
            raise machine.CannotMeasure(f"{self.name} did not answer 304 each time: {done.stdout}")
        self.seen.append({**result, "cpu": self.server.cpu() - before})

    def outcome(self) -> Outcome:
        """The medians."""
        return Outcome(
            self.name,
            median(one["requests"] / one["seconds"] for one in self.seen),
            median(one["cpu"] * 1e6 / one["requests"] for one in self.seen),
            median(one["p50"] for one in self.seen),
            median(one["p99"] for one in self.seen),
            int(sum(one["errors"] for one in self.seen)),
        )


def requests_for(name: str, path: str, etag: str, authorizations: list[str]) -> Path:
    """A file of request heads, one for each caller."""
    target = FOLDER / f"{name}.requests"
    head = f"GET {path} HTTP/1.1\nHost: 127.0.0.1\nUser-Agent: sundial-agent/0.1.0\nIf-None-Match: {etag}\n"
    target.write_text("".join(f"{head}Authorization: {value}\n\n" for value in authorizations))
    return target


@contextlib.contextmanager
def nginx() -> Iterator[Runner]:
    """The limit: nginx, one worker, a static file, 304."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise machine.CannotMeasure("nginx is needed: apt-get install nginx-light")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "api").mkdir()
        (folder / "api" / "employee-config").write_text("x" * 700)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
        command = [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
        with serving(command, port) as server:
            path = "/api/employee-config"
            etag = httpx.get(f"http://127.0.0.1:{port}{path}").headers["etag"]
            yield Runner("nginx, static", server, requests_for("nginx", path, etag, ["Token none"]), [])


@contextlib.contextmanager
def gateway(platform: Platform) -> Iterator[tuple[Runner, Runner]]:
    """Ours, with agents that poll and with clients of the first system."""
    port = free_port()
    etag = f'"{platform.policy()[0]}"'
    agents = [f"Bearer {token}" for token in platform.devices(CONNECTIONS)]
    people = [f"Token {platform.person_token()}" for _ in range(CONNECTIONS)]
    with serving(python("bench.gateway_server", platform.dsn, port), port) as server:
        polls = requests_for("agents", "/agent/v1/policy", etag, agents)
        config = requests_for("people", "/api/employee-config/", etag, people)
        yield Runner("Sundial, agent's poll", server, polls, []), Runner("Sundial, employee-config", server, config, [])


@contextlib.contextmanager
def drf(platform: Platform) -> Iterator[Runner]:
    """The peer."""
    port, tokens = free_port(), FOLDER / "drf.tokens"
    platform.cluster.ensure_database("drf")
    command = python("bench.poll.drf_server", platform.cluster.owner_dsn("drf"), port, tokens)
    with serving(command, port) as server:
        callers = [f"Token {token}" for token in tokens.read_text().split()]
        requests = requests_for("drf", "/api/employee-config/", '"v1"', callers)
        yield Runner("Django REST framework", server, requests, [])


def measure(platform: Platform, seconds: float, count: int) -> list[Outcome]:
    """Each server in turn, so that whatever else the machine does is shared fairly; the first turn warms up."""
    with nginx() as limit, gateway(platform) as (polls, config), drf(platform) as peer:
        runners = [limit, polls, config, peer]
        for runner in runners:
            runner.run(1.0)
            runner.seen.clear()
        for _ in range(count):
            for runner in runners:
                runner.run(seconds)
        return [runner.outcome() for runner in runners]


def show(outcomes: list[Outcome]) -> None:
    """The table."""
    limit, peer = outcomes[0], outcomes[-1]
    rows: list[tuple[Any, ...]] = [
        (
            one.name,
            f"{one.per_second:,.0f}",
            f"{one.cpu_us:.1f}",
            f"{one.cpu_us / limit.cpu_us:.1f}",
            f"{one.per_second / peer.per_second:.1f}",
            f"{one.p50_ms:.2f}",
            f"{one.p99_ms:.2f}",
            one.errors,
        )
        for one in outcomes
    ]
    heads = ("server", "polls/s", "CPU µs", "× nginx's CPU", "× DRF's rate", "p50 ms", "p99 ms", "errors")
    machine.table(f"An unchanged poll (304), {CONNECTIONS} connections, one process each, medians", heads, rows)


def main() -> int:
    """Measure, print, keep; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.poll", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    platform = Platform()
    try:
        outcomes = measure(platform, asked.seconds, asked.rounds)
    finally:
        platform.stop()
    show(outcomes)
    limit, polls, config, peer = outcomes
    promises = {
        f"{one.name}: {text}": holds
        for one in (polls, config)
        for text, holds in (
            (f"at least 50 times DRF ({one.per_second / peer.per_second:.0f})", one.per_second >= 50 * peer.per_second),
            (f"at most 6 times nginx's CPU ({one.cpu_us / limit.cpu_us:.1f})", one.cpu_us <= 6 * limit.cpu_us),
        )
    }
    holds = machine.verdict(promises)
    machine.save("poll", {"outcomes": [asdict(one) for one in outcomes], "promises": promises})
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
