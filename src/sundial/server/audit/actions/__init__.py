"""What is done with the log: adding to it, erasing personal values, and giving evidence of it away."""

from sundial.server.audit.actions.recording import record

__all__ = ["record"]
