"""Absences from the recorder to the disk: asked about, answered once, kept over a restart, forgotten in time."""

from datetime import timedelta
from pathlib import Path

from sundial.agent.app.absences import MOST, Absences
from sundial.agent.core.absence import Absence
from sundial.agent.core.sensing import Idled, Locked
from sundial.protocol.events import AwayEvent
from tests.agent.app.test_recording import Place, played
from tests.agent.core.play import MORNING, SESSION
from tests.agent.virtual_time import play


async def come_back(place: Place, locked_s: float = 600) -> None:
    """Work, with an absence in it that is just over."""
    await place.obey()
    place.recording.begin("Writing")
    await place.pass_(30, Idled(0.0))
    place.desk.tell(Locked(True))
    await place.pass_(locked_s)
    place.desk.tell(Locked(False))
    await place.pass_(5, Idled(0.0))


async def answers(place: Place) -> list[AwayEvent]:
    return [event for event in await place.kept() if isinstance(event, AwayEvent) and event.answer]


def absence(number: int) -> Absence:
    return Absence(
        eid=f"0199f5a0-0000-7000-8000-{number:012}", session=SESSION, cause="idle", start=MORNING,
        end=MORNING + timedelta(minutes=20), mono_ms=0, boot_id="boot-1", tz_offset_min=0,
    )  # fmt: skip


def test_who_is_back_is_asked_and_the_answer_reaches_the_outbox_once(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await come_back(place)
        (asked,) = place.recording.absences
        assert place.asked == [asked]
        assert await place.outbox.absences() == (asked,), "on the disk before anybody has answered"
        place.recording.answer(asked.eid, "meeting")
        place.recording.answer(asked.eid, "break")
        await place.settle()
        assert [(event.eid, event.answer) for event in await answers(place)] == [(asked.eid, "meeting")]
        assert place.recording.absences == ()
        assert await place.outbox.absences() == ()

    played(tmp_path, scene)


def test_an_answer_to_nothing_that_was_asked_is_no_event(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await come_back(place)
        place.recording.answer(absence(1).eid, "keep")
        await place.settle()
        assert await answers(place) == []
        assert len(place.recording.absences) == 1

    played(tmp_path, scene)


def test_a_meeting_is_in_the_time_of_today_and_a_break_is_not(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await come_back(place)
        await come_back_again(place)
        today = (place.clock.now() + timedelta(minutes=120)).date()
        before = await place.outbox.today(today) + place.recording.worked_ms() // 1000
        first, second = place.recording.absences
        place.recording.answer(first.eid, "break")
        place.recording.answer(second.eid, "meeting")
        await place.settle()
        now = await place.outbox.today(today) + place.recording.worked_ms() // 1000
        assert now - before in {(second.end - second.start).seconds, (second.end - second.start).seconds + 1}

    async def come_back_again(place: Place) -> None:
        place.desk.tell(Locked(True))
        await place.pass_(900)
        place.desk.tell(Locked(False))
        await place.pass_(5, Idled(0.0))

    played(tmp_path, scene)


def test_what_was_asked_is_asked_still_after_a_restart_and_may_be_answered_then(tmp_path: Path) -> None:
    async def scene() -> None:
        first = Place(tmp_path)
        async with first.live():
            await come_back(first)
            asked = first.recording.absences
            await first.recording.close("quit")
        await first.outbox.close()
        second = Place(tmp_path, "boot-2")
        await second.recording.take_up(second.new_eid)
        async with second.live():
            assert second.recording.absences == asked
            second.recording.answer(asked[0].eid, "keep")
            await second.settle()
            (event,) = await answers(second)
            assert (event.boot_id, event.session) == ("boot-1", asked[0].session)
        await second.outbox.close()

    play(scene())


def test_another_session_leaves_the_absences_of_the_last_one_as_they_are(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await come_back(place)
        place.recording.end()
        await place.settle()
        assert len(place.recording.absences) == 1, "asked as long as no other session begins"
        place.recording.begin("Reading")
        await place.settle()
        assert not place.recording.absences
        assert not await place.outbox.absences()
        assert await answers(place) == []

    played(tmp_path, scene)


def test_another_device_is_not_asked_about_this_ones_absences(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await place.outbox.hand_over("one")
        await come_back(place)
        place.recording.forget_absences()
        assert place.recording.absences == ()
        await place.settle()
        assert await place.outbox.absences() == ()
        await place.outbox.put((), place.clock.now(), absences=(absence(1),))
        await place.outbox.hand_over("another")
        assert await place.outbox.absences() == ()

    played(tmp_path, scene)


def test_while_the_disk_takes_nothing_a_question_is_held_and_written_later(tmp_path: Path) -> None:
    async def scene(place: Place) -> None:
        await place.obey()
        place.outbox.refuses = True
        await come_back(place)
        assert len(place.recording.absences) == 1
        place.outbox.refuses = False
        await place.pass_(10, Idled(0.0))
        assert await place.outbox.absences() == place.recording.absences

    played(tmp_path, scene)


def test_of_very_many_absences_the_newest_are_asked_about() -> None:
    absences = Absences()
    for number in range(MOST + 5):
        absences.ask(absence(number))
    assert absences.waiting == tuple(absence(number) for number in range(5, MOST + 5))
