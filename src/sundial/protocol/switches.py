"""What a policy says beyond the 15 settings and people set: switches in its sections, each named `section.field`.

They are spoken of like settings, and every one is off where its section does not say.
"""

from collections.abc import Mapping
from typing import Any

from sundial.protocol import settings as table
from sundial.protocol.policy import SCREENSHOTS_SECTION, WEBSITES_SECTION
from sundial.protocol.settings import Setting, Value

SWITCHES: tuple[Setting, ...] = (
    Setting(
        name=f"{SCREENSHOTS_SECTION}.blurred",
        kind="bool",
        default=False,
        group="screenshots",
        label="Blur screenshots",
        help="Each picture is made unreadable on the person's computer, before it is kept. It cannot be undone.",
        narrows_when="on",
    ),
    Setting(
        name=f"{WEBSITES_SECTION}.detail",
        kind="bool",
        default=False,
        group="activity",
        label="Record addresses and titles of pages",
        help="Beside the website's domain, which page it was. Off, only the domain is recorded.",
        narrows_when="off",
    ),
)
NAMED: dict[str, Setting] = {setting.name: setting for setting in (*table.SETTINGS, *SWITCHES)}
_SECTIONS = {switch.name.partition(".")[0] for switch in SWITCHES}


def switched(sections: Mapping[str, Any]) -> dict[str, Value]:
    """Every switch as these sections have it."""
    return {switch.name: _found(sections, switch.name) for switch in SWITCHES}


def whole(settings: Mapping[str, Value], sections: Mapping[str, Any]) -> dict[str, Value]:
    """All that people set in a policy, by name: its settings and its switches."""
    return {**settings, **switched(sections)}


def named(asked: Mapping[str, object]) -> dict[str, object]:
    """Sections as they were sent, by `section.field`; what is unknown or no object goes by its section's name."""
    found: dict[str, object] = {}
    for section, fields in asked.items():
        if section in _SECTIONS and isinstance(fields, Mapping):
            found |= {f"{section}.{field}": value for field, value in fields.items()}
        else:
            found[section] = fields
    return found


def problems(asked: Mapping[str, object]) -> dict[str, str]:
    """By name, why what was asked of the switches cannot be taken; empty when all can."""
    found = {name: _problem(name, value) for name, value in asked.items()}
    return {name: problem for name, problem in found.items() if problem}


def differences(old: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    """Switches in which new differs from old; missing from `old` it is off, from `new` unchanged."""
    before = {one.name: old.get(one.name, False) for one in SWITCHES}
    pairs = {name: (stood, new.get(name, stood)) for name, stood in before.items()}
    return {name: (before, after) for name, (before, after) in pairs.items() if before != after}


def sections_with(sections: Mapping[str, Any], values: Mapping[str, Value]) -> dict[str, Any]:
    """The sections with these switches set; what else they hold stays."""
    changed = {section: dict(fields) for section, fields in sections.items()}
    for name, value in values.items():
        section, _, field = name.partition(".")
        changed.setdefault(section, {})[field] = value
    return changed


def _found(sections: Mapping[str, Any], name: str) -> bool:
    section, _, field = name.partition(".")
    return bool(sections.get(section, {}).get(field, False))


def _problem(name: str, value: object) -> str | None:
    section = name.partition(".")[0]
    if section not in _SECTIONS:
        return "There is no such section."
    if name == section:
        return "Must be an object."
    if name not in NAMED:
        return "There is no such field in this section."
    return NAMED[name].type_problem(value)
