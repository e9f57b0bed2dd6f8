"""Checkpoints as signed notes: readable by other tools, and spoilt by any change."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sundial.server.lib.signed_note import Checkpoint, NoteError, open_note, public_of, sign, verifier

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHECKPOINT = Checkpoint("sundial/0123456789abcdef/audit/5", 20852163, bytes(range(32)))
NOTE = sign(CHECKPOINT, KEY)


def test_a_note_reads_as_the_format_says() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [
        "sundial/0123456789abcdef/audit/5",
        "20852163",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "",
    ]
    assert lines[4].startswith("— sundial/0123456789abcdef/audit/5 ")
    assert lines[5:] == [""]


def test_a_signed_checkpoint_comes_back() -> None:
    assert open_note(NOTE, [OTHER.public_key().public_bytes_raw(), PUBLIC]) == CHECKPOINT


def test_any_changed_character_spoils_a_note() -> None:
    for at, mark in enumerate(NOTE):
        for other in {"A", "1", " ", "\n", chr(ord(mark) ^ 1)} - {mark}:
            with pytest.raises(NoteError):
                open_note(NOTE[:at] + other + NOTE[at + 1 :], [PUBLIC])


def test_a_cut_or_lengthened_note_is_spoilt() -> None:
    for length in range(len(NOTE)):
        with pytest.raises(NoteError):
            open_note(NOTE[:length], [PUBLIC])
    with pytest.raises(NoteError):
        open_note(NOTE + "x", [PUBLIC])


def test_a_note_of_a_stranger_is_refused() -> None:
    with pytest.raises(NoteError, match="not signed by a key that is known"):
        open_note(NOTE, [OTHER.public_key().public_bytes_raw()])


def test_a_witness_may_sign_beside_the_log() -> None:
    theirs = sign(Checkpoint("witness.example/w1", 1, bytes(32)), OTHER).rpartition("\n\n")[2]
    assert open_note(NOTE + theirs, [PUBLIC]) == CHECKPOINT


def test_a_witness_alone_does_not_do() -> None:
    text = NOTE.rpartition("\n\n")[0]
    theirs = sign(Checkpoint("witness.example/w1", 1, bytes(32)), OTHER).rpartition("\n\n")[2]
    with pytest.raises(NoteError):
        open_note(text + "\n\n" + theirs, [PUBLIC])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "a\n1\n",
        "a\n01\nAAAA\n\n— a AAAA\n",
        "a\n²\nAAAA\n\n— a AAAA\n",
        "a\n1\n\x00\n\n— a AAAA\n",
        "x" * 20_000,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        open_note(text, [PUBLIC])


def test_a_verifier_line_carries_the_key() -> None:
    line = verifier(CHECKPOINT.origin, PUBLIC)
    assert line.startswith("sundial/0123456789abcdef/audit/5+")
    assert public_of(line) == PUBLIC


@pytest.mark.parametrize("at", [0, 35, 40, 60, -2])
def test_a_changed_verifier_line_is_refused(at: int) -> None:
    line = verifier(CHECKPOINT.origin, PUBLIC)
    changed = line[:at] + ("B" if line[at] != "B" else "C") + (line[at + 1 :] if at != -1 else "")
    with pytest.raises(NoteError):
        public_of(changed)
