"""The recorder: applications, websites, sessions, and how they tile the time."""

from datetime import UTC, datetime, timedelta

from msgspec import UNSET

from sundial.agent.core.records import Begin, End, Keep, Obey, Pause, Resume, Tick
from sundial.agent.core.sensing import Browsed, Focused, Idled, Unable
from sundial.protocol import codec
from sundial.protocol.events import AppEvent, AwayEvent, Event, PrivateEvent, SessionEvent, WebsiteEvent
from tests.agent.core.play import (
    MORNING,
    OWN_PID,
    SESSION,
    Play,
    instant,
    is_uuid7,
    length,
    merged,
    name,
    seconds,
)

BROWSER = Focused("Chromium", "A page", pid=50)


def states(play: Play) -> list[str]:
    return [event.state for event in play.kept(SessionEvent)]


# Sessions -----------------------------------------------------------------------------------------


def test_nothing_is_kept_without_a_session() -> None:
    play = Play()
    play.obey()
    play.tell(Focused("Writer"), Idled(0.0))
    play.pass_(300)
    assert play.effects == []


def test_a_session_tells_its_start_at_once_and_its_end_with_all_that_was() -> None:
    play = Play().working()
    assert states(play) == ["started"]
    play.pass_(30)
    last = play.tell(End())
    assert states(play) == ["started", "stopped"]
    assert [name(event) for event in play.of(Keep, last)[0].events] == ["Writer", "private"]
    assert play.told == [("Writer", 0, 30)]


def test_a_pause_is_told_and_nothing_is_recorded_in_it() -> None:
    play = Play().working()
    play.pass_(10)
    play.tell(Pause())
    play.tell(Focused("Secret", "diary"))
    play.pass_(100)
    play.tell(Resume(), Focused("Writer"))
    play.pass_(5)
    play.tell(End("admin"))
    assert states(play) == ["started", "paused", "resumed", "stopped"]
    assert play.told == [("Writer", 0, 10), ("Writer", 110, 115)]
    assert b"Secret" not in codec.encode(play.events)


def test_the_word_why_a_session_ended_is_kept() -> None:
    play = Play().working()
    play.tell(End("ended by Dana Admin"))
    assert play.kept(SessionEvent)[-1].reason == "ended by Dana Admin"


def test_what_one_works_on_is_told_with_the_start() -> None:
    play = Play()
    play.obey()
    play.tell(Begin(SESSION, "the report"))
    assert play.kept(SessionEvent)[0].reason == "the report"


def test_a_session_may_be_ended_while_it_is_paused() -> None:
    play = Play().working()
    play.tell(Pause(), Pause())
    play.pass_(10)
    play.tell(End(), End())
    assert states(play) == ["started", "paused", "stopped"]


def test_a_session_that_goes_on_after_a_crash_tells_no_second_start() -> None:
    play = Play()
    play.obey()
    play.tell(Begin(SESSION, goes_on=True), Focused("Writer"))
    play.pass_(5)
    play.tell(Resume(), End())
    assert states(play) == ["stopped"]
    assert play.told == [("Writer", 0, 5)]


def test_a_session_that_was_paused_when_the_program_crashed_is_paused_still() -> None:
    play = Play()
    play.obey()
    play.tell(Begin(SESSION, goes_on=True, paused=True), Focused("Writer"))
    play.pass_(5)
    play.tell(Resume())
    assert states(play) == ["resumed"]
    assert play.tiles == []


def test_a_second_session_ends_the_first() -> None:
    play = Play().working()
    play.pass_(5)
    play.tell(Begin(SESSION.replace("5f", "6f")))
    assert states(play) == ["started", "stopped", "started"]


def test_the_end_of_the_program_ends_the_session() -> None:
    play = Play().working()
    play.pass_(5)
    play.effects += play.recorder.close(play.moment, "quit")
    assert states(play) == ["started", "stopped"]
    assert play.told == [("Writer", 0, 5)]
    assert play.recorder.close(play.moment) == []


def test_every_event_bears_what_orders_it_when_clocks_are_wrong() -> None:
    play = Play(zone_offset=lambda _instant: 60).working()
    play.pass_(61, touched=True)
    play.tell(End())
    assert len({event.eid for event in play.events}) == len(play.events)
    for event in play.events:
        assert is_uuid7(event.eid)
        assert (event.boot_id, event.session, event.tz_offset_min) == ("boot-1", SESSION, 60)
        assert event.mono_ms == 1_000_000 + seconds(event.start) * 1000
        assert codec.decode(Event, codec.encode(event)) == event


