"""The table of the 15 settings, and what may be put into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.protocol import settings
from sundial.protocol.settings import BY_NAME, EDITABLE, SETTINGS, Adjusted

CONTRACT = {
    "screenshots_enabled": (True, None, None),
    "website_tracking_enabled": (True, None, None),
    "app_tracking_enabled": (True, None, None),
    "screenshot_interval_seconds": (600, 30, 3600),
    "idle_threshold_seconds": (300, 60, 1800),
    "config_sync_interval_seconds": (10, 5, 60),
    "max_screenshot_size_mb": (5, 1, 50),
    "screenshot_quality": (85, 50, 95),
    "enable_keyboard_tracking": (False, None, None),
    "enable_mouse_tracking": (False, None, None),
    "enable_idle_detection": (True, None, None),
    "show_tracker_notification": (True, None, None),
    "notification_interval_minutes": (30, 0, 120),
    "local_data_retention_days": (30, 7, 365),
}


def test_the_table_is_the_one_of_the_contract() -> None:
    assert [s.name for s in SETTINGS] == [*CONTRACT, "config_version"]
    for name, (default, minimum, maximum) in CONTRACT.items():
        setting = BY_NAME[name]
        assert setting.default == default
        assert type(setting.default) is type(default)
        assert setting.kind == ("bool" if minimum is None else "int")
        if minimum is not None:
            assert (setting.minimum, setting.maximum) == (minimum, maximum)


def test_only_the_version_is_read_only() -> None:
    assert [s.name for s in SETTINGS if s.read_only] == ["config_version"]
    assert len(EDITABLE) == 14


def test_every_setting_can_be_shown_to_people() -> None:
    for setting in SETTINGS:
        assert setting.label
        assert setting.help.endswith(".")
        assert setting.group in settings.GROUPS


def test_six_kinds_of_data_each_have_their_switch() -> None:
    assert settings.KINDS == {
        "screenshots": "screenshots_enabled",
        "websites": "website_tracking_enabled",
        "applications": "app_tracking_enabled",
        "keyboard_counts": "enable_keyboard_tracking",
        "mouse_counts": "enable_mouse_tracking",
        "idle": "enable_idle_detection",
    }
    assert settings.kinds_on(settings.defaults()) == ("screenshots", "websites", "applications", "idle")


@pytest.mark.parametrize("setting", EDITABLE, ids=lambda s: s.name)
def test_narrowing_is_never_both_ways(setting: settings.Setting) -> None:
    low, high = (False, True) if setting.kind == "bool" else (setting.minimum, setting.maximum)
    both = (setting.narrows(low, high), setting.narrows(high, low))
    assert both != (True, True)
    assert any(both) == (setting.narrows_when is not None)
    assert not setting.narrows(low, low)


def test_fewer_pictures_and_switched_off_kinds_narrow() -> None:
    assert BY_NAME["screenshot_interval_seconds"].narrows(300, 600)
    assert BY_NAME["screenshots_enabled"].narrows(True, False)
    assert BY_NAME["screenshot_quality"].narrows(85, 60)
    assert BY_NAME["show_tracker_notification"].narrows(False, True)
    assert not BY_NAME["screenshot_interval_seconds"].narrows(600, 300)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("screenshot_interval_seconds", 29, "Must be between 30 and 3600 s."),
        ("screenshot_interval_seconds", 3601, "Must be between 30 and 3600 s."),
        ("screenshot_interval_seconds", True, "Must be a whole number."),
        ("screenshot_interval_seconds", 300.0, "Must be a whole number."),
        ("screenshot_interval_seconds", "300", "Must be a whole number."),
        ("screenshot_interval_seconds", None, "Must be a whole number."),
        ("screenshots_enabled", 1, "Must be true or false."),
        ("screenshots_enabled", "on", "Must be true or false."),
        ("config_version", 5, "Is set by the server."),
        ("colour", "red", "There is no such setting."),
    ],
)
def test_strict_validation_names_what_is_wrong(name: str, value: object, problem: str) -> None:
    assert settings.validate_strict({name: value, "screenshot_quality": 90}) == {name: problem}


def test_borders_are_inside() -> None:
    assert settings.validate_strict({s.name: s.minimum for s in EDITABLE if s.kind == "int"}) == {}
    assert settings.validate_strict({s.name: s.maximum for s in EDITABLE if s.kind == "int"}) == {}


def test_clamping_says_what_was_asked_and_what_was_set() -> None:
    values, adjusted = settings.clamp(
        {"screenshot_interval_seconds": 5, "screenshot_quality": 99, "screenshots_enabled": False, "colour": 1}
    )
    assert values == {"screenshot_interval_seconds": 30, "screenshot_quality": 95, "screenshots_enabled": False}
    assert adjusted == {"screenshot_interval_seconds": Adjusted(5, 30), "screenshot_quality": Adjusted(99, 95)}


def test_clamping_refuses_a_wrong_type() -> None:
    with pytest.raises(ValueError, match=r"screenshot_quality: Must be a whole number\."):
        settings.clamp({"screenshot_quality": "best"})


@given(st.dictionaries(st.sampled_from([s.name for s in EDITABLE if s.kind == "int"]), st.integers()))
def test_what_was_clamped_is_always_valid(changes: dict[str, object]) -> None:
    values, adjusted = settings.clamp(changes)
    assert settings.validate_strict(values) == {}
    assert all(values[name] == (adjusted[name].set if name in adjusted else changes[name]) for name in changes)


def test_unknown_names_and_the_version_are_set_apart() -> None:
    known, ignored = settings.split_known({"screenshot_quality": 90, "config_version": 7, "colour": "red"})
    assert known == {"screenshot_quality": 90}
    assert ignored == ["colour", "config_version"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("screenshot_quality", " 90 ", 90),
        ("screenshot_quality", "-5", -5),
        ("screenshots_enabled", "on", True),
        ("screenshots_enabled", "True", True),
        ("screenshots_enabled", "1", True),
        ("screenshots_enabled", "", False),
        ("screenshots_enabled", "off", False),
    ],
)
def test_forms_are_read_as_people_mean_them(name: str, text: str, value: settings.Value) -> None:
    parsed = settings.parse_form(name, text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", ["", "ten", "1.5", "1e3", "٣", "--1", "9" * 5000])
def test_a_form_number_must_be_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        settings.parse_form("screenshot_quality", text)


def test_a_form_switch_must_be_on_or_off() -> None:
    with pytest.raises(ValueError, match="on or off"):
        settings.parse_form("screenshots_enabled", "maybe")


def test_differences_leave_out_the_version_and_what_is_the_same() -> None:
    old = settings.defaults()
    new = {**old, "screenshot_interval_seconds": 300, "config_version": 2}
    assert settings.differences(old, new) == {"screenshot_interval_seconds": (600, 300)}
    assert settings.differences(old, {"screenshots_enabled": False}) == {"screenshots_enabled": (True, False)}
    assert settings.differences(old, old) == {}
