"""What comes in parts is kept part by part, and goes on where it was after a cut."""

import os
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sundial.server.lib.scope import acting_for
from sundial.server.lib.seal import SealBroken
from sundial.server.lib.sealed_stream import CHUNK, NO_DIGEST, SEALED_CHUNK, digest_with
from sundial.server.vault.storage import Draft, Kept, Place, Reader, upload_key
from tests.cast import Cast
from tests.server.vault.filed import begin

PLAIN = os.urandom(5 * CHUNK)


def begun(cast: Cast) -> tuple[Place, bytes]:
    """Somewhere to write, and a key."""
    with acting_for(cast.company.pk), transaction.atomic():
        upload = begin(cast, None, len(PLAIN))
        return Place(cast.company.pk, upload.storage), upload_key(upload)


def append(place: Place, key: bytes, plain: bytes) -> int:
    with Draft(place, key) as draft:
        draft.write(plain)
        draft.keep()
        return draft.received


def finish(place: Place, key: bytes) -> Kept:
    with Draft(place, key) as draft:
        return draft.finish()


def whole(place: Place, key: bytes, size: int) -> bytes:
    with Reader(place, key, size) as reader:
        return reader.read(size)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2 * CHUNK + 3), min_size=1, max_size=6))
def test_parts_of_any_length_make_the_same_file(lengths: list[int]) -> None:
    place, key, sent = fresh(), os.urandom(32), b""
    for length in lengths:
        part = PLAIN[:length]
        sent += part
        assert append(place, key, part) == len(sent)
    kept = finish(place, key)
    assert kept.size == len(sent)
    assert whole(place, key, kept.size) == sent


def fresh() -> Place:
    return Place(10**9, uuid4())


def test_what_was_written_and_not_kept_is_forgotten_as_if_it_had_never_come(cast: Cast) -> None:
    place, key = begun(cast)
    append(place, key, PLAIN[: CHUNK + 100])
    with Draft(place, key) as cut:
        cut.write(PLAIN[CHUNK + 100 : 4 * CHUNK])  # the process ends here
    with Draft(place, key) as draft:
        assert draft.received == CHUNK + 100
        draft.write(PLAIN[CHUNK + 100 :])
        kept = draft.finish()
    assert whole(place, key, kept.size) == PLAIN


def test_a_chunk_that_was_half_written_is_cut_away(cast: Cast) -> None:
    place, key = begun(cast)
    append(place, key, PLAIN[: 2 * CHUNK + 7])
    with place.path.open("ab") as file:
        file.write(os.urandom(SEALED_CHUNK // 3))
    append(place, key, PLAIN[2 * CHUNK + 7 :])
    assert whole(place, key, finish(place, key).size) == PLAIN


def test_a_finished_file_that_the_database_never_heard_of_can_be_finished_again(cast: Cast) -> None:
    place, key = begun(cast)
    append(place, key, PLAIN)
    first = finish(place, key)
    again = finish(place, key)
    assert (first.size, first.chunks) == (again.size, again.chunks)
    assert first.digest != again.digest  # sealed anew, with another nonce
    assert whole(place, key, again.size) == PLAIN


def test_the_state_of_a_draft_is_sealed_and_shows_nothing(cast: Cast) -> None:
    place, key = begun(cast)
    append(place, key, b"a secret word " * 100)
    state = place.state.read_bytes()
    assert b"secret" not in state
    place.state.write_bytes(state[:-1] + bytes([state[-1] ^ 1]))
    with pytest.raises(SealBroken):
        Draft(place, key)


def test_the_digest_is_the_same_whatever_parts_it_came_in(cast: Cast) -> None:
    """It goes over nonces and tags, so another writing of the same bytes has another digest, and a reading the same."""
    place, key = begun(cast)
    with Draft(place, key) as draft:
        draft.write(PLAIN)
        kept = draft.finish()
    digest, sealed = NO_DIGEST, place.path.read_bytes()
    for at in range(0, len(sealed), SEALED_CHUNK):
        digest = digest_with(digest, sealed[at : at + SEALED_CHUNK])
    assert digest == kept.digest
