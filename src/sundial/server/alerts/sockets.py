"""What consoles are told while they look: that the alerts are others now; each page asks for its own reader's count."""

from datetime import datetime
from typing import Any

from sundial.server.alerts.actions.telling import PLATFORM_TOPIC, TOPIC
from sundial.server.lib import clock
from sundial.server.realtime.types import PassingFact, RoomName


def changed(company_id: int, now: datetime) -> dict[str, Any]:
    """A pointer without a number in it: what is open is not for everyone in the room."""
    return {"company_id": company_id, "changed_at": clock.iso(now)}


ALERTS_CHANGED = PassingFact("alerts_changed", TOPIC, (RoomName.ADMIN, RoomName.DASHBOARD), changed)
PLATFORM_ALERTS_CHANGED = PassingFact("alerts_changed", PLATFORM_TOPIC, (RoomName.PLATFORM,), changed)
