"""Who may do what with files, what they may be called, and what their bytes are; without a database."""

from sundial.server.vault.rules.media import HEAD_BYTES, media_type_of
from sundial.server.vault.rules.names import BadName, cleaned, folded, numbered
from sundial.server.vault.rules.using import names_attribute
from sundial.server.vault.rules.who import INSIDE, may_change, may_rule, runs_vault

__all__ = [
    "HEAD_BYTES",
    "INSIDE",
    "BadName",
    "cleaned",
    "folded",
    "may_change",
    "may_rule",
    "media_type_of",
    "names_attribute",
    "numbered",
    "runs_vault",
]
