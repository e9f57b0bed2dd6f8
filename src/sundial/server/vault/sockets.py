"""What consoles are told while they look: that something in the vault changed, and how far uploads are."""

from datetime import datetime, timedelta
from typing import Any

from sundial.server.lib.acting import Role
from sundial.server.realtime.types import Identity, PassingFact, RoomName
from sundial.server.vault import queries
from sundial.server.vault.types import TOPIC, UPLOADS_TOPIC, Coming

_LIVES = timedelta(minutes=2)  # an upload from which nothing came for longer is not under way


def _progress(company_id: int, now: datetime) -> dict[str, Any]:
    """Every upload that goes on, and whom its file would open for, before it is narrowed."""
    return {"uploads": queries.under_way(company_id, since=now - _LIVES, now=now)}


def _narrowed(fact: dict[str, Any], listener: Identity) -> dict[str, Any]:
    """The upload that moved last as `file` and `percent`, and all as `uploads`: those whose names they may read."""
    coming: list[Coming] = fact["uploads"]
    seen = [one.told for one in coming if listener.role is Role.ADMIN or listener.user_id in one.opens_for]
    last = seen[0] if seen else {"file": "", "percent": 100}
    return {"file": last["file"], "percent": last["percent"], "uploads": seen}


# Administrators read every name, others those of files that would open for them; all else only says: ask again.
UPLOAD_PROGRESS = PassingFact(
    "upload_progress", UPLOADS_TOPIC, (RoomName.ADMIN, RoomName.DASHBOARD), _progress, _narrowed
)
VAULT_CHANGED = PassingFact("vault_changed", TOPIC, (RoomName.ADMIN, RoomName.DASHBOARD), queries.last_change)
