"""The settings as the recorder reads them."""

from dataclasses import dataclass
from datetime import timedelta

from sundial.agent.core.records import Obey
from sundial.agent.core.sensing import PictureOrder
from sundial.protocol.settings import KIND_LABELS, kinds_on

MEGABYTE = 1_000_000
NO_ORDER = PictureOrder(quality=50, cap_bytes=MEGABYTE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is recorded, and how; all is off at first. `number` tells one policy from the next."""

    number: int = 0
    anything: bool = False
    applications: bool = False
    websites: bool = False
    website_detail: bool = False
    keyboard: bool = False
    mouse: bool = False
    idle: bool = False
    away_after: timedelta = timedelta.max
    picture_every_s: int = 0  # 0: never
    order: PictureOrder = NO_ORDER
    reminded: bool = False
    reminder_every: timedelta = timedelta(0)  # 0: only when recording starts and stops
    kinds: tuple[str, ...] = ()

    @property
    def watches_focus(self) -> bool:
        """Websites too count only while their browser is in front."""
        return self.applications or self.websites


def rules_of(obey: Obey, number: int) -> Rules:
    """The settings in the recorder's words."""
    settings = obey.settings
    if settings is None:
        return Rules(number)
    order = PictureOrder(
        quality=settings["screenshot_quality"],
        cap_bytes=settings["max_screenshot_size_mb"] * MEGABYTE,
        blurred=obey.blurred,
    )
    return Rules(
        number=number,
        anything=True,
        applications=bool(settings["app_tracking_enabled"]),
        websites=bool(settings["website_tracking_enabled"]),
        website_detail=obey.website_detail,
        keyboard=bool(settings["enable_keyboard_tracking"]),
        mouse=bool(settings["enable_mouse_tracking"]),
        idle=bool(settings["enable_idle_detection"]),
        away_after=timedelta(seconds=settings["idle_threshold_seconds"]),
        picture_every_s=settings["screenshot_interval_seconds"] if settings["screenshots_enabled"] else 0,
        order=order,
        reminded=bool(settings["show_tracker_notification"]),
        reminder_every=timedelta(minutes=settings["notification_interval_minutes"]),
        kinds=tuple(KIND_LABELS[kind].lower() for kind in kinds_on(settings)),
    )
