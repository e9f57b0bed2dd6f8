"""Telling whether a log is what it was, for someone who does not trust us."""

from sundial.server.audit.verify.live import verify_live

__all__ = ["verify_live"]
