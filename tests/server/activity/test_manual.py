"""Manual time: asked for, decided on by somebody else, counted once and where nothing was recorded."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction

from sundial.server.activity import actions, jobs, queries
from sundial.server.activity.actions import Manual
from sundial.server.activity.types import ManualState, ManualView
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player
from tests.server.activity.plays import begin, day_rows, mark
from tests.server.devices.plays import audit

NINE = datetime(2026, 11, 10, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 11, 9, tzinfo=UTC)
MINUTE = 60_000


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def ask(player: Player, start: float = 0, end: float = 60, reason: str = "At the printer's") -> int:
    return actions.ask_manual(acting=player.acting, manual=Manual(at(start), at(end), reason), now=NOW)


def decide(player: Player, manual_id: int, *, approve: bool = True, answer: str = "") -> None:
    actions.decide_manual(acting=player.acting, manual_id=manual_id, approve=approve, answer=answer, now=NOW)


def seen(player: Player, manual_id: int) -> ManualView:
    return queries.manual_time(player.acting, manual_id, now=NOW)


def worked(cast: Cast) -> int:
    return sum(row.worked_ms for row in day_rows(cast.company.pk, cast.employee.id))


def test_what_was_asked_for_counts_once_it_is_approved_and_at_once(cast: Cast) -> None:
    asked = ask(cast.employee)
    assert (seen(cast.employee, asked).state, worked(cast)) == (ManualState.ASKED, 0)
    decide(cast.manager, asked)
    assert seen(cast.employee, asked).decided_by_name == "Manager Player"
    assert worked(cast) == 60 * MINUTE
    (day,) = day_rows(cast.company.pk, cast.employee.id)
    assert (day.manual_ms, day.active_ms, day.first_at, day.last_at) == (60 * MINUTE, 60 * MINUTE, NINE, at(60))
    found = queries.day_of(cast.employee.acting, cast.employee.id, day.day, "UTC", now=NOW)
    assert (found.worked.worked_ms, found.worked.manual_ms) == (60 * MINUTE, 60 * MINUTE)


def test_it_counts_only_where_nothing_was_worked_and_fills_a_pause(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    mark(session, "paused", at(30))
    actions.stop_session(company_id=cast.company.pk, user_id=cast.employee.id, session_id=session.pk, now=at(50))
    asked = ask(cast.employee, 20, 80)
    assert seen(cast.manager, asked).recorded_ms == 10 * MINUTE
    decide(cast.admin, asked)
    (day,) = day_rows(cast.company.pk, cast.employee.id)
    assert (day.worked_ms, day.manual_ms, day.break_ms) == (80 * MINUTE, 50 * MINUTE, 0)


def test_refusing_takes_words_which_the_person_reads(cast: Cast) -> None:
    asked = ask(cast.employee)
    with pytest.raises(Invalid):
        decide(cast.manager, asked, approve=False, answer="  ")
    decide(cast.manager, asked, approve=False, answer="It was recorded.")
    assert (seen(cast.employee, asked).state, seen(cast.employee, asked).answer) == (
        ManualState.REFUSED, "It was recorded.",
    )  # fmt: skip
    assert worked(cast) == 0
    for approve in (True, False):
        with pytest.raises(Conflict):
            decide(cast.manager, asked, approve=approve, answer="again")


def test_an_administrator_takes_back_what_was_approved(cast: Cast) -> None:
    asked = ask(cast.employee)
    decide(cast.manager, asked)
    with pytest.raises(Conflict):
        decide(cast.manager, asked, approve=False, answer="a slip")
    decide(cast.admin, asked, approve=False, answer="a slip")
    assert (seen(cast.employee, asked).state, worked(cast)) == (ManualState.REFUSED, 0)


def test_nobody_decides_on_their_own_but_an_administrator_and_nobody_on_strangers(cast: Cast) -> None:
    asked, managers = ask(cast.employee), ask(cast.manager)
    for player, wanted in (
        (cast.employee, NotAllowed), (cast.stranger, NotFound), (cast.owner, NotAllowed),
    ):  # fmt: skip
        with pytest.raises(wanted):
            decide(player, asked)
    with pytest.raises(NotAllowed):
        decide(cast.manager, managers)
    with pytest.raises(NotFound):
        decide(cast.employee, managers)
    decide(cast.admin, managers)
    decide(cast.admin, ask(cast.admin))


def test_what_waits_is_counted_for_whoever_may_decide(cast: Cast) -> None:
    ask(cast.employee)
    ask(cast.manager)
    counts = {p.email: queries.waiting_manual(p.acting) for p in (cast.owner, cast.admin, cast.manager, cast.employee)}
    assert counts == {cast.owner.email: 0, cast.admin.email: 2, cast.manager.email: 1, cast.employee.email: 0}


def test_the_person_withdraws_as_long_as_nobody_decided(cast: Cast) -> None:
    asked = ask(cast.employee)
    with pytest.raises(NotAllowed):
        actions.withdraw_manual(acting=cast.admin.acting, manual_id=asked, now=NOW)
    actions.withdraw_manual(acting=cast.employee.acting, manual_id=asked, now=NOW)
    assert seen(cast.employee, asked).state is ManualState.WITHDRAWN
    with pytest.raises(Conflict):
        actions.withdraw_manual(acting=cast.employee.acting, manual_id=asked, now=NOW)
    ask(cast.employee, reason="The same time again, better said")


@pytest.mark.parametrize(
    ("start", "end", "reason", "field"),
    [
        (0, 60, "  ", "reason"),
        (60, 60, "x", "ended_at"),
        (0, 25 * 60, "x", "ended_at"),
        (23 * 60, 24 * 60 + 1, "x", "ended_at"),
        (-367 * 24 * 60, -367 * 24 * 60 + 5, "x", "started_at"),
        (30, 90, "x", "started_at"),
    ],
)
def test_what_cannot_be_is_refused_in_words(cast: Cast, start: float, end: float, reason: str, field: str) -> None:
    if field == "started_at" and start > 0:
        ask(cast.employee)
    with pytest.raises(Invalid) as refusal:
        ask(cast.employee, start, end, reason)
    assert list(refusal.value.fields) == [field]


def test_an_administrator_enters_time_that_counts_at_once_and_the_person_reads_by_whom(cast: Cast) -> None:
    manual = Manual(at(0), at(30), "Forgot to start")
    for player, wanted in ((cast.manager, NotAllowed), (cast.stranger, NotFound), (cast.owner, NotAllowed)):
        with pytest.raises(wanted):
            actions.enter_manual(acting=player.acting, user_id=cast.employee.id, manual=manual, now=NOW)
    made = actions.enter_manual(acting=cast.admin.acting, user_id=cast.employee.id, manual=manual, now=NOW)
    found = seen(cast.employee, made)
    assert (found.state, found.asked_by_name, found.decided_by_name) == (
        ManualState.APPROVED, "Ada Admin", "Ada Admin",
    )  # fmt: skip
    assert worked(cast) == 30 * MINUTE


def test_every_step_is_in_the_log_with_its_words_among_the_personal_ones(cast: Cast) -> None:
    asked = ask(cast.employee)
    decide(cast.manager, asked, answer="Thanks")
    decide(cast.admin, asked, approve=False, answer="a slip")
    withdrawn = ask(cast.employee, 90, 120)
    actions.withdraw_manual(acting=cast.employee.acting, manual_id=withdrawn, now=NOW)
    for action, times in (("ASKED", 2), ("APPROVED", 1), ("REFUSED", 1), ("WITHDRAWN", 1)):
        entries = audit(cast.company.pk, f"MANUAL_TIME_{action}")
        assert len(entries) == times
        for entry, _personal, details in entries:
            assert entry.target_id == cast.employee.id
            assert "printer" not in str(details)


def test_the_person_gets_a_mail_that_says_what_was_decided(cast: Cast) -> None:
    asked = ask(cast.employee)
    decide(cast.manager, asked, approve=False, answer="It was recorded.")
    jobs.mail_manual_time(cast.company.pk, asked)
    (letter,) = [one for one in mail.outbox if one.to == [cast.employee.email]]
    assert "not approved" in letter.subject
    for words in ("Manager Player", "At the printer's", "It was recorded.", "09:00", "/manual-time/"):
        assert words in letter.body
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=NOW)
    jobs.mail_manual_time(cast.company.pk, asked)
    assert len([one for one in mail.outbox if one.to == [cast.employee.email]]) == 1


def test_everyone_lists_what_they_may_see(cast: Cast) -> None:
    ask(cast.employee, reason="Printer")
    ask(cast.manager, reason="Phone")
    ask(cast.stranger, reason="Secret")
    reasons = {
        player.email: sorted(one.reason for one in queries.manual_times(player.acting, now=NOW).items)
        for player in (cast.admin, cast.manager, cast.employee, cast.stranger)
    }
    assert reasons == {
        cast.admin.email: ["Phone", "Printer"],
        cast.manager.email: ["Phone", "Printer"],
        cast.employee.email: ["Printer"],
        cast.stranger.email: ["Secret"],
    }
    assert [one.reason for one in queries.manual_times(cast.admin.acting, now=NOW, search="pri nt").items] == [
        "Printer"
    ]
    assert queries.manual_times(cast.admin.acting, now=NOW, state="REFUSED").count == 0
    assert queries.manual_times(cast.admin.acting, now=NOW, since=at(60)).count == 0
    with pytest.raises(NotFound):
        queries.manual_times(cast.manager.acting, now=NOW, user_id=cast.stranger.id)
    with pytest.raises(NotAllowed):
        queries.manual_times(cast.owner.acting, now=NOW)
