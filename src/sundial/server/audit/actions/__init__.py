"""What is done with the log: adding to it, erasing personal values, and carrying evidence of it away."""

from sundial.server.audit.actions.checkpoints import Signer, signer, write_checkpoint, write_checkpoints
from sundial.server.audit.actions.recording import record

__all__ = ["Signer", "record", "signer", "write_checkpoint", "write_checkpoints"]
