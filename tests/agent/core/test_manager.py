"""The policy manager, play by play: something happens, and these effects follow."""

from typing import Any, TypeVar

import msgspec
import pytest

from sundial.agent.core import asking, effects, events
from sundial.agent.core.manager import PolicyManager
from sundial.agent.core.saved import Saved
from sundial.protocol import policy
from sundial.protocol.messages import Acknowledgement, PolicyDocument, PolicyStatus
from sundial.protocol.settings import Kind, Settings, defaults
from sundial.protocol.signing import SigningKey

KEY = SigningKey.from_bytes(bytes(32))
COMPANY = 5
ALL_ON: tuple[Kind, ...] = ("screenshots", "websites", "applications", "idle")
E = TypeVar("E")


def document(version: int = 1, **given: Any) -> PolicyDocument:
    issued: dict[str, Any] = {"company_id": COMPANY, "epoch": 1, "key": KEY, "sections": None, "announced": ()}
    issued |= {name: given.pop(name) for name in list(given) if name in issued}
    return policy.issue(version=version, settings={**defaults(), **given}, **issued)


class Play:
    """A manager with its collectors: what it orders is done when the play says so."""

    def __init__(self, saved: Saved | None = None, acknowledged: tuple[Kind, ...] = ALL_ON) -> None:
        self.manager = PolicyManager(COMPANY, [KEY.public], saved or Saved(acknowledged=list(acknowledged)))
        self.orders: list[effects.Apply | effects.Stop] = []
        self.done: list[effects.Effect] = []

    def happen(self, event: events.Event) -> list[effects.Effect]:
        done = self.manager.handle(event)
        self.orders += [effect for effect in done if isinstance(effect, effects.Apply | effects.Stop)]
        self.done += done
        return done

    def receive(self, given: PolicyDocument) -> list[effects.Effect]:
        return self.happen(events.Received(given))

    def obey(self, *, fail: str = "") -> list[effects.Effect]:
        """The collectors carry out the oldest order."""
        order = self.orders.pop(0)
        if isinstance(order, effects.Stop):
            return self.happen(events.Stopped())
        if fail:
            return self.happen(events.NotApplied(order.attempt, fail))
        return self.happen(events.Applied(order.attempt))

    def run(self, given: PolicyDocument) -> None:
        self.receive(given)
        while self.orders:
            self.obey()

    @property
    def status(self) -> PolicyStatus:
        return self.manager.status()

    @property
    def said(self) -> list[str]:
        return [effect.line for effect in self.done if isinstance(effect, effects.Say)]

    @property
    def saved(self) -> Saved:
        return next(effect.saved for effect in reversed(self.done) if isinstance(effect, effects.Save))


def states(done: list[effects.Effect]) -> list[str]:
    return [effect.status.state for effect in done if isinstance(effect, effects.Report)]


def only(kind: type[E], done: list[effects.Effect]) -> E:
    (found,) = [effect for effect in done if isinstance(effect, kind)]
    return found


def settings_of(done: list[effects.Effect]) -> Settings:
    return only(effects.Apply, done).settings


# A policy comes, and is obeyed


def test_a_policy_is_received_applied_and_only_then_said_to_be_applied() -> None:
    play, given = Play(), document(1)
    done = play.receive(given)
    assert states(done) == ["received", "applying"]
    assert settings_of(done) == {**defaults(), "config_version": 1}
    assert play.status.effective_etag == ""
    done = play.obey()
    assert states(done) == ["applied"]
    assert play.status == PolicyStatus(1, 1, given.etag, "applied", given.etag, [])
    assert play.said == ["Config loaded from server: v1", "Config applied: v1"]


def test_an_update_says_from_where_to_where_and_how_much() -> None:
    play = Play()
    play.run(document(5))
    play.done.clear()
    play.run(document(6, screenshot_interval_seconds=300, screenshot_quality=90))
    assert play.said == ["Config update: v5 -> v6", "Config applied: 2 changes"]
    assert only(effects.Tell, play.done).lines == (
        "Time between screenshots: 5 minutes instead of 10 minutes.",
        "Screenshot quality: 90 % instead of 85 %.",
    )


def test_what_was_applied_is_saved_with_its_keys() -> None:
    play, given = Play(), document(1)
    play.run(given)
    assert play.saved.document == given
    assert play.saved.keys == [KEY.public]


