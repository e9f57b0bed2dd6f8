"""Whatever is changed in an archive is found, and the first entry that is not as it was is named."""

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from sundial.server.audit.rules import archive as form
from sundial.server.audit.verify import verify_archive
from sundial.server.lib import canonical
from tests.server.audit.archives import SHELF, Past, live_through
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import fill, fresh_log
from tests.server.audit.tampering import Row

COUNT = 40  # entries in the archive, all of one January
MUTATIONS = 400

Lines = list[bytes]


@pytest.fixture
def past(notary: Notary) -> Past:
    """A log whose first month lies in one archive."""
    made = Past(fresh_log(), notary)
    live_through(made.log, COUNT)
    fill(made.log, 3)
    notary.attest(made.log)
    made.archive()
    return made


def readable(content: bytes) -> Lines:
    """The lines of a file as far as it can be read, byte by byte; the plain way, to compare with."""
    found, unpacker = bytearray(), zlib.decompressobj(31)
    with suppress(zlib.error):
        for at in range(len(content)):
            found += unpacker.decompress(content[at : at + 1])
            if unpacker.eof:
                unpacker = zlib.decompressobj(31)
    return bytes(found).splitlines(keepends=True)


def packed(lines: Lines) -> bytes:
    return gzip.compress(b"".join(lines), 6, mtime=0)


def flip(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :]


def cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def append(content: bytes, dice: random.Random) -> bytes:
    return content + dice.choice((b"\x00", packed(readable(content)[-1:]), content))


def edit(content: bytes, dice: random.Random) -> bytes:
    lines = readable(content)
    at = dice.randrange(len(lines))
    place = dice.randrange(len(lines[at]) - 1)
    lines[at] = lines[at][:place] + bytes([dice.choice(b'09afAZ{}",:')]) + lines[at][place + 1 :]
    return packed(lines)


def drop(content: bytes, dice: random.Random) -> bytes:
    lines = readable(content)
    del lines[dice.randrange(len(lines))]
    return packed(lines)


def repeat(content: bytes, dice: random.Random) -> bytes:
    lines = readable(content)
    lines.insert(dice.randrange(1, len(lines)), dice.choice(lines))
    return packed(lines)