# Applications -------------------------------------------------------------------------------------


def test_windows_that_follow_one_another_are_told_to_the_millisecond() -> None:
    play = Play().working("A")
    for app, stays in (("B", 0.25), ("C", 0.001), ("A", 2.5), ("D", 7.125)):
        play.go(stays)
        play.tell(Focused(app))
    play.tell(End())
    assert play.told == [("A", 0, 0.25), ("B", 0.25, 0.251), ("C", 0.251, 2.751), ("A", 2.751, 9.876)]


def test_title_and_program_are_told_where_there_are_any() -> None:
    play = Play().working()
    play.tell(Focused("Writer", "Letter", "/usr/bin/writer"))
    play.go(1)
    play.tell(Focused("xterm"))
    play.go(1)
    play.tell(End())
    first, second = play.kept(AppEvent)
    assert (first.title, first.exe) == ("Letter", "/usr/bin/writer")
    assert (second.title, second.exe) == (UNSET, UNSET)


def test_hostile_titles_become_text_that_can_be_kept() -> None:
    play = Play().working()
    play.tell(Focused("<script>", "a\0b\ud800" + "x" * 10_000))
    play.go(1)
    play.tell(End())
    [event] = play.kept(AppEvent)
    assert event.app == "<script>"
    assert isinstance(event.title, str)
    assert event.title.startswith("ab?xx")
    assert len(event.title) == 1000
    assert codec.decode(Event, codec.encode(event)) == event


def test_half_a_second_without_a_window_still_belongs_to_the_last_one() -> None:
    play = Play().working("A")
    play.go(5)
    play.tell(Focused(""))
    play.go(0.4)
    play.tell(Focused("B"))
    play.go(5)
    play.tell(End())
    assert play.told == [("A", 0, 5.4), ("B", 5.4, 10.4)]


def test_longer_without_a_window_is_private_from_its_beginning() -> None:
    play = Play().working("A")
    play.pass_(60)
    play.tell(Focused(""))
    play.pass_(3)
    play.tell(Focused("B"))
    play.go(5)
    play.tell(End())
    assert play.told == [("A", 0, 60), ("private", 60, 63), ("B", 63, 68)]


def test_nothing_of_a_moment_without_a_window_is_kept_before_it_is_over() -> None:
    play = Play().working("A", enable_idle_detection=False)
    play.pass_(58)
    play.go(0.9)
    play.tell(Focused(""))
    play.go(0.1)
    play.tell(Tick())
    assert play.told == [("A", 0, 58.9)]
    play.go(1)
    play.tell(Tick(), End())
    assert play.told == [("A", 0, 58.9), ("private", 58.9, 60)]


def test_the_agents_own_window_is_private_time() -> None:
    play = Play().working("A")
    play.go(5)
    play.tell(Focused("Sundial", "Today", pid=OWN_PID))
    play.go(5)
    play.tell(End())
    assert play.told == [("A", 0, 5), ("private", 5, 10)]


def test_a_window_that_is_only_a_number_is_private_at_once() -> None:
    play = Play().working("A")
    play.go(5)
    play.tell(Focused("", pid=OWN_PID))
    play.go(0.25)
    play.tell(Focused("B"))
    play.go(1)
    play.tell(End())
    assert play.told == [("A", 0, 5), ("private", 5, 5.25), ("B", 5.25, 6.25)]


def test_what_the_probe_says_first_was_in_front_since_work_began() -> None:
    play = Play()
    play.obey()
    play.tell(Begin(SESSION))
    play.go(0.3)
    play.tell(Focused("Writer"))
    play.go(1)
    play.tell(End())
    assert play.told == [("Writer", 0, 1.3)]


def test_before_a_late_probe_it_is_private_but_for_two_seconds() -> None:
    play = Play()
    play.obey()
    play.tell(Begin(SESSION))
    play.pass_(9)
    play.tell(Focused("Writer"), End())
    assert play.told == [("private", 0, 7), ("Writer", 7, 9)]


def test_a_window_probe_that_fails_leaves_private_time() -> None:
    play = Play().working()
    play.go(5)
    play.tell(Unable("applications", "gone"))
    play.go(5)
    play.tell(End())
    assert play.told == [("Writer", 0, 5), ("private", 5, 10)]