def test_the_same_policy_again_is_answered_and_not_applied_again() -> None:
    play, given = Play(), document(1)
    play.run(given)
    assert play.receive(given) == [effects.Report(play.status)]
    assert play.status.state == "applied"


def test_an_older_version_is_answered_with_what_is_in_force() -> None:
    play, newer = Play(), document(7)
    play.run(newer)
    done = play.receive(document(6))
    assert only(effects.Report, done).status.etag == newer.etag
    assert not play.orders
    assert "older than v7" in play.said[-1]


def test_another_epoch_begins_anew_whatever_its_version() -> None:
    play = Play()
    play.run(document(9))
    play.run(document(2, epoch=2))
    assert (play.status.epoch, play.status.version, play.status.state) == (2, 2, "applied")
    assert "Config update: v9 -> v2" in play.said


def test_only_the_newest_of_what_comes_meanwhile_is_next() -> None:
    play = Play()
    play.receive(document(1))
    second, third = play.receive(document(2)), play.receive(document(3))
    assert states(second) == states(third) == ["received"]
    assert len(play.orders) == 1
    done = play.obey()
    assert states(done) == ["applying"]
    assert only(effects.Save, done).saved.document == document(1)
    assert settings_of(done)["config_version"] == 3
    play.obey()
    assert (play.status.version, play.status.state) == (3, "applied")


def test_every_etag_is_answered() -> None:
    play = Play()
    given = [document(version) for version in (1, 2, 3)]
    for one in given:
        play.receive(one)
    answered = {effect.status.etag for effect in play.done if isinstance(effect, effects.Report)}
    assert answered == {one.etag for one in given}


def test_a_late_word_about_an_old_attempt_is_passed_over() -> None:
    play = Play()
    play.run(document(1))
    assert play.happen(events.Applied(99)) == []
    assert play.happen(events.NotApplied(99, "late")) == []


def test_signed_anew_is_accepted_and_answered_without_a_restart_of_collectors() -> None:
    play, new = Play(), SigningKey.generate()
    play.run(document(4))
    announcing = document(4, announced=[new.public])
    assert states(play.receive(announcing)) == ["applied"]
    assert play.status.effective_etag == announcing.etag
    resigned = document(4, key=new)
    assert states(play.receive(resigned)) == ["applied"]
    assert not play.orders
    assert play.saved.keys == [new.public]
    assert play.saved.document == resigned
    play.run(document(5, key=new))
    assert play.status.state == "applied"
    assert states(play.receive(document(6))) == ["rejected"], "the retired key is no longer believed"


def test_a_part_that_is_not_known_is_named_and_the_rest_goes_on() -> None:
    play, given = Play(), document(1, sections={"working_hours": {}})
    play.run(given)
    assert play.status.state == "unsupported"
    assert play.status.effective_etag == given.etag
    assert play.status.error == "not known here: section working_hours"
    assert play.manager.unsupported() == ["section working_hours"]


# A policy comes, and cannot be obeyed


def test_a_forged_policy_is_rejected_and_the_last_good_one_stays() -> None:
    play, good = Play(), document(1)
    play.run(good)
    forged = document(2, key=SigningKey.generate())
    assert states(play.receive(forged)) == ["rejected"]
    assert play.status.etag == forged.etag
    assert play.status.effective_etag == good.etag
    assert "is not known" in str(play.status.error)
    assert play.said[-1].endswith("Kept v1")
    assert not play.orders
    assert forged.etag in play.manager.known_etags(), "not asked for again meanwhile"
    play.run(document(3))
    assert forged.etag not in play.manager.known_etags()


def test_a_forgery_does_not_bar_the_true_policy_of_the_same_name() -> None:
    play, true = Play(), document(1)
    assert states(play.receive(msgspec.structs.replace(true, signature="A" * 86))) == ["rejected"]
    play.run(true)
    assert play.status.state == "applied"


def test_a_policy_for_another_company_is_rejected() -> None:
    play = Play()
    assert states(play.receive(document(1, company_id=6))) == ["rejected"]
    assert play.status.error == "it is for company 6, not 5"
    assert play.said == ["Config v1 rejected: it is for company 6, not 5. Nothing is recorded"]


