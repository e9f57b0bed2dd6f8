"""Signing keys in files: made once, rotated, retired, and refused when they are not what they should be."""

import stat
import threading
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sundial.server.lib import keys


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = keys.load_or_make("policy", tmp_path)
    assert keys.load_or_make("policy", tmp_path).key_id == first.key_id
    assert keys.load_or_make("checkpoint", tmp_path).key_id != first.key_id


def test_only_its_owner_may_read_a_key(tmp_path: Path) -> None:
    keys.load_or_make("policy", tmp_path)
    assert stat.S_IMODE((tmp_path / "policy" / "0001.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "policy").stat().st_mode) == 0o700


def test_many_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    start, seen = threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        seen.append(keys.load_or_make("policy", tmp_path).key_id)

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert sorted(path.name for path in (tmp_path / "policy").iterdir()) == ["0001.pem", "0001.pub"]


def test_rotating_keeps_the_former_key_until_it_is_retired(tmp_path: Path) -> None:
    first = keys.load_or_make("policy", tmp_path)
    second = keys.rotate("policy", tmp_path)
    assert keys.load_or_make("policy", tmp_path).key_id == second.key_id != first.key_id
    assert [key.key_id for key in keys.former("policy", tmp_path)] == [first.key_id]
    keys.retire("policy", first.key_id, tmp_path)
    assert keys.former("policy", tmp_path) == ()
    assert not (tmp_path / "policy" / "0001.pem").exists()


def test_public_halves_outlive_their_keys(tmp_path: Path) -> None:
    first = keys.load_or_make("checkpoint", tmp_path)
    signature = first.private.sign(b"said long ago")
    second = keys.rotate("checkpoint", tmp_path)
    keys.retire("checkpoint", first.key_id, tmp_path)
    known = keys.publics("checkpoint", tmp_path)
    assert [(key.number, key.key_id, key.current) for key in known] == [
        (1, first.key_id, False),
        (2, second.key_id, True),
    ]
    Ed25519PublicKey.from_public_bytes(known[0].public).verify(signature, b"said long ago")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(known[1].public).verify(signature, b"said long ago")


def test_listing_makes_no_key(tmp_path: Path) -> None:
    assert keys.publics("policy", tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_the_public_key_is_that_of_the_signing_key(tmp_path: Path) -> None:
    signature = keys.load_or_make("policy", tmp_path).private.sign(b"x")
    Ed25519PublicKey.from_public_bytes(keys.public("policy", tmp_path)).verify(signature, b"x")


def test_the_current_key_cannot_be_retired(tmp_path: Path) -> None:
    current = keys.load_or_make("policy", tmp_path)
    with pytest.raises(keys.KeyFileError, match="no former key"):
        keys.retire("policy", current.key_id, tmp_path)


@pytest.mark.parametrize("purpose", ["", "../policy", "Policy", "a/b", "."])
def test_a_purpose_is_a_plain_word(purpose: str, tmp_path: Path) -> None:
    with pytest.raises(keys.KeyFileError, match="purpose"):
        keys.load_or_make(purpose, tmp_path)


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    keys.load_or_make("policy", tmp_path)
    (tmp_path / "policy" / "0002.pem").write_text("nonsense")
    with pytest.raises(keys.KeyFileError, match=r"0002\.pem"):
        keys.load_or_make("policy", tmp_path)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "policy" / "0001.pem").write_bytes(pem)
    with pytest.raises(keys.KeyFileError, match="no Ed25519 key"):
        keys.load_or_make("policy", tmp_path)


def test_a_spoilt_public_half_is_named(tmp_path: Path) -> None:
    first = keys.load_or_make("policy", tmp_path)
    keys.rotate("policy", tmp_path)
    keys.retire("policy", first.key_id, tmp_path)
    (tmp_path / "policy" / "0001.pub").write_text("nonsense")
    with pytest.raises(keys.KeyFileError, match=r"0001\.pub"):
        keys.publics("policy", tmp_path)