# Websites -----------------------------------------------------------------------------------------


def test_a_website_counts_only_while_its_browser_is_in_front() -> None:
    play = Play().working()
    play.tell(Browsed("chromium", "example.org", "https://example.org/a", "A page", pid=50))
    play.go(3)
    play.tell(BROWSER)
    play.go(4)
    play.tell(Focused("Writer", pid=60))
    play.go(5)
    play.tell(End())
    assert merged(play.kept(WebsiteEvent)) == [("example.org", 3, 7)]
    assert play.told == [("Writer", 0, 3), ("Chromium", 3, 7), ("Writer", 7, 12)]


def test_another_browsers_page_does_not_count() -> None:
    play = Play().working()
    play.tell(BROWSER, Browsed("chromium", "elsewhere.org", pid=51))
    play.go(3)
    play.tell(End())
    assert play.kept(WebsiteEvent) == []


def test_a_browser_that_hides_its_number_is_known_by_its_name() -> None:
    play = Play().working()
    play.tell(BROWSER, Browsed("chromium", "example.org"))
    play.go(3)
    play.tell(End())
    assert merged(play.kept(WebsiteEvent)) == [("example.org", 0, 3)]


def test_a_tab_without_a_domain_is_no_website() -> None:
    play = Play().working()
    play.tell(BROWSER, Browsed("chromium", "example.org", pid=50))
    play.go(3)
    play.tell(Browsed("chromium", pid=50))
    play.go(3)
    play.tell(End())
    assert merged(play.kept(WebsiteEvent)) == [("example.org", 0, 3)]


def test_only_the_domain_is_kept_unless_the_policy_allows_more() -> None:
    page = Browsed("chromium", "example.org", "https://example.org/a?secret", "Secret", pid=50)
    play = Play().working()
    play.tell(BROWSER, page)
    play.go(3)
    play.obey(detail=True)
    play.go(3)
    play.tell(End())
    first, second = play.kept(WebsiteEvent)
    assert (first.url, first.title) == (UNSET, UNSET)
    assert (second.url, second.title) == (page.url, page.title)


def test_a_website_is_not_seen_while_the_person_is_away() -> None:
    play = Play().working()
    play.tell(BROWSER, Browsed("chromium", "example.org", pid=50))
    play.pass_(10, touched=True)
    play.untouched(400)
    play.tell(End())
    assert merged(play.kept(WebsiteEvent)) == [("example.org", 0, 10)]


# What is kept and when ----------------------------------------------------------------------------


def test_a_kill_loses_at_most_the_last_minute() -> None:
    play = Play().working()
    for second in range(1, 301):
        play.pass_(1, touched=True)
        kept_until = play.told[-1][2] if play.tiles else 0.0
        assert second - kept_until <= 60
    assert len(play.told) == 1


def test_without_anyone_to_watch_inputs_all_is_final_each_minute() -> None:
    play = Play().working(enable_idle_detection=False)
    play.pass_(59)
    assert play.told == [("Writer", 0, 59)]


def test_no_event_reaches_across_a_quarter_of_an_hour() -> None:
    play = Play(now=MORNING.replace(minute=14, second=40)).working()
    play.pass_(40, touched=True)
    play.tell(End())
    edge = MORNING.replace(minute=15)
    assert [(instant(one.start) < edge, instant(one.end) <= edge) for one in play.tiles] == [
        (True, True),
        (False, False),
    ]
    assert length(play.tiles) == 40


def test_a_worked_quarter_of_an_hour_is_told_to_the_second() -> None:
    play = Play().working("Writer")
    for app, stays in (("xterm", 200), ("Chromium", 301), ("Writer", 90), ("", 9), ("xterm", 300)):
        play.pass_(stays, touched=True)
        play.tell(Focused(app))
    play.tell(End())
    assert length(play.tiles) == 900
    assert play.told == [
        ("Writer", 0, 200),
        ("xterm", 200, 501),
        ("Chromium", 501, 591),
        ("Writer", 591, 600),
        ("private", 600, 900),
    ]


# Policies -----------------------------------------------------------------------------------------


