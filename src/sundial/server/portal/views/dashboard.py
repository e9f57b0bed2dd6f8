"""Now: who is online, who is not, and which policy is in force."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sundial.server.activity import queries as activity
from sundial.server.activity.types import NowRow, NowState
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import MemberStatus
from sundial.server.devices import queries as devices
from sundial.server.devices.types import PresenceCounts
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.lists import paged
from sundial.server.portal.views.home import EVERYONE
from sundial.server.portal.views.policy_words import acknowledged, counts_of, groups
from sundial.server.tasks import queries as tasks
from sundial.server.tracking import queries as tracking

SHOWN_ABSENT = 6
SHOWN_TASKS = 5
_CARDS: dict[str, tuple[NowState, ...]] = {
    "working": (NowState.WORKING,),
    "idle": (NowState.IDLE,),
    "away": (NowState.AWAY, NowState.PAUSED, NowState.PRIVATE),
    "not_started": (NowState.NOT_STARTED, NowState.STOPPED),
    "unreachable": (NowState.OFFLINE,),
}


@allow(*EVERYONE)
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """What is true at this moment, for the reader's role."""
    acting = acting_of_page(request)
    if acting.company_id is None:
        return redirect("owner")
    if acting.role is Role.EMPLOYEE:
        return render(request, "portal/dashboard_own.html", _own(acting, acting.company_id))
    return render(request, "portal/dashboard.html", _of_company(request, acting, acting.company_id))


def _of_company(request: HttpRequest, acting: Acting, company_id: int) -> dict[str, Any]:
    now, head = clock.now(), tracking.head(company_id)
    board = [row for row in activity.now_board(acting, now=now) if _works_here(row)]
    page = paged(request, board)
    shown = activity.with_worked(acting, list(page.object_list), now=now)
    presence = devices.presence_of_people(company_id, [row.user_id for row in page.object_list], now=now)
    absent = devices.absences(acting, now=now, shown=SHOWN_ABSENT)
    runs_it = acting.role is Role.ADMIN
    return {
        "page": page,
        "rows": [(row, presence[row.user_id]) for row in shown],
        "states": now_cards(board),
        "applications": bool(head.settings["app_tracking_enabled"]),
        "offline": absent.offline,
        "offline_count": absent.offline_count,
        "never": absent.never,
        "never_count": absent.never_count,
        "presence": devices.presence_counts(company_id, now=now) if runs_it else _of_team(acting, company_id),
        "counts": counts_of(devices.progress(company_id, head.etag, now=now)) if runs_it else None,
        "behind": f"{reverse('devices')}?standing=",
        "head": head,
        "last": tracking.last_change(acting, company_id),
        "as_of": now,
    }


def _works_here(row: NowRow) -> bool:
    """Employees, and whoever else has an agent or works."""
    return row.role == Role.EMPLOYEE or row.online or row.last_at is not None


def now_cards(board: list[NowRow]) -> dict[str, int]:
    """How many people stand in each of the states that the cards count."""
    return {key: sum(row.state in states for row in board) for key, states in _CARDS.items()}


def _of_team(acting: Acting, company_id: int) -> PresenceCounts:
    """How many of the reader's own people stand where."""
    ids = companies.people(acting, status=MemberStatus.ACTIVE, role=Role.EMPLOYEE).values_list("user_id", flat=True)
    states = [one.presence for one in devices.presence_of_people(company_id, ids, now=clock.now()).values()]
    return PresenceCounts(*(sum(state == name for state in states) for name in ("online", "offline", "never_synced")))


def _own(acting: Acting, company_id: int) -> dict[str, Any]:
    now, head = clock.now(), tracking.head(company_id)
    mine = activity.with_worked(acting, activity.now_board(acting, now=now, user_id=acting.id), now=now)
    return {
        "mine": mine[0] if mine else None,
        "devices": devices.devices(acting, now=now, etag=head.etag).items,
        "acknowledged": acknowledged(devices.acknowledgements(acting, user_id=acting.id or 0)),
        "head": head,
        "groups": groups(head.values),
        "tasks": tasks.open_tasks_of(company_id, acting.id or 0, SHOWN_TASKS),
        "as_of": now,
    }
