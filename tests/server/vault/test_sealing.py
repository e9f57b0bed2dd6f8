"""What is sealed opens exactly as it was, where it belongs, under the rule it was sealed for; or not at all."""

import os
from collections.abc import Callable

import pytest
from django.db import transaction

from sundial.server.lib.scope import acting_for
from sundial.server.lib.seal import SealBroken
from sundial.server.lib.sealed_stream import CHUNK, SEALED_CHUNK, chunks, sealed_size
from sundial.server.vault.actions.keys import bind_to_rules
from sundial.server.vault.models import File, Version
from sundial.server.vault.storage import Place, Rule, file_key, open_version
from tests.cast import Cast
from tests.server.vault.filed import add_version, put

SMALL = b"small, but whole"
SEVERAL = os.urandom(3 * CHUNK + 1234)


def version_of(file: File, number: int = 1) -> Version:
    return Version.objects.get(file_id=file.pk, number=number)


def place_of(file: File, number: int = 1) -> Place:
    version = version_of(file, number)
    return Place(version.company_id, version.storage)


def content(cast: Cast, file: File, number: int = 1) -> bytes:
    """The file as its row is in the database now; chunk by chunk, as the gate reads it."""
    with acting_for(cast.company.pk), transaction.atomic():
        row = File.objects.get(id=file.pk)
        with open_version(row, version_of(row, number)) as reader:
            return b"".join(iter(lambda: reader.read(100_000), b""))


def in_company(cast: Cast, work: Callable[[], object]) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        work()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(SEVERAL)])
def test_files_of_every_length_come_back_as_they_were(cast: Cast, size: int) -> None:
    file = put(cast, SEVERAL[:size])
    assert content(cast, file) == SEVERAL[:size]
    with acting_for(cast.company.pk), transaction.atomic():
        place, version = place_of(file), version_of(file)
    assert place.path.stat().st_size == sealed_size(size)
    assert (version.size, version.chunks) == (size, chunks(size))
    assert not place.state.exists()


def test_nothing_of_a_file_lies_open_on_the_disk(cast: Cast) -> None:
    file = put(cast, b"a secret word " * 10_000)
    with acting_for(cast.company.pk), transaction.atomic():
        assert b"secret word" not in place_of(file).path.read_bytes()


def test_every_flipped_byte_and_every_cut_of_a_small_file_is_refused(cast: Cast) -> None:
    file = put(cast, SMALL)
    with acting_for(cast.company.pk), transaction.atomic():
        path = place_of(file).path
    sealed = path.read_bytes()
    for at in range(len(sealed)):
        path.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        with pytest.raises(SealBroken):
            content(cast, file)
        path.write_bytes(sealed[:at])
        with pytest.raises(SealBroken):
            content(cast, file)
    path.write_bytes(sealed + b"\0")
    with pytest.raises(SealBroken):
        content(cast, file)
    path.write_bytes(sealed)
    assert content(cast, file) == SMALL


def test_chunks_cannot_be_swapped_left_out_repeated_or_cut_off(cast: Cast) -> None:
    file = put(cast, SEVERAL)
    with acting_for(cast.company.pk), transaction.atomic():
        path = place_of(file).path
    sealed = path.read_bytes()
    parts = [sealed[at : at + SEALED_CHUNK] for at in range(0, len(sealed), SEALED_CHUNK)]
    for order in ([1, 0, 2, 3], [0, 2, 3], [0, 0, 2, 3], [0, 1, 2], [0, 1, 1, 3], [0, 1, 2, 3, 3]):
        path.write_bytes(b"".join(parts[one] for one in order))
        with pytest.raises(SealBroken):
            content(cast, file)


def test_a_cut_at_a_chunk_s_end_is_refused_even_if_the_row_says_that_it_was_shorter(cast: Cast) -> None:
    file = put(cast, SEVERAL)
    with acting_for(cast.company.pk), transaction.atomic():
        version = version_of(file)
        place_of(file).path.write_bytes(place_of(file).path.read_bytes()[: 2 * SEALED_CHUNK])
        version.size, version.chunks = 2 * CHUNK, 2
        version.save()
        with open_version(file, version) as reader, pytest.raises(SealBroken):
            reader.read(2 * CHUNK)


