"""Being away: idle from the last input on, locked, asleep, and back again."""

from datetime import timedelta

from sundial.agent.core.records import End, Obey, Pause, Resume, Tick
from sundial.agent.core.sensing import Focused, Idled, Locked, Unable
from sundial.protocol.events import AwayEvent
from sundial.protocol.settings import defaults
from tests.agent.core.play import Play, length, merged, seconds


def away(play: Play) -> list[tuple[str, float, float]]:
    return merged(play.kept(AwayEvent))


def test_being_away_begins_at_the_last_input() -> None:
    play = Play().working()
    play.pass_(100, touched=True)
    play.untouched(400)
    play.tell(End())
    assert play.told == [("Writer", 0, 100), ("idle", 100, 500)]


def test_one_second_less_than_the_threshold_is_work() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.untouched(299)
    play.tell(Idled(0.0), End())
    assert play.told == [("Writer", 0, 309)]


def test_the_person_is_back_with_the_next_input_and_in_the_window_that_is_in_front() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.untouched(400)
    play.go(0.7)
    play.tell(Idled(0.3), Focused("Mail"))
    play.pass_(5, touched=True)
    play.tell(End())
    assert play.told == [("Writer", 0, 10), ("idle", 10, 410.4), ("Writer", 410.4, 410.7), ("Mail", 410.7, 415.7)]


def test_what_may_still_turn_out_to_be_away_is_not_kept_as_work() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.untouched(200)
    assert max(end for _, _, end in play.told) <= 10
    play.tell(Idled(0.0))
    play.pass_(1, touched=True)
    assert play.told == [("Writer", 0, 211)]


def test_a_long_absence_is_kept_minute_by_minute() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.untouched(1000)
    assert away(play)[0][1] == 10
    assert away(play)[0][2] >= 950


def test_a_film_or_a_call_is_not_being_away() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.untouched(1000, inhibited=True)
    play.tell(End())
    assert play.told == [("Writer", 0, 1010)]


def test_a_call_that_ends_without_a_touch_begins_the_waiting_anew() -> None:
    play = Play().working()
    play.untouched(1000, inhibited=True)
    play.untouched(290, since=1000)
    assert away(play) == []
    play.untouched(20, since=1290)
    play.tell(End())
    assert away(play) == [("idle", 1000, 1310)]


def test_nobody_was_idle_before_work_began() -> None:
    play = Play().working()
    play.tell(Idled(5000.0))
    play.untouched(299, since=5000)
    assert away(play) == []
    play.untouched(60, since=5299)
    play.tell(End())
    assert away(play) == [("idle", 0, 359)]


def test_resuming_is_an_input_too() -> None:
    play = Play().working()
    play.untouched(100)
    play.tell(Pause())
    play.go(1000)
    play.tell(Resume(), Focused("Writer"))
    play.untouched(100, since=1100)
    play.tell(End())
    assert play.told == [("Writer", 0, 100), ("Writer", 1100, 1200)]


def test_a_locked_screen_is_away_at_once_until_it_is_unlocked() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.tell(Locked(True))
    play.untouched(1000)
    play.tell(Locked(False))
    play.pass_(5, touched=True)
    play.tell(End())
    assert play.told == [("Writer", 0, 10), ("locked", 10, 1010), ("Writer", 1010, 1015)]


def test_an_idle_screen_that_locks_is_idle_first_and_locked_then() -> None:
    play = Play().working()
    play.untouched(400)
    play.tell(Locked(True))
    play.untouched(100, since=400)
    play.tell(End())
    assert play.told == [("idle", 0, 400), ("locked", 400, 500)]


def test_sleep_comes_between_idle_and_idle() -> None:
    play = Play().working()
    play.untouched(400)
    play.sleep(3600)
    play.untouched(400, since=4000)
    play.tell(End())
    assert play.told == [("idle", 0, 400), ("sleep", 400, 4001), ("idle", 4001, 4400)]


def test_who_locks_and_lets_the_machine_sleep_comes_back_to_a_locked_screen() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.tell(Locked(True))
    play.sleep(3600)
    play.pass_(5)
    play.tell(Locked(False), End())
    assert play.told == [("Writer", 0, 10), ("sleep", 10, 3611), ("locked", 3611, 3615)]


def test_after_a_time_in_which_nothing_was_seen_the_last_input_still_tells() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.go(2000)
    play.tell(Idled(2000.0), Tick(), End())
    assert play.told == [("Writer", 0, 10), ("idle", 10, 2010)]


def test_a_probe_that_fails_holds_nothing_back() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.untouched(400)
    play.tell(Unable("idle", "gone"))
    play.pass_(60)
    play.tell(End())
    assert play.told == [("Writer", 0, 10), ("idle", 10, 410), ("Writer", 410, 470)]


def test_a_probe_that_falls_silent_holds_nothing_back() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    play.pass_(120)
    assert play.told[-1][2] >= 70


def test_a_busy_machine_does_not_move_the_last_input() -> None:
    play = Play().working()
    play.pass_(10, touched=True)
    for second in range(1, 401):
        play.go(1)
        play.tell(Idled(second - 0.1 * (second % 3)), Tick())
    play.tell(End())
    assert play.told == [("Writer", 0, 10), ("idle", 10, 410)]


def test_nobody_is_back_before_they_were_last_seen_to_be_away() -> None:
    play = Play().working()
    play.untouched(400)
    play.go(1)
    play.tell(Idled(3.0), End())
    assert play.told == [("idle", 0, 400), ("Writer", 400, 401)]


def test_a_clock_set_back_while_idle_takes_no_time_away() -> None:
    play = Play().working()
    play.untouched(100)
    play.set_clock(timedelta(hours=-2))
    play.untouched(300, since=100)
    play.tell(End())
    assert {event.cause for event in play.kept(AwayEvent)} == {"idle"}
    assert length(play.tiles) == 400


def test_idleness_switched_on_looks_at_nothing_that_was_before() -> None:
    play = Play().working(enable_idle_detection=False)
    play.untouched(250)
    play.obey()
    play.untouched(290, since=250)
    assert away(play) == []
    play.untouched(60, since=540)
    play.tell(End())
    assert away(play) == [("idle", 250, 600)]


def test_idleness_switched_off_ends_being_away_and_forgets_the_lock() -> None:
    play = Play().working()
    play.tell(Locked(True))
    play.pass_(10)
    play.obey(enable_idle_detection=False)
    play.tell(Locked(True), Idled(5000))
    play.pass_(10)
    play.tell(End())
    assert play.told == [("locked", 0, 10), ("Writer", 10, 20)]


def test_a_suspension_ends_being_away() -> None:
    play = Play().working()
    play.untouched(400)
    play.tell(Obey(None))
    play.untouched(100, since=400)
    play.tell(Obey(defaults()), Focused("Writer"))
    play.untouched(299, since=500)
    play.tell(End())
    assert play.told == [("idle", 0, 400), ("Writer", 500, 799)]


def test_time_away_is_not_worked() -> None:
    play = Play().working()
    play.pass_(100, touched=True)
    assert play.worked_s + play.recorder.worked_ms(play.moment) / 1000 == 100
    play.untouched(400)
    assert play.worked_s + play.recorder.worked_ms(play.moment) / 1000 == 100
    play.tell(End())
    assert play.worked_s == 100
    assert play.recorder.worked_ms(play.moment) == 0
    assert seconds(play.tiles[-1].end) == 500
