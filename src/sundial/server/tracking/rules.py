"""Who may change a policy, and how two policies differ; no database."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sundial.protocol import settings as table
from sundial.protocol import switches
from sundial.protocol.settings import SETTINGS, Settings, Value
from sundial.protocol.switches import NAMED
from sundial.server.lib.acting import Acting, Role
from sundial.server.tracking.types import Difference


def may_read(acting: Acting, company_id: int) -> bool:
    """The OWNER reads every policy, everyone else their own company's."""
    return acting.role in {Role.OWNER, Role.SYSTEM} or acting.company_id == company_id


def may_change(acting: Acting, company_id: int, *, delegated: bool) -> bool:
    """The OWNER anywhere; an ADMIN only in their own company, and only while the OWNER lets them."""
    if acting.role in {Role.OWNER, Role.SYSTEM}:
        return True
    return acting.role is Role.ADMIN and acting.company_id == company_id and delegated


def label_for(reader: Role, saver: Role, email: str) -> str:
    """How a reader may know the one who saved: the OWNER sees numbers, not people."""
    if saver is Role.SYSTEM:
        return "Sundial"
    if reader is Role.OWNER and saver is not Role.OWNER:
        return "an administrator of the company"
    if saver is Role.OWNER:
        return f"{email} (owner of the platform)" if email else "the owner of the platform"
    return email or "someone who has left"


def in_order(settings: Mapping[str, Value]) -> Settings:
    """The 15 settings in the order of the table, whatever order a database gave them."""
    return {setting.name: settings[setting.name] for setting in SETTINGS}


def differences(old: Mapping[str, Value], new: Mapping[str, Value]) -> tuple[Difference, ...]:
    """What changed between two policies, switches of their sections among it, for people to read."""
    return tuple(
        Difference(name, NAMED[name].label, NAMED[name].unit, before, after)
        for name, (before, after) in _differing(old, new).items()
    )


def _differing(old: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    return {**table.differences(old, new), **switches.differences(old, new)}


def in_words(version: int, changed: tuple[Difference, ...], restored_from: int | None = None) -> str:
    """One line for the audit log."""
    origin = f" (as in version {restored_from})" if restored_from else ""
    return f"Tracking policy version {version}{origin}: " + "; ".join(one.text for one in changed)


def config_body(settings: Mapping[str, Value], saved_at: datetime) -> str:
    """The body of `/api/employee-config`, on one line."""
    moment = stamp(saved_at)
    config: dict[str, Any] = {**in_order(settings), "updated_at": moment}
    return json.dumps({"status": True, "config": config, "timestamp": moment}, separators=(",", ":"))


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stale_difference(
    *, seen: Mapping[str, Value] | None, current: Mapping[str, Value], asked: Mapping[str, Value]
) -> dict[str, dict[str, Value | None]]:
    """By setting, what the saver saw, what it is by now and what they asked for.

    Of all settings that someone else changed meanwhile, and all that this save would have changed.
    """
    moved = set(_differing(seen, current)) if seen else set()
    wanted = set(_differing(current, asked))
    return {
        name: {
            "seen": seen.get(name, False) if seen else None,
            "now": current.get(name, False),
            "yours": asked.get(name, seen.get(name, False) if seen else None),
        }
        for name in NAMED
        if name in moved | wanted
    }
