"""Changes to a tracking policy in plain words and in numbers, the same for the owner and the person."""

import itertools
from collections.abc import Mapping

from sundial.protocol.policy import Details
from sundial.protocol.settings import BY_NAME, Setting, Value
from sundial.protocol.switches import NAMED

NO_DETAILS = Details()
DAY_S = 8 * 3600
# One picture of a 1920 x 1080 desktop as WebP, in KB by quality. 80 and 85 are measured medians, the others estimates.
PICTURE_KB = ((50, 62), (60, 72), (70, 85), (80, 106), (85, 130), (90, 175), (95, 270))
UNITS = {"s": ("second", 1), "min": ("minute", 60), "days": ("day", 86400)}

Changes = Mapping[str, tuple[Value, Value]]


def in_words(changes: Changes) -> list[str]:
    """One plain sentence a change, as `differences` gives them."""
    return [_sentence(NAMED[name], old, new) for name, (old, new) in changes.items()]


def shown(name: str, value: Value) -> str:
    """A value as people say it: `on`, `5 minutes`, `85 %`."""
    setting = NAMED[name]
    if setting.kind == "bool":
        return "on" if value else "off"
    return duration(value, setting.unit) if setting.unit in UNITS else f"{value}{setting.spaced_unit}"


def duration(count: int, unit: str) -> str:
    """`300 s` is `5 minutes`, `90 s` is `90 seconds`, `3600 s` is `1 hour`."""
    word, seconds = UNITS[unit]
    total = count * seconds
    if unit != "days" and total and total % 3600 == 0:
        word, count = "hour", total // 3600
    elif unit == "s" and total and total % 60 == 0:
        word, count = "minute", total // 60
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def what_it_means(old: Mapping[str, Value], new: Mapping[str, Value]) -> list[str]:
    """What a change means for one person over a working day of 8 hours, in numbers; empty if it means nothing."""
    after = {**old, **new}
    lines = [_screenshots(old, after), _away(old, after), _asked_again(old, after), _polling(old, after)]
    return [line for line in lines if line]


def pictures_a_day(settings: Mapping[str, Value]) -> int:
    """Screenshots of one person in a day of 8 hours."""
    return DAY_S // settings["screenshot_interval_seconds"] if settings["screenshots_enabled"] else 0


def storage_a_day_kb(settings: Mapping[str, Value]) -> float:
    """About how much one person's screenshots of a day take."""
    size = min(picture_kb(settings["screenshot_quality"]), settings["max_screenshot_size_mb"] * 1000)
    return pictures_a_day(settings) * size


def picture_kb(quality: int) -> float:
    """About how large one picture is at that quality."""
    for (low, small), (high, large) in itertools.pairwise(PICTURE_KB):
        if quality <= high:
            return small + (large - small) * (max(quality, low) - low) / (high - low)
    return PICTURE_KB[-1][1]


def _sentence(setting: Setting, old: Value, new: Value) -> str:
    if setting.kind == "bool":
        return f"{setting.label}: switched {shown(setting.name, new)}."
    return f"{setting.label}: {shown(setting.name, new)} instead of {shown(setting.name, old)}."


def _screenshots(old: Mapping[str, Value], new: Mapping[str, Value]) -> str:
    before, after = storage_a_day_kb(old), storage_a_day_kb(new)
    if before == after:
        return ""
    if not after:
        return "No more screenshots, and no new storage for them."
    if not before:
        return f"A screenshot every {_pace(new)}: {_amount(new)}."
    if pictures_a_day(old) == pictures_a_day(new):
        return f"Each screenshot takes {_times(after / before)}: {_amount(new)}."
    pace = f"{_pace(new)} instead of {_old_pace(old, new)}"
    return f"A screenshot every {pace}: {_times(after / before)}, {_amount(new)}."


def _pace(settings: Mapping[str, Value]) -> str:
    return duration(settings["screenshot_interval_seconds"], "s")


