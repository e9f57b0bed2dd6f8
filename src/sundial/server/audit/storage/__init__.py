"""Files about logs: the evidence outside the database, and archives of old entries."""

from sundial.server.audit.storage.archives import BrokenArchive, Kept, Shelf
from sundial.server.audit.storage.outside import TILE, EvidenceError, Folder, Outside

__all__ = ["TILE", "BrokenArchive", "EvidenceError", "Folder", "Kept", "Outside", "Shelf"]
