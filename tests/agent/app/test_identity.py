"""Who this device is, and where its token lies."""

from pathlib import Path

import pytest

from sundial.agent.app.identity import Identities
from sundial.agent.cache import Cache
from sundial.agent.config import Identity
from sundial.agent.keeping.tokens import IN_A_FILE, Tokens
from tests.agent.keeping.test_tokens import Ring

IDENTITY = Identity("http://127.0.0.1:1", 7, "sdd_secret", 3, "Ada & Sons", [])


def identities(folder: Path, ring: Ring) -> tuple[Identities, list[str]]:
    said: list[str] = []
    return Identities(Cache(folder), Tokens(folder, ring, within_s=2.0), said.append), said


def everything_in(folder: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in folder.iterdir())


async def test_with_a_keyring_no_token_lies_in_a_file(tmp_path: Path) -> None:
    who, _ = identities(tmp_path, Ring())
    await who.keep(IDENTITY)
    assert await who.load() == IDENTITY
    assert who.note == ""
    assert "sdd_secret" not in everything_in(tmp_path)


async def test_without_one_it_lies_in_a_private_file_and_the_person_is_told(tmp_path: Path) -> None:
    ring = Ring()
    ring.broken = True
    who, said = identities(tmp_path, ring)
    await who.keep(IDENTITY)
    assert who.note == IN_A_FILE
    assert "keyring was not used" in said[0]
    again, _ = identities(tmp_path, ring)
    assert await again.load() == IDENTITY
    assert again.note == IN_A_FILE
    assert (tmp_path / "identity.json").stat().st_mode & 0o777 == 0o600


async def test_a_keyring_that_was_lost_asks_to_enrol_again(tmp_path: Path) -> None:
    who, _ = identities(tmp_path, Ring())
    await who.keep(IDENTITY)
    other, _ = identities(tmp_path, Ring())
    assert await other.load() is None
    assert "enrol it again" in other.note


async def test_a_keyring_that_does_not_answer_is_named(tmp_path: Path) -> None:
    ring = Ring()
    who, said = identities(tmp_path, ring)
    await who.keep(IDENTITY)
    ring.broken = True
    assert await who.load() is None
    assert "Unlock it" in who.note
    assert "the bus is gone" in said[-1]


async def test_after_a_revocation_nothing_of_the_token_is_left(tmp_path: Path) -> None:
    ring = Ring()
    who, _ = identities(tmp_path, ring)
    await who.keep(IDENTITY)
    await who.forget()
    assert (await who.load(), ring.kept) == (None, {})


@pytest.mark.parametrize("junk", [b"", b"{", b"\xff\xff", b'{"server": 7}'])
async def test_an_identity_that_cannot_be_read_is_said_and_survived(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "identity.json").write_bytes(junk)
    who, said = identities(tmp_path, Ring())
    assert await who.load() is None
    assert "could not be read" in who.note
    assert said