def test_hard_limits_hold_whoever_signed() -> None:
    play = Play()
    play.run(document(1))
    play.receive(document(2, screenshot_interval_seconds=1))
    assert play.status.state == "rejected"
    assert play.status.error == "screenshot_interval_seconds: Must be between 30 and 3600 s."
    assert play.manager.settings == {**defaults(), "config_version": 1}


def test_collectors_that_fail_get_the_last_good_values_back_before_it_is_said() -> None:
    play, good, bad = Play(), document(1), document(2, screenshot_quality=90)
    play.run(good)
    play.receive(bad)
    done = play.obey(fail="no display")
    assert settings_of(done)["screenshot_quality"] == 85
    assert states(done) == []
    assert states(play.obey()) == ["rejected"]
    assert play.status == PolicyStatus(1, 2, bad.etag, "rejected", good.etag, [], "no display")
    assert "Config v2 could not be applied: no display. Kept v1" in play.said


def test_a_rejected_policy_is_not_tried_again_nor_asked_for() -> None:
    play, bad = Play(), document(2, screenshot_quality=90)
    play.run(document(1))
    play.receive(bad)
    play.obey(fail="no display")
    play.obey()
    assert bad.etag in play.manager.known_etags()
    assert states(play.receive(bad)) == ["rejected"]
    assert not play.orders
    again = Play(play.saved)
    again.happen(events.Started())
    again.obey()
    assert bad.etag in again.manager.known_etags()
    assert states(again.receive(bad)) == ["rejected"]


def test_after_a_rejection_a_newer_version_is_tried() -> None:
    play = Play()
    play.run(document(1))
    play.receive(document(2))
    play.obey(fail="no display")
    play.obey()
    play.run(document(3))
    assert (play.status.version, play.status.state, play.status.error) == (3, "applied", msgspec.UNSET)


def test_nothing_is_recorded_when_there_is_no_last_good_policy() -> None:
    play = Play()
    play.receive(document(1))
    assert isinstance(play.obey(fail="no display")[-1], effects.Stop)
    assert states(play.obey()) == ["rejected"]
    assert play.status.effective_etag == ""
    assert play.manager.settings is None


def test_recording_stops_when_even_the_last_good_policy_fails() -> None:
    play = Play()
    play.run(document(1))
    play.receive(document(2))
    play.obey(fail="no display")
    assert isinstance(play.obey(fail="still no display")[-1], effects.Stop)
    assert states(play.obey()) == ["rejected"]
    assert play.manager.settings is None


def test_a_failure_with_something_newer_waiting_goes_on_to_that() -> None:
    play = Play()
    play.run(document(1))
    play.receive(document(2))
    play.receive(document(3))
    done = play.obey(fail="no display")
    assert states(done) == ["rejected", "applying"]
    play.obey()
    assert (play.status.version, play.status.state) == (3, "applied")


def test_only_the_latest_rejections_are_kept() -> None:
    play = Play()
    for version in range(1, 40):
        play.receive(document(version, screenshot_interval_seconds=1))
    assert [one.version for one in play.saved.rejected] == list(range(24, 40))
    assert len(play.manager.known_etags()) == 4
    assert play.manager.known_etags()[0] == document(39, screenshot_interval_seconds=1).etag


# The person is asked


def test_a_kind_waits_for_its_acknowledgement_and_all_else_holds_at_once() -> None:
    play = Play()
    play.run(document(1))
    done = play.receive(document(2, enable_keyboard_tracking=True, screenshots_enabled=False, screenshot_quality=60))
    applied = settings_of(done)
    assert applied["enable_keyboard_tracking"] is False
    assert applied["screenshots_enabled"] is False, "what narrows takes effect at once"
    assert applied["screenshot_quality"] == 60, "pace, quality and size only notify"
    done = play.obey()
    assert states(done) == ["waiting"]
    assert play.status.withheld == ["keyboard_counts"]
    assert play.status.effective_etag == play.status.etag
    ask = only(effects.Ask, done)
    assert ask.kinds == ("keyboard_counts",)
    assert "Which keys is never recorded." in ask.text


def word(play: Play, *kinds: Kind) -> Acknowledgement:
    return asking.word_for(play.status.etag, kinds, "the text", "2026-11-20T08:00:00Z")


