"""Kill -9 of server and PostgreSQL while facts come in: none is lost, none is doubled, the sums are a recount's.

One answer in ten is not waited for, as if it were lost on its way: what it spoke of is told again, kept or not.
"""

import itertools
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from sundial.run.postgres import Cluster
from tests.faults.test_kills import Platform, platform, victim
from tests.gateway.ingest.diary import Event, Records, batch, event, mark, uuid7

__all__ = ["platform"]  # a fixture

DEVICES = 4
EACH = 5
BACK_WITHIN = 60.0
PAUSE = 0.02
PATIENT, DEAF = httpx.Timeout(5), httpx.Timeout(5, read=1e-6)
UNHEARD_IN = 10  # one of so many answers


class Teller:
    """A device that tells a batch until every event of it is answered for, and then the next."""

    def __init__(self, platform: Platform, token: str, first_minute: int) -> None:
        self._client = httpx.Client(
            base_url=platform.base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        self._attempts = itertools.count()
        self._minute = first_minute
        self._session = uuid7()
        self._begun = False
        self.told: list[str] = []
        self.repeated = 0
        self.unheard = 0

    def run(self, over: threading.Event) -> None:
        """Until it is over; the last batch is told to its end."""
        while not over.is_set():
            self._tell(batch(*self._next()))
        self._client.close()

    def _next(self) -> list[Event]:
        events = [] if self._begun else [mark(self._session, self._minute, "started")]
        self._begun = True
        for _ in range(EACH):
            events.append(event(self._session, self._minute, self._minute + 7, app=f"App {self._minute % 3}"))
            self._minute += 7
        return events

    def _tell(self, message: dict[str, Any]) -> None:
        wanted = {one["eid"] for one in message["events"]}
        deadline = time.monotonic() + BACK_WITHIN
        while time.monotonic() < deadline:
            deaf = next(self._attempts) % UNHEARD_IN == 0
            if self._answered(message, DEAF if deaf else PATIENT) == wanted:
                self.told += wanted
                return
            self.unheard += deaf
            self.repeated += not deaf
            threading.Event().wait(PAUSE)
        raise AssertionError("a batch was not taken in time")

    def _answered(self, message: dict[str, Any], patience: httpx.Timeout) -> set[str]:
        try:
            answer = self._client.post("/agent/v1/batches", json=message, timeout=patience)
        except httpx.HTTPError:
            return set()
        if answer.status_code != 200:
            assert answer.status_code in {429, 500, 502, 503}, answer.text
            return set()
        kept = answer.json()
        assert kept["rejected"] == []
        return {*kept["accepted"], *kept["duplicate"]}


def _play(platform: Platform, kills: int) -> None:
    company = platform.demo["companies"][0]["id"]
    lines = platform.run("devices", "--company", str(company), "--count", str(DEVICES)).stdout.split("\n")
    ready = [line.split() for line in lines if line]
    tellers = [Teller(platform, token, number * 3) for number, (_, token) in enumerate(ready)]
    over, chance = threading.Event(), random.Random(kills)
    with ThreadPoolExecutor(DEVICES) as pool:
        telling = [pool.submit(teller.run, over) for teller in tellers]
        try:
            for number in range(kills):
                _more(tellers, chance.randrange(1, 40))
                os.kill(victim(platform, ("front", "postgres")[number % 2]).pid, signal.SIGKILL)
            _more(tellers, 1)
        finally:
            over.set()
        for one in telling:
            one.result(BACK_WITHIN)
    _compare(platform, company, [int(device) for device, _ in ready], {eid for one in tellers for eid in one.told})
    assert sum(teller.repeated for teller in tellers) >= kills / 2, "the kills disturbed nobody"
    assert sum(teller.unheard for teller in tellers) > 0, "every answer was heard"


def _more(tellers: list[Teller], count: int) -> None:
    """Wait until so many more events are answered for."""
    before, deadline = sum(len(teller.told) for teller in tellers), time.monotonic() + BACK_WITHIN
    while sum(len(teller.told) for teller in tellers) < before + count:
        assert time.monotonic() < deadline, "nothing is taken any more"
        threading.Event().wait(PAUSE)


def _compare(platform: Platform, company: int, devices: list[int], told: set[str]) -> None:
    records = Records(Cluster(platform.data / "pg").app_dsn(), company)
    kept = [
        str(row[0])
        for row in records.rows(
            "SELECT eid FROM activity_span WHERE device_id = ANY(%s) UNION ALL "
            "SELECT eid FROM activity_mark WHERE device_id = ANY(%s)",
            devices,
            devices,
        )
    ]
    assert len(kept) == len(set(kept))
    assert set(kept) == told
    with records.at_one_moment():  # simulated agents tell facts all the while
        assert records.usage() == records.recount()
    assert records.ms() > 0
    records.close()


def test_six_kills_under_facts_lose_nothing_and_double_nothing(platform: Platform) -> None:
    _play(platform, 6)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_kills_under_facts_lose_nothing_and_double_nothing(platform: Platform) -> None:
    _play(platform, 200)
