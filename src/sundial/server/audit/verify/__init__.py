"""Telling whether a log is what it was, for someone who does not trust us."""

from sundial.server.audit.verify.archives import verify_archive
from sundial.server.audit.verify.bundle import verify_export
from sundial.server.audit.verify.live import verify_live

__all__ = ["verify_archive", "verify_export", "verify_live"]
