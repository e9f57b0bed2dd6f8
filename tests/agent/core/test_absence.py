"""Absences: asked about when the person is back, and what their answer tells."""

from datetime import date, timedelta

import pytest

from sundial.agent.core.absence import Absence, Answer
from sundial.agent.core.records import Answered, Ask, Begin, End, Keep, Obey, Pause, Resume, Tick, Worked
from sundial.agent.core.sensing import Focused, Idled, Locked
from sundial.protocol.events import AwayEvent
from sundial.protocol.settings import defaults
from tests.agent.core.play import MORNING, SESSION, Play, length, merged, seconds


def asked(play: Play) -> list[tuple[str, float, float]]:
    """(how it began, start, end), in seconds after the morning's start."""
    return [
        (
            one.absence.cause,
            (one.absence.start - MORNING).total_seconds(),
            (one.absence.end - MORNING).total_seconds(),
        )
        for one in play.of(Ask)
    ]


def away_and_back(idle_s: int = 400) -> Play:
    play = Play().working()
    play.pass_(100, touched=True)
    play.untouched(idle_s)
    play.pass_(1, touched=True)
    return play


def answered(play: Play, answer: Answer) -> list[AwayEvent]:
    (one,) = play.of(Ask)
    done = play.tell(Answered(one.absence, answer))
    return [event for keep in play.of(Keep, done) for event in keep.events if isinstance(event, AwayEvent)]


# What is asked ------------------------------------------------------------------------------------


def test_who_is_back_is_asked_once_about_the_whole_absence() -> None:
    play = away_and_back(1000)
    assert asked(play) == [("idle", 100, 1101)]
    play.pass_(300, touched=True)
    assert len(play.of(Ask)) == 1


def test_nobody_is_asked_while_they_are_away() -> None:
    play = Play().working()
    play.untouched(4000)
    assert play.of(Ask) == []


def test_what_is_asked_about_is_exactly_what_was_told_as_away() -> None:
    play = away_and_back(2000)
    play.tell(End())
    ((_, start, end),) = asked(play)
    told = play.kept(AwayEvent)
    assert (seconds(told[0].start), seconds(told[-1].end)) == (start, end)
    assert length(told) == end - start


def test_a_locked_screen_is_asked_about_when_it_was_locked_for_the_threshold() -> None:
    for locked_s, expected in ((299, []), (300, [("locked", 10, 310)])):
        play = Play().working()
        play.pass_(10, touched=True)
        play.tell(Locked(True))
        play.untouched(locked_s)
        play.tell(Locked(False), Tick())
        assert asked(play) == expected


def test_idle_then_locked_then_asleep_is_one_absence() -> None:
    play = Play().working()
    play.untouched(400)
    play.tell(Locked(True))
    play.untouched(100, since=400)
    play.sleep(3600)
    play.pass_(5)
    play.tell(Locked(False))
    play.pass_(2, touched=True)
    assert asked(play) == [("idle", 0, 4105)]


def test_a_machine_that_wakes_up_by_itself_asks_nobody_until_somebody_is_there() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.sleep(3600)
    play.untouched(200, since=3600)
    assert asked(play) == []
    play.pass_(1, touched=True)
    assert asked(play) == [("sleep", 10, 3611)]


def test_a_machine_that_wakes_and_stays_untouched_makes_one_absence_of_it() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.sleep(3600)
    play.untouched(400, since=3600)
    play.pass_(1, touched=True)
    assert asked(play) == [("sleep", 10, 4011)]


def test_two_sleeps_with_a_short_waking_between_are_two_absences() -> None:
    play = Play().working()
    play.sleep(3600)
    play.untouched(20, since=3600)
    play.sleep(1800)
    play.untouched(2, since=5420)
    play.pass_(1, touched=True)
    assert asked(play) == [("sleep", 0, 3601), ("sleep", 3620, 5421)]


def test_sleep_is_asked_about_where_idleness_is_not_watched() -> None:
    play = Play().working(enable_idle_detection=False)
    play.sleep(3600)
    play.pass_(60)
    assert asked(play) == [("sleep", 0, 3601)]


def test_a_short_sleep_is_not_asked_about() -> None:
    play = Play().working()
    play.sleep(200)
    play.pass_(60, touched=True)
    assert play.of(Ask) == []


