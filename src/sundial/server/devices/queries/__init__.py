"""Reads of devices."""

from sundial.server.devices.queries.lists import (
    NOTICES_AT_ONCE,
    REVOKED,
    DevicePage,
    acknowledgements,
    device,
    devices,
    ids_called,
    notices_after,
)
from sundial.server.devices.queries.presence import (
    Absences,
    Absent,
    absences,
    never_synced_people,
    offline_people,
    presence_counts,
    presence_of_people,
    seen_since,
)
from sundial.server.devices.queries.progress import agents_status, by_version, halted, progress
from sundial.server.devices.queries.syncing import Syncing, SyncPage, syncing
from sundial.server.devices.queries.tokens import TokenHolder, company_of_code, holder_of
from sundial.server.devices.queries.watch import Watched, agent_ids_of, watched_agents

__all__ = [
    "NOTICES_AT_ONCE",
    "REVOKED",
    "Absences",
    "Absent",
    "DevicePage",
    "SyncPage",
    "Syncing",
    "TokenHolder",
    "Watched",
    "absences",
    "acknowledgements",
    "agent_ids_of",
    "agents_status",
    "by_version",
    "company_of_code",
    "device",
    "devices",
    "halted",
    "holder_of",
    "ids_called",
    "never_synced_people",
    "notices_after",
    "offline_people",
    "presence_counts",
    "presence_of_people",
    "progress",
    "seen_since",
    "syncing",
    "watched_agents",
]
