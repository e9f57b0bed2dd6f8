"""What consoles are told while they look: that some task changed; whoever hears it asks the ordinary page again."""

from sundial.server.realtime.types import PassingFact, RoomName
from sundial.server.tasks import queries
from sundial.server.tasks.types import TOPIC

TASKS_CHANGED = PassingFact("tasks_changed", TOPIC, (RoomName.ADMIN, RoomName.DASHBOARD), queries.last_change)