def test_after_the_acknowledgement_the_kind_is_recorded_and_the_word_delivered() -> None:
    play = Play()
    play.run(document(1, enable_keyboard_tracking=True))
    said = word(play, "keyboard_counts")
    done = play.happen(events.Acknowledged(said))
    assert settings_of(done)["enable_keyboard_tracking"] is True
    assert only(effects.Deliver, done).word == said
    assert only(effects.Save, done).saved.unsent == [said]
    assert states(play.obey()) == ["applied"]
    assert play.status.withheld == []
    assert only(effects.Save, play.happen(events.Kept(said))).saved.unsent == []


def test_before_any_word_nothing_is_recorded() -> None:
    play = Play(acknowledged=())
    done = play.receive(document(1))
    assert not any(settings_of(done)[name] for name in policy_switches())
    play.obey()
    assert play.status.state == "waiting"
    assert play.status.withheld == list(ALL_ON)


def policy_switches() -> list[str]:
    return ["screenshots_enabled", "website_tracking_enabled", "app_tracking_enabled", "enable_idle_detection"]


def test_a_word_for_some_kinds_leaves_the_others_waiting() -> None:
    play = Play(acknowledged=())
    play.run(document(1))
    play.happen(events.Acknowledged(word(play, "websites", "idle")))
    play.obey()
    assert play.status.withheld == ["screenshots", "applications"]
    assert play.status.state == "waiting"


def test_switching_on_again_asks_again() -> None:
    play = Play()
    play.run(document(1))
    play.run(document(2, screenshots_enabled=False))
    play.run(document(3))
    assert play.status.withheld == ["screenshots"]
    assert play.status.state == "waiting"


def test_an_answer_to_an_old_question_does_not_count_for_what_is_off_by_now() -> None:
    play = Play(acknowledged=())
    play.run(document(1))
    old = word(play, "screenshots")
    play.run(document(2, screenshots_enabled=False))
    play.happen(events.Acknowledged(old))
    play.run(document(3))
    assert "screenshots" in play.status.withheld


def test_a_word_while_something_is_being_applied_is_not_lost() -> None:
    play = Play(acknowledged=())
    play.run(document(1))
    said = word(play, *ALL_ON)
    play.receive(document(2, screenshot_quality=90))
    play.happen(events.Acknowledged(said))
    while play.orders:
        play.obey()
    assert (play.status.version, play.status.state, play.status.withheld) == (2, "applied", [])


def test_a_kind_that_cannot_be_started_after_its_word_is_withheld_again() -> None:
    play = Play()
    play.run(document(1, enable_mouse_tracking=True))
    play.happen(events.Acknowledged(word(play, "mouse_counts")))
    done = play.obey(fail="no permission to count")
    assert settings_of(done)["enable_mouse_tracking"] is False
    play.obey()
    assert play.status.state == "rejected"
    assert play.manager.settings is not None
    assert play.manager.settings["screenshots_enabled"] is True


def test_a_word_without_any_policy_means_nothing() -> None:
    play = Play()
    assert play.happen(events.Acknowledged(word(play, "screenshots"))) == []


# Starting from the cache


def test_the_last_good_policy_runs_from_the_cache_without_a_server() -> None:
    play, given = Play(), document(4)
    play.run(given)
    offline = Play(play.saved)
    offline.happen(events.Started())
    offline.obey()
    assert offline.said == ["Config loaded from cache: v4", "Config applied: v4"]
    assert offline.status.effective_etag == given.etag
    assert offline.manager.known_etags() == [given.etag]


def test_words_that_were_not_delivered_are_delivered_after_a_restart() -> None:
    play = Play(acknowledged=())
    play.run(document(1))
    said = word(play, "websites")
    play.happen(events.Acknowledged(said))
    again = Play(play.saved)
    done = again.happen(events.Started())
    assert only(effects.Deliver, done).word == said
    again.obey()
    assert "websites" not in again.status.withheld


def test_an_empty_cache_records_nothing() -> None:
    play = Play()
    play.happen(events.Started())
    assert not play.orders
    assert play.said == ["No config in the cache: nothing is recorded until the server sends one"]
    assert play.manager.settings is None
    assert play.status == PolicyStatus(0, 0, "", "received", "", [])


