"""Facts kept before they are acknowledged: ours with sums and row-level security, DRF with bulk_create, and COPY.

python -m bench.ingest [--seconds S] [--rounds N]
"""

import argparse
import os
import sys
from typing import Any

import psycopg

from bench import machine
from bench.ingest import stage
from bench.ingest.driver import Plan
from bench.ingest.events import EACH as EVENTS
from bench.ingest.report import Findings
from bench.machine import Server, free_port, python, serving
from bench.platform import Platform
from bench.setting import FOLDER
from sundial.run.postgres import APP

COMPANIES, EACH = 8, 16
PATH = "/agent/v1/batches"
FASTEST = 4_000  # batches a second that are prepared for
QUIET_RATE = 20.0


class Ours:
    """The gateway, and who talks to it; every stream has a day of its own, so that sessions follow one another."""

    def __init__(self, platform: Platform, server: Server) -> None:
        self.server = server
        self.everyone = [one for number in range(COMPANIES) for one in stage.company(platform, f"C{number}", EACH)]
        self.quiet = stage.company(platform, "Quiet", 8)
        self.noisy = stage.company(platform, "Noisy", 128)
        self._day = 0

    def stream(self, name: str, who: list[str], seconds: float, rate: float | None = None) -> Plan:
        """Some of them, for a while."""
        self._day += 1
        prepared = int(seconds * (rate or FASTEST) * 1.1) + len(who)
        return Plan(name, self.server.port, PATH, who, seconds, prepared, rate, self._day)


def measure_ours(platform: Platform, ours: Ours, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """Full load, then half of it, then a quiet company without and with a noisy one; medians by round."""
    found = []
    stage.run(ours.stream("warm", ours.everyone, 2))
    stage.season(platform)
    for _ in range(rounds):
        full = stage.run_and_spend(platform, ours.server, ours.stream("full", ours.everyone, seconds))
        half_rate = full["events_per_second"] / EVENTS / 2
        half = stage.run_and_spend(platform, ours.server, ours.stream("half", ours.everyone, seconds, half_rate))
        calm, others = stage.run(
            ours.stream("quiet", ours.quiet, seconds, QUIET_RATE),
            ours.stream("others", ours.everyone, seconds),
        )
        quiet, noisy = stage.run(
            ours.stream("quiet", ours.quiet, seconds, QUIET_RATE),
            ours.stream("noisy", ours.noisy, seconds),
        )
        found.append({"full": full, "half": half, "calm": calm, "others": others, "quiet": quiet, "noisy": noisy})
    return found


def measure_drf(platform: Platform, form: str, seconds: float) -> dict[str, Any]:
    """The peer at full load: `bare`, or doing the `same` as ours."""
    port, tokens, name = free_port(), FOLDER / f"drf_{form}.tokens", f"drf_{form}"
    platform.cluster.ensure_database(name)
    with psycopg.connect(platform.cluster.owner_dsn(name)) as owner:  # row-level security does not bind a superuser
        owner.execute(f"GRANT CREATE ON SCHEMA public TO {APP}")
    with serving(python("bench.ingest.drf_server", platform.cluster.app_dsn(name), port, tokens, form), port) as server:
        callers = [f"Token {token}" for token in tokens.read_text().split()][:16]
        plan = Plan("drf", port, "/batches", callers, seconds, int(seconds * 400) + 128)
        return stage.run_and_spend(platform, server, plan)


def main() -> int:
    """Measure, print, keep; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    before = os.getloadavg()
    with stage.platform() as platform:
        port = free_port()
        with serving(python("bench.gateway_server", platform.dsn, port), port) as server:
            rounds = measure_ours(platform, Ours(platform, server), asked.seconds, asked.rounds)
        bare, same = (measure_drf(platform, form, asked.seconds) for form in ("bare", "same"))
        copied = stage.copy(platform, asked.seconds / 2)
    findings = Findings(rounds, same, bare, copied)
    findings.show()
    promises = findings.promises()
    holds = machine.verdict(promises)
    machine.save(
        "ingest",
        {
            "load": {"before": before, "after": os.getloadavg()},
            "rounds": rounds,
            "drf_bare": bare,
            "drf_same": same,
            "copy_events_per_second": copied,
            "promises": promises,
        },
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