@pytest.mark.parametrize("word", [Pause(), End("ended by the server")])
def test_an_absence_in_which_work_was_interrupted_or_ended_is_asked_about(word: Pause | End) -> None:
    play = Play().working()
    play.untouched(400)
    play.tell(word)
    assert asked(play) == [("idle", 0, 400)]


def test_absences_before_and_after_a_pause_are_asked_about_each() -> None:
    play = away_and_back()
    play.tell(Pause())
    play.go(1000)
    play.tell(Resume(), Focused("Writer"))
    play.untouched(400)
    play.pass_(1, touched=True)
    assert [end - start for _, start, end in asked(play)] == [401, 401]


def test_a_suspension_ends_an_absence() -> None:
    play = Play().working()
    play.untouched(400)
    play.tell(Obey(None))
    play.tell(Obey(defaults()))
    play.pass_(20, touched=True)
    assert asked(play) == [("idle", 0, 400)]


def test_by_a_clock_that_was_set_back_over_the_whole_absence_nothing_is_asked() -> None:
    play = Play().working()
    play.tell(Locked(True))
    play.untouched(400)
    play.set_clock(timedelta(hours=-2))
    play.untouched(100)
    play.tell(Locked(False), Tick())
    assert play.of(Ask) == []


# What an answer tells -----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["keep", "discard", "meeting", "break"])
def test_the_answer_is_one_more_event_over_the_whole_absence(answer: Answer) -> None:
    play = away_and_back(2000)
    before = play.kept(AwayEvent)
    (event,) = answered(play, answer)
    (one,) = play.of(Ask)
    assert (event.cause, event.answer, event.session, event.boot_id) == ("idle", answer, SESSION, "boot-1")
    assert (seconds(event.start), seconds(event.end)) == (100, 2101)
    assert event.mono_ms == 1_000_000 + 100_000
    assert event.eid == one.absence.eid
    assert play.kept(AwayEvent) == [*before, event], "what was told stays as it was told"


def test_work_and_meetings_are_worked_time_again_and_the_rest_is_not() -> None:
    for answer, more in (("keep", 401), ("meeting", 401), ("break", 0), ("discard", 0)):
        play = away_and_back()
        before = play.worked_s + play.recorder.worked_ms(play.moment) / 1000
        assert before == 100
        answered(play, answer)
        assert play.worked_s + play.recorder.worked_ms(play.moment) / 1000 == before + more


def test_an_absence_over_midnight_counts_on_both_days() -> None:
    play = Play(now=MORNING.replace(hour=23, minute=50)).working()
    play.untouched(1200)
    play.pass_(1, touched=True)
    before = len(play.of(Worked))
    answered(play, "meeting")
    assert {(one.day, one.ms) for one in play.of(Worked)[before:]} == {
        (date(2026, 11, 20), 600_000),
        (date(2026, 11, 21), 601_000),
    }


def test_an_absence_of_days_is_told_in_days() -> None:
    play = Play().working()
    play.sleep(60 * 3600)
    play.pass_(2, touched=True)
    told = answered(play, "discard")
    assert merged(told) == [("sleep", 0, 60 * 3600 + 1)]
    assert [seconds(event.end) - seconds(event.start) for event in told] == [86400, 86400, 12 * 3600 + 1]
    assert len({event.eid for event in told}) == 3
    assert [event.mono_ms - told[0].mono_ms for event in told] == [0, 86_400_000, 172_800_000]


def test_an_answer_after_the_session_is_of_that_session() -> None:
    play = away_and_back()
    play.tell(End(), Begin(SESSION.replace("5f", "6f")))
    (event,) = answered(play, "break")
    assert event.session == SESSION


def test_an_answer_may_be_given_before_this_run_of_the_program_has_heard_of_anything() -> None:
    absence = Absence(
        eid="0199f5a0-0000-7000-8000-000000000001", session=SESSION, cause="locked", start=MORNING,
        end=MORNING + timedelta(hours=1), mono_ms=7, boot_id="boot-0", tz_offset_min=60,
    )  # fmt: skip
    play = Play()
    play.tell(Answered(absence, "keep"))
    (event,) = play.kept(AwayEvent)
    assert (event.boot_id, event.tz_offset_min, event.mono_ms) == ("boot-0", 60, 7)
    assert play.worked_s == 3600


def test_a_touch_while_the_question_stands_changes_nothing_of_it() -> None:
    play = away_and_back()
    play.tell(Idled(0.0), Tick())
    assert asked(play) == [("idle", 100, 501)]
