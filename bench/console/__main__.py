"""python -m bench.console [--rounds 5] [--at-once]

How long after its commit, and after the request that made it, each event of the contract reaches each of four windows:
two Chromiums (one on the log), a Firefox and a plain Socket.IO client. Each act waits until all have heard of the one
before; `--at-once` does not wait, so that acts, their events and the pages' own questions come over one another.
Moments are of one clock: PostgreSQL's for commits, the page's own when its handler was called.
"""

import argparse
import os
import sys

from bench import machine
from bench.console.stage import Outbox, Windows, running, windows
from tests.journeys.acts import Api, do_everything
from tests.journeys.telling import Told, milliseconds, spread, tellings
from tests.running import Platform

PROMISED_S = 0.3


def main() -> int:
    """0 if every event reached every window in time."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", action="store_true")
    given = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with running() as platform:
        company = platform.demo["companies"][0]
        outbox = Outbox(platform, company["id"])
        with windows(platform, company["admin"]) as opened:
            told = measured(platform, opened, outbox, given.rounds, at_once=given.at_once)
        outbox.close()
    return 0 if reported(told, at_once=given.at_once) else 1


def measured(platform: Platform, opened: Windows, outbox: Outbox, rounds: int, *, at_once: bool) -> list[Told]:
    """One act of each kind, so many times, after one round that is not counted."""

    def all_heard() -> None:
        opened.until(outbox.head())

    company = platform.demo["companies"][0]
    pace = {} if at_once else {"afterwards": all_heard}
    api, owner = (Api(platform.base_url, who, **pace) for who in (company["admin"], platform.demo["owner"]))
    do_everything(api, owner, company["id"])
    all_heard()
    before = outbox.head()
    for _ in range(rounds):
        do_everything(api, owner, company["id"])
    all_heard()
    api.close()
    owner.close()
    heard = {
        name: [one for one in some if one.event.get("offset", 0) > before] for name, some in opened.heard().items()
    }
    return tellings(heard, [*api.asked, *owner.asked], outbox.commits(before))


def reported(told: list[Told], *, at_once: bool) -> bool:
    """Whether the promise holds; prints how long each event took to each window."""
    names = list(dict.fromkeys(one.window for one in told))
    for since in ("commit", "request"):
        rows = [
            [kind, *(_cell([one for one in told if (one.kind, one.window) == (kind, name)], since) for name in names)]
            for kind in sorted({one.kind for one in told})
        ]
        rows.append(["all", *(_cell([one for one in told if one.window == name], since) for name in names)])
        machine.table(f"From {since}, in ms: p50 / p99 / longest", ["event", *names], rows)
    whole = {since: spread(_lengths(told, since)) for since in ("commit", "request")}
    print(f"\n{len(told)} tellings: from commit {whole['commit']}; from request {whole['request']}")
    name = "console_at_once" if at_once else "console"
    machine.save(name, {"tellings": len(told), **{f"from_{key}_ms": milliseconds(one) for key, one in whole.items()}})
    return machine.verdict(
        {f"every event in every window within {PROMISED_S * 1000:.0f} ms": whole["request"].longest <= PROMISED_S}
    )


def _lengths(told: list[Told], since: str) -> list[float]:
    return [one.since_request if since == "request" else one.since_commit or 0.0 for one in told]


def _cell(told: list[Told], since: str) -> str:
    found = spread(_lengths(told, since))
    return f"{found.p50 * 1000:.0f} / {found.p99 * 1000:.0f} / {found.longest * 1000:.0f}"


if __name__ == "__main__":
    sys.exit(main())
