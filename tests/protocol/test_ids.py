"""Names for events."""

import uuid

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sundial.protocol.events import Uuid
from sundial.protocol.ids import LATEST_MS, RANDOM_BITS, millis_of, uuid7

bits = st.integers(0, 2**RANDOM_BITS - 1)


@given(st.integers(0, LATEST_MS), bits)
def test_an_id_says_its_version_its_variant_and_its_time(ms: int, random: int) -> None:
    made = uuid.UUID(uuid7(ms, random))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert millis_of(str(made)) == ms


@given(st.integers(0, LATEST_MS), bits, bits)
def test_every_random_bit_counts(ms: int, one: int, other: int) -> None:
    assert (uuid7(ms, one) == uuid7(ms, other)) == (one == other)


@given(st.integers(0, LATEST_MS - 1), bits, bits)
def test_ids_sort_by_time(ms: int, one: int, other: int) -> None:
    assert uuid7(ms, one) < uuid7(ms + 1, other)


def test_the_example_of_the_rfc() -> None:
    assert uuid7(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_a_clock_out_of_range_gets_the_nearest_time_that_fits() -> None:
    assert millis_of(uuid7(-5, 0)) == 0
    assert millis_of(uuid7(2**50, 0)) == LATEST_MS


def test_an_id_is_one_that_events_take() -> None:
    assert msgspec.convert(uuid7(1, 2**80), Uuid) == "00000000-0001-7000-8000-000000000000"
