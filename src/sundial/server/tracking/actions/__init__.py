"""Writes of the tracking policy."""

from sundial.server.tracking.actions.changing import (
    change_policy,
    create_first_policy,
    require_may_change,
    restore_version,
    set_delegation,
)
from sundial.server.tracking.actions.signing import (
    announce_signing_key,
    reissue_all,
    rotate_signing_key,
    switch_signing_key,
)

__all__ = [
    "announce_signing_key",
    "change_policy",
    "create_first_policy",
    "reissue_all",
    "require_may_change",
    "restore_version",
    "rotate_signing_key",
    "set_delegation",
    "switch_signing_key",
]
