"""What people did, as pages draw it: sessions, pictures, a day in lanes, sums with their colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sundial.server.activity.types import (
    DayView,
    EndedBy,
    PictureState,
    ScreenshotView,
    SessionView,
    SpanKind,
    Stretch,
    Total,
)
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.ui import rules
from sundial.server.ui.types import Bar, Lane, Pin, Timeline

HUES = 8
SHOWN_USAGE = 8
_MAY_END = (Role.ADMIN, Role.MANAGER)
_LANES = {SpanKind.APP: "apps", SpanKind.WEBSITE: "sites"}


@dataclass(frozen=True)
class SessionRow:
    """One session in a list, in words."""

    id: int
    person: str
    device: str
    note: str
    started_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    seconds: float
    break_seconds: float
    is_open: bool
    ended_words: str
    reason: str
    href: str
    day_href: str
    may_end: bool
    own: bool


@dataclass(frozen=True)
class Shot:
    """One picture in a gallery, with the addresses of its faces."""

    id: int
    person: str
    at: datetime
    href: str
    full: str
    thumb: str
    day_href: str
    is_ready: bool
    state_words: str
    problem: str
    blurred: bool
    told_at: str
    screen_number: int
    width: int
    height: int
    bytes: int
    may_delete: bool


@dataclass(frozen=True)
class Share:
    """What a part of the time went into."""

    name: str
    seconds: float
    share: float
    hue: str


@dataclass(frozen=True)
class Shares:
    """The largest parts, the sum of all, how many more there are, and what to say where there is none."""

    items: tuple[Share, ...]
    seconds: float
    more: int
    none: str


@dataclass(frozen=True)
class Line:
    """One row of the table that says the same as the timeline."""

    kind: str
    label: str
    note: str
    start: datetime
    end: datetime
    seconds: float


def day_address(acting: Acting, user_id: int, day: date) -> str:
    """Where this person's day is seen by this reader."""
    page = reverse("my-day") if acting.id == user_id else reverse("person-day", args=[user_id])
    return f"{page}?date={day.isoformat()}"


def session_row(acting: Acting, one: SessionView) -> SessionRow:
    """A session as this reader sees it."""
    return SessionRow(
        id=one.id,
        person=one.name,
        device=one.device,
        note=one.note,
        started_at=one.started_at,
        ended_at=one.ended_at,
        paused_at=one.paused_at,
        seconds=one.worked_ms / 1000,
        break_seconds=one.break_ms / 1000,
        is_open=one.is_open,
        ended_words=ended_words(one),
        reason=one.reason,
        href=reverse("session", args=[one.id]),
        day_href=day_address(acting, one.user_id, timezone.localtime(one.started_at).date()),
        may_end=acting.role in _MAY_END,
        own=acting.id == one.user_id,
    )


def ended_words(one: SessionView) -> str:
    """Who or what ended a session."""
    by = rules.plain(one.ended_by_name, 60)
    words = {
        EndedBy.PERSON: _("Stopped by the person"),
        EndedBy.ADMIN: _("Ended by %(name)s") % {"name": by} if by else _("Ended by an administrator"),
        EndedBy.OTHER_DEVICE: _("Went on at another computer"),
        EndedBy.CRASH: _("The agent ended unexpectedly"),
        EndedBy.LEFT: _("Access was switched off"),
        EndedBy.IMPLIED: _("Its start was never told"),
        EndedBy.SILENCE: _("Not heard of for long"),
    }
    return words.get(one.ended_by, "")


def deletes_own(acting: Acting) -> bool:
    """Whether this reader may delete pictures of themselves: an ADMIN, and everyone where the company lets them."""
    return acting.role is Role.ADMIN or companies.company(acting.company_id or 0).people_delete_screenshots


def shot(acting: Acting, one: ScreenshotView, *, own: bool) -> Shot:
    """A picture as this reader sees it; `own`: whether they may delete their own."""
    states = {PictureState.RECEIVED: _("Being prepared"), PictureState.BROKEN: _("Could not be read")}
    return Shot(
        id=one.id,
        person=one.name,
        at=one.taken_at,
        href=reverse("screenshot", args=[one.id]),
        full=reverse("screenshot-image", args=[one.id]),
        thumb=reverse("screenshot-thumb", args=[one.id]),
        day_href=day_address(acting, one.user_id, timezone.localtime(one.taken_at).date()),
        is_ready=one.state is PictureState.READY,
        state_words=states.get(one.state, ""),
        problem=one.problem,
        blurred=one.blurred,
        told_at=one.told_at,
        screen_number=one.screen + 1,
        width=one.width,
        height=one.height,
        bytes=one.bytes,
        may_delete=acting.role is Role.ADMIN or (own and acting.id == one.user_id),
    )


def hues(totals: Sequence[Total]) -> dict[str, str]:
    """A colour for each of the largest; all else shares one."""
    return {one.name: str(place + 1) for place, one in enumerate(totals[:HUES])}


def shares(totals: Sequence[Total], *, none: str) -> Shares:
    """The largest parts with their colours."""
    colours = hues(totals)
    shown = totals[:SHOWN_USAGE]
    items = tuple(Share(one.name, one.ms / 1000, round(one.share * 100, 2), colours[one.name]) for one in shown)
    return Shares(items, sum(one.ms for one in totals) / 1000, len(totals) - len(shown), none)


