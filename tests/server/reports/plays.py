"""What the plays of reports share: days of work that are summed, and what a page says of them."""

import html as markup
import re
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from sundial.server.activity import actions as activity
from sundial.server.activity.types import SpanKind
from sundial.server.companies.models import Company
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.activity.plays import begin, drained, span

HOURS = {name: ["09:00", "17:00"] for name in ("mon", "tue", "wed", "thu", "fri")}
MONDAY = date(2026, 11, 2)
LATER = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOSTILE = "=1+cmd"


def ways(company: Company, **values: object) -> None:
    """How the company works: its zone, its hours."""
    with acting_for(company.pk), transaction.atomic():
        Company.objects.filter(id=company.pk).update(**{"working_hours": HOURS, **values})


def work(
    cast: Cast,
    player: Player,
    start: datetime,
    seconds: float,
    *,
    away: float = 0,
    private: float = 0,
    name: str = "Editor",
) -> None:
    """A session from its start, of which the last seconds are private, and those before them away; summed."""
    session = begin(cast, at=start, player=player)
    at_work = seconds - away - private
    span(session, start, at_work, name=name)
    if away:
        span(session, start + timedelta(seconds=at_work), away, kind=SpanKind.AWAY, name="idle")
    if private:
        span(session, start + timedelta(seconds=at_work + away), private, kind=SpanKind.PRIVATE, name="")
    end = start + timedelta(seconds=seconds)
    activity.stop_session(company_id=session.company_id, user_id=player.id, session_id=session.pk, now=end)
    activity.rebuild_usage(company_id=session.company_id, user_id=player.id, start=start, end=end)
    drained(session.company_id, player.id, start, end, LATER)


def at(day: date, hour: int, minute: int = 0, second: float = 0) -> datetime:
    """A moment in UTC."""
    return datetime.combine(day, time(hour, minute), UTC) + timedelta(seconds=second)


def page(player: Player, path: str, status: int = 200) -> str:
    """What this person reads there."""
    answer = player.client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def cells_of(row: str) -> list[str]:
    """The words of a row's cells."""
    found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
    return [markup.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in found]


def table(html: str) -> list[list[str]]:
    """The rows of a report's table; the head first, the total last."""
    body = html[html.index('<table class="', html.index('class="table-card"')) :]
    body = body[: body.index("</table>")]
    return [cells_of(row) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]