def swap(content: bytes, dice: random.Random) -> bytes:
    lines = readable(content)
    one, other = dice.sample(range(1, len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return packed(lines)


def rewrite(content: bytes, dice: random.Random) -> bytes:
    """An entry says something else, or its values are gone, and the head is made to fit; its signature cannot be."""
    lines = readable(content)
    at = dice.randrange(1, len(lines))
    said = json.loads(lines[at])
    how = dice.choice(("details", "about", "actor", "gone"))
    if how == "details":
        said["entry"]["details"] = {"number": 0}
    elif how == "gone":
        said["sealed"]["actor"] = None
    else:
        other = json.loads(lines[1 + at % (len(lines) - 1)])
        said["sealed"][how] = other["sealed"][how]
    # The order of the names is not the canonical one: an entry's line is put together by hand.
    sealed = said["sealed"]
    lines[at] = (
        b'{"entry":' + canonical.dumps(said["entry"]) + b',"sealed":'
        + json.dumps({"about": sealed["about"], "actor": sealed["actor"]}, separators=(",", ":")).encode() + b"}\n"
    )  # fmt: skip
    head = json.loads(lines[0])
    head["digests"] = base64.b64encode(b"".join(map(form.digest, lines[1:]))).decode()
    lines[0] = canonical.dumps(head) + b"\n"
    return packed(lines)


KNOWN: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip, cut, append, edit, drop, repeat, swap, rewrite)


def first_difference(true: Lines, false: Lines) -> int | None:
    """The number of the first entry whose line is another; None if none of them is."""
    for seq in range(1, len(true)):
        if seq >= len(false) or false[seq] != true[seq]:
            return seq
    return None


def test_every_mutation_of_an_archive_is_found_and_its_first_entry_named(past: Past) -> None:
    path = SHELF.path(past.log, 1)
    content = path.read_bytes()
    true, dice = readable(content), random.Random(20261121)
    assert len(true) == COUNT + 1
    missed, done = [], 0
    while done < MUTATIONS:
        mutate = dice.choice(KNOWN)
        false = mutate(content, dice)
        if false == content:
            continue
        path.write_bytes(false)
        verdict = past.notary.verdict(past.log)
        if (verdict.state, verdict.first_bad) != ("tampered", first_difference(true, readable(false))):
            missed.append((done, mutate.__name__, first_difference(true, readable(false)), verdict))
        done += 1
    path.write_bytes(content)
    assert missed == []
    assert past.notary.verdict(past.log).state == "intact"


def test_a_changed_archive_fails_alone_as_well(past: Past, tmp_path: Path) -> None:
    content = SHELF.path(past.log, 1).read_bytes()
    file, dice = tmp_path / "archive.jsonl.gz", random.Random(7)
    for mutate in (cut, edit, drop, repeat, swap, rewrite) * 5:
        file.write_bytes(mutate(content, dice))
        same = file.read_bytes() == content
        assert verify_archive(path=file, publics=past.notary.signer.publics).exit_code == (0 if same else 1)


@pytest.mark.parametrize(
    ("column", "value", "first_bad"),
    [
        ("frontier", bytes(64), 1),
        ("frontier", b"x", 1),
        ("sha256", bytes(32), None),
        ("last", 30, None),
        ("recorded", 2, 1),
        ("length", 1, 1),
    ],
)
def test_what_is_kept_of_an_archive_in_the_database_cannot_be_changed_unseen(
    past: Past, owner: psycopg.Connection[Row], column: str, value: object, first_bad: int | None
) -> None:
    owner.execute("ALTER TABLE audit_archive DISABLE TRIGGER ALL")
    said = owner.execute("SELECT * FROM audit_archive WHERE company_id = %s", [past.log]).fetchone()
    assert said is not None
    try:
        _set(owner, past.log, column, value)
        verdict = past.notary.verdict(past.log)
        _set(owner, past.log, column, said[column])
    finally:
        owner.execute("ALTER TABLE audit_archive ENABLE ALWAYS TRIGGER append_only")
        owner.execute("ALTER TABLE audit_archive ENABLE ALWAYS TRIGGER append_only_truncate")
    assert verdict.state == "tampered"
    assert first_bad is None or verdict.first_bad == first_bad
    assert past.notary.verdict(past.log).state == "intact"


def _set(owner: psycopg.Connection[Row], log: int, column: str, value: object) -> None:
    owner.execute(f"UPDATE audit_archive SET {column} = %s WHERE company_id = %s", [value, log])


def test_an_entry_cannot_hide_under_a_number_that_was_archived(past: Past, owner: psycopg.Connection[Row]) -> None:
    owner.execute(
        "INSERT INTO audit_entry SELECT company_id, 5, at, action, actor_kind, actor_id, actor_role, target_kind, "
        "target_id, details, about_commitment, actor_commitment, leaf_hash FROM audit_entry "
        "WHERE company_id = %s AND seq = 41",
        [past.log],
    )
    verdict = past.notary.verdict(past.log)
    owner.execute("DELETE FROM audit_entry WHERE company_id = %s AND seq = 5", [past.log])
    assert (verdict.state, verdict.first_bad) == ("tampered", 5)


def test_a_range_without_file_is_not_believed_if_the_tree_says_otherwise(
    past: Past, owner: psycopg.Connection[Row], tmp_path: Path
) -> None:
    path = SHELF.path(past.log, 1)
    path.rename(tmp_path / "away")
    assert past.notary.report(past.log).exit_code == 0
    owner.execute("ALTER TABLE audit_archive DISABLE TRIGGER ALL")
    said = owner.execute("SELECT frontier FROM audit_archive WHERE company_id = %s", [past.log]).fetchone()
    assert said is not None
    _set(owner, past.log, "frontier", bytes(len(said["frontier"])))
    verdict = past.notary.verdict(past.log)
    _set(owner, past.log, "frontier", said["frontier"])
    owner.execute("ALTER TABLE audit_archive ENABLE ALWAYS TRIGGER append_only")
    owner.execute("ALTER TABLE audit_archive ENABLE ALWAYS TRIGGER append_only_truncate")
    (tmp_path / "away").rename(path)
    assert (verdict.state, verdict.first_bad) == ("tampered", 1)
