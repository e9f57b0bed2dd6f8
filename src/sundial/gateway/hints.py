"""What each hint means here; a hint that makes no sense is passed over, for a newer server may send others."""

import logging

from sundial.bus import Bus
from sundial.gateway.companies import Companies
from sundial.gateway.devices import Devices
from sundial.gateway.loops import Loops
from sundial.gateway.metrics import Metrics
from sundial.gateway.notices import Notices
from sundial.gateway.people import People

log = logging.getLogger("sundial.gateway")


class Hints:
    """Turns hints into look-ups; never waits itself, since the bus waits for it."""

    def __init__(
        self,
        loops: Loops,
        metrics: Metrics,
        companies: Companies,
        devices: Devices,
        people: People,
        notices: Notices,
    ) -> None:
        self._loops = loops
        self._metrics = metrics
        self._companies = companies
        self._devices = devices
        self._people = people
        self._notices = notices

    def heard(self, topic: str, body: str) -> None:
        """Act on one hint."""
        try:
            self._act(topic, body)
        except ValueError:
            log.warning("a hint on %s makes no sense: %r", topic, body[:200])

    def gap(self) -> None:
        """Hints may have been missed: look at everything again."""
        self._metrics.gaps += 1
        self._people.forget_all()
        self._loops.once("read heads again", self._companies.refresh_all())
        self._loops.once("check tokens again", self._devices.check_all())

    def _act(self, topic: str, body: str) -> None:
        match topic:
            case "policy" | "company":
                self._loops.once("read a head again", self._companies.refresh(int(body)))
            case "token":
                digest = bytes.fromhex(body)
                self._people.forget(digest)
                self._loops.once("check a token again", self._devices.reconsider(digest))
            case "notice":
                company, device, notice, kind = body.split(" ")
                self._loops.once("tell a notice", self._notices.tell(int(company), int(device), int(notice), kind))
            case _:
                return
        self._metrics.hints += 1


class Written:
    """Tells everyone whose presence or reports were written here, each company once in a while."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._companies: set[int] = set()

    def note(self, company_ids: set[int]) -> None:
        """Rows of these companies are new."""
        self._companies |= company_ids

    async def publish(self) -> None:
        """Say so; what could not be said is said at the next turn."""
        while self._companies:
            company_id = self._companies.pop()
            try:
                await self._bus.publish("status", str(company_id))
            except BaseException:
                self._companies.add(company_id)
                raise