def test_a_cache_that_was_meddled_with_is_not_obeyed() -> None:
    play = Play()
    play.run(document(1))
    kept = play.saved.document
    assert kept is not None
    changed = {**kept.doc, "settings": {**kept.doc["settings"], "screenshot_interval_seconds": 30}}
    meddled = msgspec.structs.replace(play.saved, document=msgspec.structs.replace(kept, doc=changed))
    again = Play(meddled)
    again.happen(events.Started())
    assert not again.orders
    assert "cannot be used" in again.said[0]


# The server closes its doors


@pytest.mark.parametrize("why", ["suspended", "unknown"])
def test_closed_doors_stop_recording_and_open_ones_let_it_go_on(why: events.Closed) -> None:
    play, given = Play(), document(1)
    play.run(given)
    done = play.happen(events.DoorsClosed(why))
    assert isinstance(done[-1], effects.Stop)
    assert play.happen(events.DoorsClosed(why)) == []
    assert states(play.obey()) == ["received"]
    assert play.status.effective_etag == ""
    assert play.manager.settings is None
    assert states(play.happen(events.DoorsOpen())) == ["applying"]
    assert states(play.obey()) == ["applied"]
    assert play.status.effective_etag == given.etag


def test_open_doors_are_nothing_new() -> None:
    play = Play()
    play.run(document(1))
    assert play.happen(events.DoorsOpen()) == []


def test_doors_that_close_while_applying_leave_nothing_running() -> None:
    play = Play()
    play.receive(document(1))
    play.happen(events.DoorsClosed("suspended"))
    assert [type(order) for order in play.orders] == [effects.Apply, effects.Stop]
    assert states(play.obey()) == []
    assert states(play.obey()) == ["received"]
    play.happen(events.DoorsOpen())
    play.obey()
    assert play.status.state == "applied"


def test_doors_that_close_and_open_while_applying_end_with_recording() -> None:
    play = Play()
    play.receive(document(1))
    play.happen(events.DoorsClosed("suspended"))
    play.happen(events.DoorsOpen())
    while play.orders:
        play.obey()
    assert play.status.state == "applied"
    assert play.manager.settings is not None


def test_a_policy_that_comes_through_closed_doors_waits() -> None:
    play = Play()
    play.run(document(1))
    play.happen(events.DoorsClosed("suspended"))
    play.obey()
    assert states(play.receive(document(2))) == ["received"]
    assert not play.orders
    play.happen(events.DoorsOpen())
    play.obey()
    assert (play.status.version, play.status.state) == (2, "applied")


def test_a_rejection_is_still_known_after_a_suspension() -> None:
    play, good, bad = Play(), document(1), document(2)
    play.run(good)
    play.receive(bad)
    play.obey(fail="no display")
    play.obey()
    play.happen(events.DoorsClosed("suspended"))
    assert states(play.obey()) == ["rejected"]
    assert play.status.effective_etag == ""
    play.happen(events.DoorsOpen())
    play.obey()
    assert (play.status.etag, play.status.state, play.status.effective_etag) == (bad.etag, "rejected", good.etag)


def test_a_failure_behind_closed_doors_is_kept_for_later() -> None:
    play = Play()
    play.run(document(1))
    play.receive(document(2))
    play.happen(events.DoorsClosed("suspended"))
    play.obey(fail="no display")
    play.obey()
    assert play.status.state == "rejected"


def test_closed_doors_before_any_policy_are_told_too() -> None:
    play = Play()
    play.happen(events.DoorsClosed("suspended"))
    assert states(play.obey()) == ["received"]
    assert states(play.happen(events.DoorsOpen())) == ["received"]


def test_a_revoked_device_stops_for_good() -> None:
    play = Play()
    play.run(document(1))
    play.happen(events.Revoked("removed by an administrator"))
    done = play.obey()
    assert only(effects.End, done).reason == "removed by an administrator"
    assert play.status.effective_etag == ""
    assert play.receive(document(2)) == []
    assert play.happen(events.Revoked("again")) == []
    assert play.happen(events.DoorsClosed("suspended")) == []
    assert play.happen(events.DoorsOpen()) == []


def test_a_revocation_while_applying_still_ends() -> None:
    play = Play()
    play.receive(document(1))
    play.happen(events.Revoked(""))
    play.obey()
    assert only(effects.End, play.obey()).reason == "revoked"
