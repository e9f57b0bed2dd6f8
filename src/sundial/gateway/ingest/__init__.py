"""Facts on their way into the database: checked at the door, written in groups, answered after the commit."""

from sundial.gateway.ingest.parts import Ingest

__all__ = ["Ingest"]
