"""What the window says, word for word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sundial.agent.core.shown import Queue
from sundial.agent.ui import words
from tests.agent.ui.scenes import IDLE, NOW, WORKING, recorded


@pytest.mark.parametrize(
    ("seconds", "whole", "short"),
    [(0, "0:00:00", "0:00"), (59, "0:00:59", "0:00"), (36_061, "10:01:01", "10:01"), (-5, "0:00:00", "0:00")],
)
def test_a_running_time_reads_as_a_clock(seconds: int, whole: str, short: str) -> None:
    assert (words.running(seconds), words.short(seconds)) == (whole, short)


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (600, "10 min"), (-3, "0 s")])
def test_a_stretch_is_said_in_its_own_unit(seconds: int, said: str) -> None:
    assert words.stretch(timedelta(seconds=seconds)) == said


def test_another_day_is_named() -> None:
    assert words.on(NOW, NOW) == words.clock(NOW)
    assert words.on(NOW - timedelta(days=3), NOW).startswith("15 Nov, ")


def test_one_thing_is_one_thing() -> None:
    assert words.queue(replace(WORKING, queue=Queue(1))) == "1 record waits to be sent."
    assert words.loss("corrupt", 1) == "1 record was lost: the store on this device was damaged."


def test_whether_anything_is_recorded_is_one_sentence() -> None:
    assert words.recording(IDLE) == "Nothing is recorded while you are not working."
    assert words.recording(WORKING) == ""
    assert words.recording(replace(WORKING, recording=())) == "Only your working time is recorded."
    suspended = replace(WORKING, recording=(), connection="suspended")
    assert words.recording(suspended) == "Your company is suspended: only your working time is recorded."


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("away", "sleep", "Computer asleep"),
        ("away", "elsewhere", "elsewhere"),
        ("session", "resumed", "Work resumed"),
        ("private", "", "Private"),
        ("website", "cpa.gov.bd", "cpa.gov.bd"),
        ("unheard-of", "", "unheard-of"),
    ],
)
def test_every_record_has_a_name(kind: str, name: str, said: str) -> None:
    assert words.named(recorded(kind, name, ""))[0] == said
