"""python -m bench.console [--rounds 5] [--at-once]

How long after its commit, and after the request that made it, each event of the contract reaches each of four windows:
two Chromiums (one on the log), a Firefox and a plain Socket.IO client; and how long the request took to its commit.
Each act waits until all have heard of the one before; `--at-once` does not wait, so that acts, their events and the
pages' own questions come over one another.
Moments are of one clock: PostgreSQL's for commits, the page's own when its handler was called.
"""

import argparse
import os
import sys
from collections.abc import Callable

from bench import machine
from bench.console.stage import Outbox, Windows, running, windows
from tests.journeys.acts import Api, do_everything
from tests.journeys.telling import Told, milliseconds, spread, tellings
from tests.running import Platform

PROMISED_S = 0.3
LONGEST = 8  # tellings that are shown one by one
LENGTHS: dict[str, Callable[[Told], float]] = {
    "request to commit": lambda one: one.since_request - (one.since_commit or 0.0),
    "commit to window": lambda one: one.since_commit or 0.0,
    "request to window": lambda one: one.since_request,
}


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
    """Whether the promise holds; prints how long each event took to its commit and to each window."""
    names = list(dict.fromkeys(one.window for one in told))
    kinds = sorted({one.kind for one in told})
    shares = {**{kind: [one for one in told if one.kind == kind] for kind in kinds}, "all": told}
    for part in LENGTHS:
        rows = [[kind, *_cells(some, part, names)] for kind, some in shares.items()]
        machine.table(f"From {part}, in ms: p50 / p99 / longest", ["event", *names], rows)
    longest = sorted(told, key=lambda one: one.since_request, reverse=True)[:LONGEST]
    machine.table("The longest, in ms", ["event", "window", *LENGTHS], [_parts(one) for one in longest])
    whole = {part: spread(length(one) for one in told) for part, length in LENGTHS.items()}
    print(f"\n{len(told)} tellings" + "".join(f"\n  from {part}: {found}" for part, found in whole.items()))
    saved = {f"{part.replace(' ', '_')}_ms": milliseconds(found) for part, found in whole.items()}
    machine.save("console_at_once" if at_once else "console", {"tellings": len(told), **saved})
    kept = whole["request to window"].longest <= PROMISED_S
    return machine.verdict({f"every event in every window within {PROMISED_S * 1000:.0f} ms": kept})


def _cells(told: list[Told], part: str, names: list[str]) -> list[str]:
    return [_cell([one for one in told if one.window == name], part) for name in names]


def _cell(told: list[Told], part: str) -> str:
    found = spread(LENGTHS[part](one) for one in told)
    return f"{found.p50 * 1000:.0f} / {found.p99 * 1000:.0f} / {found.longest * 1000:.0f}"


def _parts(one: Told) -> list[str]:
    return [one.kind, one.window, *(f"{length(one) * 1000:.0f}" for length in LENGTHS.values())]


if __name__ == "__main__":
    sys.exit(main())
