"""The 15 settings of a tracking policy, declared once; forms, API, agent and docs derive from this table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = bool | int
Settings = dict[str, Value]
Kind = Literal["screenshots", "websites", "applications", "keyboard_counts", "mouse_counts", "idle"]
Group = Literal["screenshots", "activity", "input", "breaks", "notices", "device"]

GROUPS: dict[Group, str] = {
    "screenshots": "Screenshots",
    "activity": "Applications and websites",
    "input": "Keyboard and mouse",
    "breaks": "Being away",
    "notices": "What the person is told",
    "device": "On the device",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: its type, its limits, and how to speak of it.

    `switches` names the kind of data that the setting turns on and off.
    `narrows_when` says in which direction less is recorded, or the person is better informed; None: neither.
    """

    name: str
    kind: Literal["bool", "int"]
    default: Value
    group: Group
    label: str
    help: str
    minimum: int = 0
    maximum: int = 0
    step: int = 1
    unit: Literal["", "s", "MB", "%", "min", "days"] = ""
    switches: Kind | None = None
    narrows_when: Literal["off", "on", "lower", "higher"] | None = None
    read_only: bool = False

    def narrows(self, old: Value, new: Value) -> bool:
        """Whether going from old to new records less, or tells the person more."""
        match self.narrows_when:
            case "off" | "lower":
                return new < old
            case "on" | "higher":
                return new > old
        return False

    def problem_with(self, value: object) -> str | None:
        """Why this JSON value cannot be taken, in a plain sentence; None if it can."""
        return self.type_problem(value) or self.range_problem(value)

    def type_problem(self, value: object) -> str | None:
        """Exact JSON types: true is not 1, and 300.0 is not 300."""
        if self.kind == "bool":
            return None if isinstance(value, bool) else "Must be true or false."
        return None if type(value) is int else "Must be a whole number."

    def range_problem(self, value: object) -> str | None:
        if self.kind != "int" or self.read_only or not isinstance(value, int):
            return None
        if self.minimum <= value <= self.maximum:
            return None
        return f"Must be between {self.minimum} and {self.maximum}{self.spaced_unit}."

    def clamped(self, value: Value) -> Value:
        """The nearest value inside the range."""
        return value if self.kind == "bool" else min(max(value, self.minimum), self.maximum)

    @property
    def spaced_unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="screenshots_enabled",
        kind="bool",
        default=True,
        group="screenshots",
        label="Take screenshots",
        help="While work is being recorded, a picture of the screen is kept at regular intervals. "
        "The person sees every picture and may delete it with the time it covers.",
        switches="screenshots",
        narrows_when="off",
    ),
    Setting(
        name="website_tracking_enabled",
        kind="bool",
        default=True,
        group="activity",
        label="Record websites",
        help="The names of the websites in front, and for how long. What is typed or read there is never recorded.",
        switches="websites",
        narrows_when="off",
    ),
    Setting(
        name="app_tracking_enabled",
        kind="bool",
        default=True,
        group="activity",
        label="Record applications",
        help="Which application is in front, with the title of its window, and for how long.",
        switches="applications",
        narrows_when="off",
    ),
    Setting(
        name="screenshot_interval_seconds",
        kind="int",
        default=600,
        minimum=30,
        maximum=3600,
        step=30,
        unit="s",
        group="screenshots",
        label="Time between screenshots",
        help="Shorter means more pictures, more storage, and a closer look at the person's day.",
        narrows_when="higher",
    ),
    Setting(
        name="idle_threshold_seconds",
        kind="int",
        default=300,
        minimum=60,
        maximum=1800,
        step=30,
        unit="s",
        group="breaks",
        label="Counts as away after",
        help="How long nobody may touch keyboard and mouse before the time counts as away. "
        "Reading and calls need no touch: rather choose it too long than too short.",
        narrows_when="higher",
    ),
    Setting(
        name="config_sync_interval_seconds",
        kind="int",
        default=10,
        minimum=5,
        maximum=60,
        unit="s",
        group="device",
        label="Ask for changes every",
        help="Only for agents that cannot keep a live connection. All others hear of a change at once.",
    ),
    Setting(
        name="max_screenshot_size_mb",
        kind="int",
        default=5,
        minimum=1,
        maximum=50,
        unit="MB",
        group="screenshots",
        label="Largest screenshot",
        help="A picture that would be larger is made smaller on the device before it is sent.",
        narrows_when="lower",
    ),
    Setting(
        name="screenshot_quality",
        kind="int",
        default=85,
        minimum=50,
        maximum=95,
        unit="%",
        group="screenshots",
        label="Screenshot quality",
        help="Lower is smaller and shows less detail. 85 keeps text readable.",
        narrows_when="lower",
    ),
    Setting(
        name="enable_keyboard_tracking",
        kind="bool",
        default=False,
        group="input",
        label="Count key presses",
        help="How many keys were pressed, as a number. Which keys is never recorded.",
        switches="keyboard_counts",
        narrows_when="off",
    ),
    Setting(
        name="enable_mouse_tracking",
        kind="bool",
        default=False,
        group="input",
        label="Count mouse use",
        help="How many clicks and turns of the wheel, and for how many seconds the mouse moved, as numbers.",
        switches="mouse_counts",
        narrows_when="off",
    ),
    Setting(
        name="enable_idle_detection",
        kind="bool",
        default=True,
        group="breaks",
        label="Notice when the person is away",
        help="Time without keyboard or mouse, or with the screen locked, is shown as away.",
        switches="idle",
        narrows_when="off",
    ),
    Setting(
        name="show_tracker_notification",
        kind="bool",
        default=True,
        group="notices",
        label="Remind that recording is on",
        help="A short notice on the person's screen from time to time. "
        "The sign that recording is on stays visible in any case.",
        narrows_when="on",
    ),
    Setting(
        name="notification_interval_minutes",
        kind="int",
        default=30,
        minimum=0,
        maximum=120,
        step=5,
        unit="min",
        group="notices",
        label="Time between reminders",
        help="0 reminds only when recording starts and stops.",
    ),
    Setting(
        name="local_data_retention_days",
        kind="int",
        default=30,
        minimum=7,
        maximum=365,
        unit="days",
        group="device",
        label="Keep unsent data for",
        help="What a device could not send for so long is deleted there, counted, and reported as lost.",
        narrows_when="lower",
    ),
    Setting(
        name="config_version",
        kind="int",
        default=1,
        minimum=1,
        maximum=2**31 - 1,
        group="device",
        label="Version",
        help="Rises by one at each save that changes something.",
        read_only=True,
    ),
)

