"""What consoles are told while they look: that something in the vault changed, and how far uploads are."""

from datetime import datetime, timedelta
from typing import Any

from sundial.server.realtime.types import PassingFact, RoomName
from sundial.server.vault import queries
from sundial.server.vault.types import TOPIC, UPLOADS_TOPIC

_LIVES = timedelta(minutes=2)  # an upload from which nothing came for longer is not under way


def _progress(company_id: int, now: datetime) -> dict[str, Any]:
    """The upload that moved last as `file` and `percent`, and all of them as `uploads`."""
    uploads = queries.under_way(company_id, since=now - _LIVES)
    last = uploads[0] if uploads else {"file": "", "percent": 100}
    return {"file": last["file"], "percent": last["percent"], "uploads": uploads}


# Who hears names: administrators alone. Everybody else's pages only hear that they should ask again.
UPLOAD_PROGRESS = PassingFact("upload_progress", UPLOADS_TOPIC, (RoomName.ADMIN,), _progress)
VAULT_CHANGED = PassingFact("vault_changed", TOPIC, (RoomName.ADMIN, RoomName.DASHBOARD), queries.last_change)