def test_nothing_but_the_session_is_kept_before_there_is_a_policy() -> None:
    play = Play()
    play.tell(Begin(SESSION), Focused("Writer"))
    play.pass_(100)
    play.tell(End())
    assert states(play) == ["started", "stopped"]
    assert len(play.events) == 2


def test_nothing_is_recorded_while_the_company_is_suspended() -> None:
    play = Play().working()
    play.pass_(5)
    play.tell(Obey(None))
    play.tell(Focused("Secret"))
    play.pass_(100)
    play.sleep(1000)
    play.tell(Tick())
    play.obey()
    play.tell(Focused("Writer"))
    play.pass_(5)
    play.tell(End())
    assert play.told == [("Writer", 0, 5), ("Writer", 1105, 1110)]


def test_a_policy_change_cuts() -> None:
    play = Play().working()
    play.pass_(5)
    play.obey(idle_threshold_seconds=600)
    play.pass_(5)
    play.tell(End())
    assert [(seconds(one.start), seconds(one.end)) for one in play.tiles] == [(0, 5), (5, 10)]


def test_the_same_policy_again_cuts_nothing() -> None:
    play = Play().working()
    play.pass_(5)
    assert play.obey() == []
    play.pass_(5)
    play.tell(End())
    assert len(play.tiles) == 1


# Clocks -------------------------------------------------------------------------------------------


def test_a_machine_that_slept_makes_the_person_away() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.sleep(3600)
    play.pass_(10, touched=True)
    play.tell(End())
    assert play.told == [("Writer", 0, 10), ("sleep", 10, 3611), ("Writer", 3611, 3620)]
    assert any("slept" in note for note in play.notes)
    assert {event.cause for event in play.kept(AwayEvent)} == {"sleep"}


def test_time_in_which_the_program_did_not_run_is_private() -> None:
    play = Play().working()
    play.pass_(10)
    play.go(30)
    play.tell(Tick())
    play.pass_(10)
    play.tell(End())
    assert play.told == [("Writer", 0, 10), ("private", 10, 40), ("Writer", 40, 50)]
    assert any("did not run" in note for note in play.notes)


def test_a_slow_machine_leaves_no_hole() -> None:
    play = Play().working()
    for late in (3, 9.9, 1):
        play.go(late)
        play.tell(Tick())
    play.tell(End())
    assert play.told == [("Writer", 0, 13.9)]
    assert play.notes == []


def test_a_clock_set_back_cuts_and_no_time_is_lost_or_won() -> None:
    play = Play().working()
    play.pass_(10)
    play.set_clock(timedelta(hours=-1))
    play.pass_(10)
    play.tell(End())
    first, second = play.tiles
    assert (seconds(first.start), seconds(first.end)) == (0, 11)
    assert (seconds(second.start), seconds(second.end)) == (11 - 3600, 20 - 3600)
    assert second.mono_ms - first.mono_ms == 11_000
    assert any("back by 3600 s" in note for note in play.notes)


def test_a_session_that_ends_as_the_clock_jumps_ends_where_its_last_stretch_does() -> None:
    play = Play().working()
    play.pass_(10)
    play.set_clock(timedelta(hours=-1))
    play.tell(End())
    assert play.tiles[-1].end == play.kept(SessionEvent)[-1].end


def test_a_clock_set_forward_makes_no_stretch_longer() -> None:
    play = Play().working()
    play.pass_(10)
    play.set_clock(timedelta(days=365))
    play.pass_(10)
    play.tell(End())
    assert length(play.tiles) == 20
    assert instant(play.events[-1].start).year == 2027


def test_a_clock_set_right_by_and_by_cuts_nothing() -> None:
    play = Play().working()
    for _ in range(50):
        play.pass_(1)
        play.set_clock(timedelta(milliseconds=2))
    play.tell(End())
    assert play.told == [("Writer", 0, 50)]


def test_a_clock_that_is_years_off_records_as_any_other() -> None:
    for year in (1969, 1971, 2100):
        play = Play(now=datetime(year, 1, 1, 0, 0, 30, tzinfo=UTC)).working()
        play.pass_(10)
        play.tell(End())
        assert length(play.tiles) == 10


def test_private_time_bears_nothing() -> None:
    play = Play().working()
    play.tell(Focused("Sundial", "My record", pid=OWN_PID))
    play.go(3)
    play.tell(End())
    [event] = play.kept(PrivateEvent)
    assert b"record" not in codec.encode(event)
