"""What one device recorded is never sent as another's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sundial.agent.outbox.belonging import ANOTHER
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.messages import Lost
from tests.agent.outbox.facts import BEGIN, app, apps, eid, meta, picture


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox.open(tmp_path)
    yield opened
    opened.close()


def test_what_a_device_kept_stays_its_own_over_every_start(outbox: Outbox) -> None:
    assert outbox.hand_over("https://a.example 7") == 0
    outbox.put(apps(range(3)), BEGIN)
    assert outbox.hand_over("https://a.example 7") == 0
    assert outbox.queue().waiting == 3


def test_another_device_sends_nothing_of_it_and_says_how_much_was_given_up(outbox: Outbox) -> None:
    outbox.hand_over("https://a.example 7")
    outbox.put(apps(range(3)), BEGIN)
    outbox.put_picture(meta(9), picture(9), BEGIN)
    assert outbox.next_batch() is not None, "even what was already on its way"
    assert outbox.hand_over("https://b.example 7") == 4
    assert (outbox.next_batch(), outbox.next_picture()) == (None, None)
    assert outbox.queue().lost == [Lost(ANOTHER, 4)]
    assert outbox.recent(BEGIN) == [], "nor is it shown to whoever comes next"
    outbox.put([app(5)], BEGIN)
    batch = outbox.next_batch()
    assert batch is not None
    assert [event.eid for event in batch.events] == [eid(5)]


def test_what_was_kept_before_anyone_owned_it_goes_to_the_first(outbox: Outbox) -> None:
    outbox.put(apps(range(2)), BEGIN)
    assert outbox.hand_over("https://a.example 7") == 0
    assert outbox.queue().waiting == 2
