"""Changes in plain words and in numbers."""

import pytest

from sundial.protocol import words
from sundial.protocol.settings import Value, defaults, differences


def meaning(**changes: Value) -> list[str]:
    return words.what_it_means(defaults(), changes)


def test_twice_as_many_screenshots_are_told_in_numbers() -> None:
    assert meaning(screenshot_interval_seconds=300) == [
        "A screenshot every 5 minutes instead of 10: about twice the storage, 96 a day per person, about 12.5 MB."
    ]


def test_paces_in_different_units_are_both_named() -> None:
    (line,) = meaning(screenshot_interval_seconds=90)
    assert line.startswith(
        "A screenshot every 90 seconds instead of 10 minutes: about 6.7 times the storage, 320 a day"
    )
    (line,) = meaning(screenshot_interval_seconds=3600)
    assert line.startswith("A screenshot every 1 hour instead of 10 minutes: about 17 % of the storage, 8 a day")


def test_quality_alone_is_about_storage() -> None:
    (line,) = meaning(screenshot_quality=95)
    assert line.startswith("Each screenshot takes about twice the storage: 48 a day per person")
    (line,) = meaning(screenshot_quality=50)
    assert line.startswith("Each screenshot takes about half the storage")


def test_switching_screenshots_off_and_on() -> None:
    assert meaning(screenshots_enabled=False) == ["No more screenshots, and no new storage for them."]
    lines = words.what_it_means({**defaults(), "screenshots_enabled": False}, {"screenshots_enabled": True})
    assert lines[0].startswith("A screenshot every 10 minutes: 48 a day per person")
    assert lines[1] == "Each person is asked before this begins: take screenshots."


def test_being_away_and_polling() -> None:
    assert meaning(idle_threshold_seconds=600) == ["Time counts as away 5 minutes later, after 10 minutes."]
    assert meaning(idle_threshold_seconds=60) == ["Time counts as away 4 minutes sooner, after 1 minute."]
    assert meaning(config_sync_interval_seconds=30) == [
        "Agents without a live connection hear of changes within about 30 seconds."
    ]


def test_no_change_means_nothing() -> None:
    assert words.what_it_means(defaults(), defaults()) == []
    assert meaning(show_tracker_notification=False) == []


def test_every_change_has_a_sentence() -> None:
    new = {**defaults(), "screenshot_interval_seconds": 300, "enable_mouse_tracking": True, "screenshot_quality": 90}
    assert words.in_words(differences(defaults(), new)) == [
        "Time between screenshots: 5 minutes instead of 10 minutes.",
        "Screenshot quality: 90 % instead of 85 %.",
        "Count mouse use: switched on.",
    ]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("screenshot_interval_seconds", 60, "1 minute"),
        ("screenshot_interval_seconds", 3600, "1 hour"),
        ("screenshot_interval_seconds", 45, "45 seconds"),
        ("notification_interval_minutes", 0, "0 minutes"),
        ("notification_interval_minutes", 120, "2 hours"),
        ("local_data_retention_days", 30, "30 days"),
        ("max_screenshot_size_mb", 5, "5 MB"),
        ("screenshots_enabled", True, "on"),
        ("config_version", 3, "3"),
    ],
)
def test_values_are_said_as_people_say_them(name: str, value: Value, text: str) -> None:
    assert words.shown(name, value) == text
