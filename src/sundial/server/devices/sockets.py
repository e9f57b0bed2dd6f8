"""What consoles are told about agents while they look."""

from sundial.server.devices import queries
from sundial.server.realtime.types import PassingFact, RoomName

AGENTS_STATUS = PassingFact(
    kind="agents_status",
    topic="status",
    rooms=(RoomName.ADMIN, RoomName.PLATFORM),
    compute=queries.agents_status,
)