BY_NAME: dict[str, Setting] = {setting.name: setting for setting in SETTINGS}
EDITABLE: tuple[Setting, ...] = tuple(setting for setting in SETTINGS if not setting.read_only)
KINDS: dict[Kind, str] = {setting.switches: setting.name for setting in SETTINGS if setting.switches}
KIND_LABELS: dict[Kind, str] = {
    "screenshots": "Screenshots",
    "websites": "Websites",
    "applications": "Applications",
    "keyboard_counts": "Key press counts",
    "mouse_counts": "Mouse counts",
    "idle": "Being away",
}

FORM_TRUE = frozenset({"on", "true", "1", "yes"})
FORM_FALSE = frozenset({"off", "false", "0", "no", ""})


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A number that was asked for outside its range, and the one that was taken."""

    asked: int
    set: int


def defaults() -> Settings:
    """All 15 settings as a new company has them."""
    return {setting.name: setting.default for setting in SETTINGS}


def kinds_on(settings: Mapping[str, Value]) -> tuple[Kind, ...]:
    """The kinds of data that these settings record, in the order of KINDS."""
    return tuple(kind for kind, name in KINDS.items() if settings.get(name))


def split_known(changes: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Changes to editable settings, and the names of everything else."""
    names = {setting.name for setting in EDITABLE}
    known = {name: value for name, value in changes.items() if name in names}
    return known, sorted(name for name in changes if name not in names)


def type_errors(changes: Mapping[str, object]) -> dict[str, str]:
    """By name, why a value has the wrong JSON type; unknown names are not looked at."""
    found = {name: BY_NAME[name].type_problem(value) for name, value in changes.items() if name in BY_NAME}
    return {name: problem for name, problem in found.items() if problem}


def validate_strict(changes: Mapping[str, object]) -> dict[str, str]:
    """By name, why a change cannot be taken as it stands; empty when all can."""
    found = {name: _problem(name, value) for name, value in changes.items()}
    return {name: problem for name, problem in found.items() if problem}


def _problem(name: str, value: object) -> str | None:
    setting = BY_NAME.get(name)
    if setting is None:
        return "There is no such setting."
    return "Is set by the server." if setting.read_only else setting.problem_with(value)


def clamp(changes: Mapping[str, object]) -> tuple[Settings, dict[str, Adjusted]]:
    """Editable settings brought into their ranges, and what had to be adjusted; raises ValueError on a wrong type."""
    known, _ignored = split_known(changes)
    if wrong := type_errors(known):
        raise ValueError("; ".join(f"{name}: {problem}" for name, problem in wrong.items()))
    values: Settings = {}
    adjusted: dict[str, Adjusted] = {}
    for name, asked in known.items():
        assert isinstance(asked, int)
        values[name] = BY_NAME[name].clamped(asked)
        if values[name] != asked:
            adjusted[name] = Adjusted(asked, values[name])
    return values, adjusted


def parse_form(name: str, text: str) -> Value:
    """The value that a form field means; ValueError, with a plain sentence, if it means none."""
    return parsed(BY_NAME[name], text)


def parsed(setting: Setting, text: str) -> Value:
    """The same for a setting that is given."""
    given = text.strip()
    if setting.kind == "int":
        digits = given.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
            raise ValueError("Must be a whole number.")
        return int(given)
    if given.lower() in FORM_TRUE:
        return True
    if given.lower() in FORM_FALSE:
        return False
    raise ValueError("Must be on or off.")


def differences(old: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    """Editable settings in which new differs from old: name to (old, new), in the order of the table.

    A setting missing from `new` is unchanged, so `new` may be only the changes.
    """
    pairs = {s.name: (old[s.name], new.get(s.name, old[s.name])) for s in EDITABLE}
    return {name: (before, after) for name, (before, after) in pairs.items() if before != after}
