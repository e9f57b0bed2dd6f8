"""Manual time as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from sundial.server.activity.queries import may_decide
from sundial.server.activity.types import ManualKind, ManualState, ManualView
from sundial.server.lib.acting import Acting, Role
from sundial.server.portal.views.activity_words import day_address
from sundial.server.ui.rules import plain

_TONES = {
    ManualState.ASKED: ("caution", "clock"),
    ManualState.APPROVED: ("good", "check"),
    ManualState.REFUSED: ("bad", "close"),
    ManualState.WITHDRAWN: ("", "minus"),
}


@dataclass(frozen=True)
class ManualRow:
    """One stretch of manual time in a list, in words."""

    id: int
    person: str
    started_at: datetime
    ended_at: datetime
    one_day: bool
    seconds: float
    recorded: float
    kind: str
    reason: str
    state: str
    tone: str
    icon: str
    by: str
    answer: str
    entered_by: str
    day_href: str
    may_decide: bool
    may_take_back: bool
    may_withdraw: bool


def kind_words() -> dict[ManualKind, str]:
    """What manual time may be."""
    return {ManualKind.WORK: _("Work"), ManualKind.MEETING: _("Meeting")}


def state_words() -> dict[ManualState, str]:
    """How far it may have come."""
    return {
        ManualState.ASKED: _("Waiting"),
        ManualState.APPROVED: _("Approved"),
        ManualState.REFUSED: _("Refused"),
        ManualState.WITHDRAWN: _("Withdrawn"),
    }


def manual_row(acting: Acting, one: ManualView) -> ManualRow:
    """Manual time as this reader sees it."""
    tone, icon = _TONES[one.state]
    first, last = (timezone.localtime(moment).date() for moment in (one.started_at, one.ended_at))
    waits = one.state is ManualState.ASKED
    return ManualRow(
        id=one.id,
        person=one.name,
        started_at=one.started_at,
        ended_at=one.ended_at,
        one_day=first == last,
        seconds=one.ms / 1000,
        recorded=one.recorded_ms / 1000,
        kind=kind_words()[one.kind],
        reason=one.reason,
        state=state_words()[one.state],
        tone=tone,
        icon=icon,
        by=plain(one.decided_by_name, 60),
        answer=one.answer,
        entered_by=plain(one.asked_by_name, 60) if one.asked_by_id != one.user_id else "",
        day_href=day_address(acting, one.user_id, timezone.localtime(one.started_at).date()),
        may_decide=may_decide(acting, one),
        may_take_back=one.state is ManualState.APPROVED and acting.role is Role.ADMIN,
        may_withdraw=waits and acting.id == one.user_id,
    )