def test_the_bytes_and_keys_of_another_file_or_version_do_not_open(cast: Cast) -> None:
    one, other = put(cast, SMALL), put(cast, SMALL)
    with acting_for(cast.company.pk), transaction.atomic():
        add_version(cast, one, SMALL)
        first, second, foreign = version_of(one), version_of(one, 2), version_of(other)
        kept = place_of(one).path.read_bytes()
        for wrong in (second, foreign):  # their bytes under our key
            place_of(one).path.write_bytes(Place(wrong.company_id, wrong.storage).path.read_bytes())
            with open_version(one, first) as reader, pytest.raises(SealBroken):
                reader.read(1)
        place_of(one).path.write_bytes(kept)
        for wrong in (second, foreign):  # their key, and their bytes, under our name
            with pytest.raises(SealBroken):
                file_key(one, Version(**columns(first) | {"wrapped_key": wrong.wrapped_key}))
            with pytest.raises(SealBroken):
                file_key(one, Version(**columns(first) | {"wrapped_key": wrong.wrapped_key, "storage": wrong.storage}))
        with pytest.raises(SealBroken):
            file_key(other, first)
        assert file_key(one, first) != file_key(one, second)


def columns(version: Version) -> dict[str, object]:
    return {field.attname: getattr(version, field.attname) for field in Version._meta.concrete_fields}


def test_another_company_s_key_does_not_open(cast: Cast) -> None:
    file = put(cast, SMALL)
    stranger = Cast(
        cast.owner, cast.other, cast.stranger, cast.manager, cast.employee, cast.company, cast.admin, cast.now
    )
    theirs = put(stranger, SMALL)
    with acting_for(cast.company.pk), transaction.atomic():
        version = version_of(file)
    with acting_for(cast.other.pk), transaction.atomic(), pytest.raises(SealBroken):
        file_key(theirs, Version(**columns(version) | {"company_id": cast.other.pk, "file_id": theirs.pk}))


def test_a_rule_edited_by_hand_in_the_database_opens_nothing(cast: Cast) -> None:
    file = put(cast, SMALL, rule="finance and clearance >= 3")
    in_company(cast, lambda: File.objects.filter(id=file.pk).update(rule_text="finance or clearance >= 3"))
    with pytest.raises(SealBroken):
        content(cast, file)
    in_company(cast, lambda: File.objects.filter(id=file.pk).update(rule_text=file.rule_text, rule_language=2))
    with pytest.raises(SealBroken):
        content(cast, file)


def test_a_rule_changed_by_its_action_opens_every_version(cast: Cast) -> None:
    file = put(cast, SMALL)
    before = Rule(file.rule_text, file.rule_language)
    with acting_for(cast.company.pk), transaction.atomic():
        add_version(cast, file, SEVERAL)
        file.rule_text = "audit"
        file.save()
        broken = bind_to_rules(
            company_id=cast.company.pk, files={file.pk: file}, before={file.pk: before}, now=cast.now
        )
        assert broken == set()
    assert content(cast, file) == SMALL
    assert content(cast, file, 2) == SEVERAL
    in_company(cast, lambda: File.objects.filter(id=file.pk).update(rule_text=before.text))
    with pytest.raises(SealBroken):
        content(cast, file)


def test_a_company_key_edited_by_hand_opens_nothing(cast: Cast) -> None:
    file = put(cast, SMALL)
    with acting_for(cast.company.pk), transaction.atomic():
        version = version_of(file)
        wrapped = bytearray(version.wrapped_key or b"")
        wrapped[20] ^= 1
        with pytest.raises(SealBroken):
            file_key(file, Version(**columns(version) | {"wrapped_key": bytes(wrapped)}))
        with pytest.raises(SealBroken):
            file_key(file, Version(**columns(version) | {"company_key": 2}))


def test_reading_from_anywhere_gives_what_lies_there(cast: Cast) -> None:
    file = put(cast, SEVERAL)
    with acting_for(cast.company.pk), transaction.atomic(), open_version(file, version_of(file)) as reader:
        for start, size in ((0, 10), (CHUNK - 5, 10), (2 * CHUNK, CHUNK), (len(SEVERAL) - 3, 50), (70_000, 150_000)):
            reader.seek(start)
            assert reader.read(size) == SEVERAL[start : start + size]
        reader.seek(len(SEVERAL) + 10)
        assert reader.read(10) == b""
