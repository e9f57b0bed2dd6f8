"""Facts to put: numbered, so that a test can say which one is meant."""

from datetime import UTC, datetime, timedelta

from sundial.protocol.events import AppEvent, Event, ScreenshotMeta

BEGIN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SESSION = "0193a5d0-7c00-7000-8000-00000000a001"


def at(number: int) -> str:
    return (BEGIN + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")


def eid(number: int) -> str:
    return f"0193a5d0-7c00-7000-8000-{number:012x}"


def app(number: int, title: str = "budget.ods") -> AppEvent:
    return AppEvent(
        eid=eid(number), start=at(number), end=at(number), mono_ms=number, boot_id="boot-1", tz_offset_min=0,
        session=SESSION, app="Calc", title=title,
    )  # fmt: skip


def apps(numbers: range) -> list[Event]:
    return [app(number) for number in numbers]


def meta(number: int) -> ScreenshotMeta:
    return ScreenshotMeta(eid(number), at(number), SESSION, 0, False, number, "boot-1")


def picture(number: int, size: int = 1000) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + number.to_bytes(4, "big") * (size // 4)
