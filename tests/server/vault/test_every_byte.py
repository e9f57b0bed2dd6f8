"""One flipped bit in any byte of a sealed file or of what opens it, and every cut: refused before its chunk is told.

A sealed file has no header and no trailer: it is its chunks, each a nonce, the bytes and a tag. Chunks are of one size
in every file, so that the middles of full ones are sampled in the ordinary run, and taken whole by `make soak`.
"""

import os
import random
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction

from sundial.server.lib.scope import acting_for
from sundial.server.lib.seal import KEY_BYTES, NONCE, TAG, SealBroken
from sundial.server.lib.sealed_stream import CHUNK, EXTRA, SEALED_CHUNK, sealed_size
from sundial.server.vault.models import CompanyKey, Version
from sundial.server.vault.storage import Draft, Place, file_key
from sundial.server.vault.storage.sealed_files import Reader
from tests.cast import Cast
from tests.server.vault.filed import put

SEED = 20261121
SIZE = 2 * CHUNK + 321  # two full chunks and a small last one
KEY, PLAIN = os.urandom(KEY_BYTES), os.urandom(SIZE)
EVERY, SAMPLED = 1, 31  # of the bytes in the middle of a full chunk; a prime, so that it meets every column
WHOLE = pytest.param(EVERY, marks=pytest.mark.soak, id="every byte")
strides = pytest.mark.parametrize("stride", [pytest.param(SAMPLED, id="sampled middles"), WHOLE])


@pytest.fixture
def sealed() -> Place:
    """A whole file on the disk, under a key that the test holds: the format alone, without rows."""
    place = Place(1, uuid4())
    with Draft(place, KEY) as draft:
        draft.write(PLAIN)
        assert draft.finish().chunks == 3
    assert place.path.stat().st_size == sealed_size(SIZE)
    return place


def tried(stride: int) -> Iterable[int]:
    """All of every nonce and tag, all of the last chunk, and the middles of full chunks by this stride."""
    for at in range(sealed_size(SIZE)):
        index, inside = divmod(at, SEALED_CHUNK)
        if index == 2 or not NONCE <= inside < SEALED_CHUNK - TAG or at % stride == 0:
            yield at


def last_of(place: Place, size: int) -> bytes:
    """The last byte of a file that is said to be so long."""
    with Reader(place, KEY, size) as reader:
        reader.seek(size - 1)
        return reader.read(1)


@strides
def test_one_flipped_bit_in_any_byte_is_refused_before_its_chunk_is_told(sealed: Place, stride: int) -> None:
    chance, good = random.Random(SEED), sealed.path.read_bytes()
    with sealed.path.open("r+b", buffering=0) as file, Reader(sealed, KEY, SIZE) as reader:
        for at in tried(stride):
            os.pwrite(file.fileno(), bytes([good[at] ^ (1 << chance.randrange(8))]), at)
            reader.seek(at // SEALED_CHUNK * CHUNK)
            with pytest.raises(SealBroken):
                reader.read(1)
            os.pwrite(file.fileno(), good[at : at + 1], at)
        reader.seek(0)
        assert reader.read(SIZE) == PLAIN


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_chunks_beside_a_flipped_byte_are_told_and_nothing_of_its_own(sealed: Place, index: int) -> None:
    at = index * SEALED_CHUNK + NONCE + 5
    with sealed.path.open("r+b", buffering=0) as file, Reader(sealed, KEY, SIZE) as reader:
        os.pwrite(file.fileno(), bytes([os.pread(file.fileno(), 1, at)[0] ^ 4]), at)
        for other in {0, 1, 2} - {index}:
            reader.seek(other * CHUNK)
            part = PLAIN[other * CHUNK : (other + 1) * CHUNK]
            assert reader.read(len(part)) == part
        reader.seek(index * CHUNK)
        with pytest.raises(SealBroken):
            reader.read(CHUNK)


@strides
def test_a_file_of_any_other_length_is_refused(sealed: Place, stride: int) -> None:
    for length in sorted(set(tried(stride)), reverse=True):
        os.truncate(sealed.path, length)
        with pytest.raises(SealBroken):
            Reader(sealed, KEY, SIZE)


@strides
def test_a_cut_is_refused_even_if_the_row_says_that_the_file_was_so_long(sealed: Place, stride: int) -> None:
    for length in sorted(set(tried(stride)), reverse=True):
        size = length - -(-length // SEALED_CHUNK) * EXTRA
        if size < 0 or sealed_size(size) != length:
            continue  # no file is so long: the length alone is refused
        os.truncate(sealed.path, length)
        with pytest.raises(SealBroken):
            last_of(sealed, size)


@pytest.mark.parametrize("more", [1, NONCE, EXTRA, CHUNK, SEALED_CHUNK])
def test_a_file_with_anything_behind_its_end_is_refused(sealed: Place, more: int) -> None:
    os.truncate(sealed.path, sealed_size(SIZE) + more)
    with pytest.raises(SealBroken):
        Reader(sealed, KEY, SIZE)


def flipped(whole: bytes) -> Iterable[bytes]:
    """The same bytes with one bit turned, for each byte; and each way of cutting them."""
    chance = random.Random(SEED)
    for at in range(len(whole)):
        yield whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :]
        yield whole[:at]


def test_every_flipped_byte_and_every_cut_of_a_wrapped_key_opens_nothing(cast: Cast) -> None:
    file = put(cast, b"small, but whole")
    with acting_for(cast.company.pk), transaction.atomic():
        version = Version.objects.get(file_id=file.pk)
        kept, opened = bytes(version.wrapped_key or b""), file_key(file, version)
        for wrapped in flipped(kept):
            version.wrapped_key = wrapped
            with pytest.raises(SealBroken):
                file_key(file, version)
        version.wrapped_key = kept
        assert file_key(file, version) == opened


def test_every_flipped_byte_and_every_cut_of_the_company_s_key_opens_nothing(cast: Cast) -> None:
    file = put(cast, b"small, but whole")
    with acting_for(cast.company.pk), transaction.atomic():
        version = Version.objects.get(file_id=file.pk)
        row, opened = CompanyKey.objects.get(number=version.company_key), file_key(file, version)
        kept = bytes(row.wrapped)
        for wrapped in flipped(kept):
            CompanyKey.objects.filter(pk=row.pk).update(wrapped=wrapped)
            with pytest.raises(SealBroken):
                file_key(file, version)
        CompanyKey.objects.filter(pk=row.pk).update(wrapped=kept)
        assert file_key(file, version) == opened


def test_every_flipped_byte_and_every_cut_of_an_erase_secret_opens_nothing(cast: Cast) -> None:
    file = put(cast, b"small, but whole")
    with acting_for(cast.company.pk), transaction.atomic():
        version = Version.objects.get(file_id=file.pk)
        (path,) = (Path(settings.KEYS_DIR) / "vault" / "files" / str(cast.company.pk)).glob(f"*/{version.storage}")
        kept, opened = path.read_bytes(), file_key(file, version)
        for secret in flipped(kept):
            path.write_bytes(secret)
            with pytest.raises(SealBroken):
                file_key(file, version)
        path.write_bytes(kept)
        assert file_key(file, version) == opened