def _old_pace(old: Mapping[str, Value], new: Mapping[str, Value]) -> str:
    number, unit = _pace(old).split(" ")
    return number if unit == _pace(new).split(" ")[1] else _pace(old)


def _amount(settings: Mapping[str, Value]) -> str:
    megabytes = storage_a_day_kb(settings) / 1000
    return f"{pictures_a_day(settings)} a day per person, about {megabytes:.1f} MB"


def _times(ratio: float) -> str:
    if 0.95 <= ratio <= 1.05:
        return "about the same storage"
    if 0.475 <= ratio <= 0.525:
        return "about half the storage"
    if 1.9 <= ratio <= 2.1:
        return "about twice the storage"
    if ratio < 1:
        return f"about {round(ratio * 100)} % of the storage"
    return f"about {ratio:.1f}".removesuffix(".0") + " times the storage"


def _away(old: Mapping[str, Value], new: Mapping[str, Value]) -> str:
    before, after = old["idle_threshold_seconds"], new["idle_threshold_seconds"]
    if before == after or not new["enable_idle_detection"]:
        return ""
    direction = "later" if after > before else "sooner"
    return f"Time counts as away {duration(abs(after - before), 's')} {direction}, after {duration(after, 's')}."


def _asked_again(old: Mapping[str, Value], new: Mapping[str, Value]) -> str:
    switched_on = [
        setting.label
        for setting in BY_NAME.values()
        if setting.switches and new[setting.name] and not old[setting.name]
    ]
    if not switched_on:
        return ""
    return f"Each person is asked before this begins: {', '.join(switched_on).lower()}."


def _polling(old: Mapping[str, Value], new: Mapping[str, Value]) -> str:
    before, after = old["config_sync_interval_seconds"], new["config_sync_interval_seconds"]
    if before == after:
        return ""
    return f"Agents without a live connection hear of changes within about {duration(after, 's')}."


def policy_lines(settings: Mapping[str, Value], details: Details = NO_DETAILS) -> tuple[str, ...]:
    """A whole policy in plain words: one line for each kind of data, and one each for what the person notices."""
    websites = "Websites, with addresses and titles of pages," if details.website_detail else "Websites"
    return (
        _pictures_line(settings, details),
        _on_off("Applications and window titles", settings["app_tracking_enabled"]),
        _on_off(websites if settings["website_tracking_enabled"] else "Websites", settings["website_tracking_enabled"]),
        _counts_line(settings),
        _away_line(settings),
        _reminder_line(settings),
    )


def _on_off(what: str, on: Value) -> str:
    return f"{what} recorded" if on else f"{what} not recorded"


def _pictures_line(settings: Mapping[str, Value], details: Details) -> str:
    if not settings["screenshots_enabled"]:
        return "Screenshots disabled"
    blurred = ", blurred on the device" if details.blurred else ""
    return f"Screenshots every {_pace(settings)}, quality {settings['screenshot_quality']} %{blurred}"


def _counts_line(settings: Mapping[str, Value]) -> str:
    names = [("key presses", "enable_keyboard_tracking"), ("mouse", "enable_mouse_tracking")]
    counted = [what for what, name in names if settings[name]]
    if not counted:
        return "Key presses and mouse not counted"
    return f"{' and '.join(counted).capitalize()} counted: how many, never which"


def _away_line(settings: Mapping[str, Value]) -> str:
    if not settings["enable_idle_detection"]:
        return "Being away not recorded"
    return f"Away after {duration(settings['idle_threshold_seconds'], 's')} without input"


def _reminder_line(settings: Mapping[str, Value]) -> str:
    minutes = settings["notification_interval_minutes"]
    if not settings["show_tracker_notification"] or not minutes:
        return "No reminder that you are being recorded; the window and its badge always show it"
    return f"A reminder every {duration(minutes, 'min')} while recording"