def timeline_of(acting: Acting, day: DayView, now: datetime) -> Timeline:
    """A day in lanes: work, applications, websites, screenshots; over the hours in which something lay."""
    begun = (
        [one.start for one in day.stretches]
        + [one.start for one in day.manual]
        + [max(one.started_at, day.start) for one in day.sessions]
    )
    over = (
        [one.end for one in day.stretches]
        + [one.end for one in day.manual]
        + [min(_end_of(one, now), day.end) for one in day.sessions]
    )
    taken = [one.taken_at for one in day.screenshots]
    low, high = rules.window([*begun, *over, *taken], (day.start, day.end), timezone.get_current_timezone())
    lanes = (_work_lane(day, now), _usage_lane(day, SpanKind.APP), _usage_lane(day, SpanKind.WEBSITE))
    pins = tuple(_pin(acting, one) for one in day.screenshots)
    pictures = Lane("shots", _("Screenshots"), str(len(pins)), (), pins)
    drawn = tuple(lane for lane in (*lanes, pictures) if lane.bars or lane.pins)
    return Timeline(low, high, drawn, now if day.start <= now < day.end else None)


def _end_of(one: SessionView, now: datetime) -> datetime:
    end = one.ended_at or min(now, one.last_at)
    return max(one.started_at, end if one.counts_until is None else min(end, one.counts_until))


def _work_lane(day: DayView, now: datetime) -> Lane:
    words = kind_words()
    bars = [
        Bar(max(one.started_at, day.start), min(_end_of(one, now), day.end), _("Work"), one.note or one.device, "work")
        for one in day.sessions
    ]
    bars += [Bar(one.start, one.end, _("Manual time"), _("approved"), "work") for one in day.manual]
    bars += [Bar(max(one.start, day.start), min(one.end, day.end), _("Paused"), "", "pause") for one in day.pauses]
    absences = [one for one in day.stretches if one.kind in {SpanKind.AWAY, SpanKind.PRIVATE}]
    bars += [
        Bar(one.start, one.end, words[one.kind], away_words(one.name), _state_hue(one.kind))
        for one in absences
        if not one.answer
    ]
    said = answer_words()
    bars += [
        Bar(
            one.start, one.end, said.get(one.answer, one.answer), _("What was answered to being away"), _hue(one.answer)
        )
        for one in absences
        if one.answer
    ]
    shown = tuple(bar for bar in bars if bar.start < bar.end)
    return Lane("work", _("Work"), rules.clock_length(day.worked.worked_ms / 1000), shown)


def answer_words() -> dict[str, str]:
    """What may be answered to being away."""
    return {"keep": _("Work"), "meeting": _("Meeting"), "break": _("Break"), "discard": _("Not work")}


def _hue(answer: str) -> str:
    return "pause" if answer in {"break", "discard"} else "work"


def _state_hue(kind: SpanKind) -> str:
    return "away" if kind is SpanKind.AWAY else "private"


def _usage_lane(day: DayView, kind: SpanKind) -> Lane:
    totals = day.apps if kind is SpanKind.APP else day.websites
    colours = hues(totals)
    bars = tuple(
        Bar(one.start, one.end, one.name, one.title or one.detail, colours.get(one.name, "other"))
        for one in day.stretches
        if one.kind is kind
    )
    label = _("Applications") if kind is SpanKind.APP else _("Websites")
    return Lane(_LANES[kind], label, rules.clock_length(sum(one.ms for one in totals) / 1000), bars)


def _pin(acting: Acting, one: ScreenshotView) -> Pin:
    drawn = shot(acting, one, own=False)
    return Pin(one.taken_at, _("Screenshot"), drawn.href, drawn.thumb if drawn.is_ready else "")


def kind_words() -> dict[SpanKind, str]:
    """The kinds of time in words."""
    return {
        SpanKind.APP: _("Application"),
        SpanKind.WEBSITE: _("Website"),
        SpanKind.AWAY: _("Away"),
        SpanKind.PRIVATE: _("Private"),
        SpanKind.INPUT: _("Keyboard and mouse"),
    }


def away_words(cause: str) -> str:
    """Why somebody was away, as far as the computer knows."""
    return {"idle": _("no key or mouse"), "locked": _("screen locked"), "sleep": _("computer asleep")}.get(cause, cause)


def lines(day: DayView) -> list[Line]:
    """The day in order: the same as the timeline, for those who read."""
    words = kind_words()
    found = [_line(words, one) for one in day.stretches]
    found += [Line(_("Pause"), "", "", one.start, one.end, (one.end - one.start).total_seconds()) for one in day.pauses]
    manual = ((one.start, one.end, (one.end - one.start).total_seconds()) for one in day.manual)
    found += [Line(_("Manual time"), "", "", *one) for one in manual]
    return sorted(found, key=lambda one: (one.start, one.end))


def _line(words: dict[SpanKind, str], one: Stretch) -> Line:
    label = away_words(one.name) if one.kind is SpanKind.AWAY else one.name
    if one.answer:
        label = _("answered: %(words)s") % {"words": answer_words().get(one.answer, one.answer)}
    return Line(words[one.kind], label, one.title, one.start, one.end, one.ms / 1000)


def shots(acting: Acting, found: Iterable[ScreenshotView], *, own: bool | None = None) -> list[Shot]:
    """Pictures as this reader sees them; `own` where it is known already whether they may delete their own."""
    may = deletes_own(acting) if own is None else own
    return [shot(acting, one, own=may) for one in found]
