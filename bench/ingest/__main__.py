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
from bench.machine import free_port, python, serving
from bench.platform import FOLDER, Platform
from sundial.run.postgres import APP

COMPANIES, EACH = 8, 16
PATH = "/agent/v1/batches"
FASTEST = 4_000  # batches a second that are prepared for
QUIET_RATE = 20.0


class Ours:
    """The gateway, and who talks to it; every stream has a day of its own, so that sessions follow one another."""

    def __init__(self, platform: Platform, port: int) -> None:
        self.port = port
        self.everyone = [one for number in range(COMPANIES) for one in stage.company(platform, f"C{number}", EACH)]
        self.quiet = stage.company(platform, "Quiet", 8)
        self.noisy = stage.company(platform, "Noisy", 128)
        self._day = 0

    def stream(self, name: str, who: list[str], seconds: float, rate: float | None = None) -> Plan:
        """Some of them, for a while."""
        self._day += 1
        prepared = int(seconds * (rate or FASTEST) * 1.1) + len(who)
        return Plan(name, self.port, PATH, who, seconds, prepared, rate, self._day)


def measure_ours(platform: Platform, ours: Ours, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """Full load, then half of it, then a quiet company without and with a noisy one; medians by round."""
    found = []
    stage.run(ours.stream("warm", ours.everyone, 2))
    for _ in range(rounds):
        full = stage.run(ours.stream("full", ours.everyone, seconds))[0]
        half_rate = full["events_per_second"] / 20 / 2
        half = stage.run(ours.stream("half", ours.everyone, seconds, half_rate))[0]
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
    with serving(python("bench.ingest.drf_server", platform.cluster.app_dsn(name), port, tokens, form), port):
        callers = [f"Token {token}" for token in tokens.read_text().split()][:16]
        return stage.run(Plan("drf", port, "/batches", callers, seconds, int(seconds * 400) + 128))[0]


def middle(found: list[dict[str, Any]], stream: str, figure: str) -> float:
    """The median of one figure over the rounds."""
    return float(machine.median(one[stream][figure] for one in found))


def show(found: list[dict[str, Any]], bare: dict[str, Any], same: dict[str, Any], copied: float) -> dict[str, bool]:
    """The table, and what of the promises holds."""
    full, calm, quiet = (middle(found, "full", "events_per_second"), middle(found, "calm", "p50_ms"),
                         middle(found, "quiet", "p50_ms"))  # fmt: skip
    half99 = middle(found, "half", "p99_ms")
    names = {"full": "ours, full load", "half": "ours, half load", "calm": "a quiet company beside many others",
             "quiet": "a quiet company beside a noisy one", "noisy": "the noisy one"}  # fmt: skip
    rows = [
        (text, *(f"{middle(found, name, figure):,.1f}" for figure in ("events_per_second", "p50_ms", "p99_ms")))
        for name, text in names.items()
    ]
    for text, drf in (("DRF, bulk_create and the same sums", same), ("DRF, bulk_create alone", bare)):
        rows.append((text, *(f"{drf[one]:,.1f}" for one in ("events_per_second", "p50_ms", "p99_ms"))))
    rows.append(("PostgreSQL, COPY", f"{copied:,.1f}", "", ""))
    machine.table(
        "Batches of 20 events, committed before they are answered; medians", ("", "events/s", "p50 ms", "p99 ms"), rows
    )
    return {
        f"at least 30,000 events/s ({full:,.0f})": full >= 30_000,
        f"at least 20 times DRF that does the same ({full / same['events_per_second']:.1f})": (
            full >= 20 * same["events_per_second"]
        ),
        f"p99 at half load at most 60 ms ({half99:.0f})": half99 <= 60,
        f"a noisy company slows a quiet one at most twice ({quiet / calm:.2f})": quiet <= 2 * calm,
        f"(told only) {full / bare['events_per_second']:.1f} times DRF that keeps no sums": True,
        f"(told only) COPY is {copied / full:.1f} times as fast": True,
    }


def main() -> int:
    """Measure, print, keep; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    before = os.getloadavg()
    with stage.platform() as platform:
        port = free_port()
        with serving(python("bench.gateway_server", platform.dsn, port), port):
            found = measure_ours(platform, Ours(platform, port), asked.seconds, asked.rounds)
        bare, same = (measure_drf(platform, form, asked.seconds) for form in ("bare", "same"))
        copied = stage.copy(platform, asked.seconds / 2)
    promises = show(found, bare, same, copied)
    holds = machine.verdict(promises)
    machine.save(
        "ingest",
        {
            "load": {"before": before, "after": os.getloadavg()},
            "rounds": found,
            "drf_bare": bare,
            "drf_same": same,
            "copy_events_per_second": copied,
            "promises": promises,
        },
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
