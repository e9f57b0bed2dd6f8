"""Where a device's token lies."""

import threading
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoBackend

from sundial.agent.keeping.tokens import NoKeyring, Tokens


class Ring(KeyringBackend):
    """A keyring in memory, that can be locked, broken or forgetful."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.opens = threading.Event()
        self.opens.set()
        self.broken = self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        self.opens.wait()
        if self.broken:
            raise RuntimeError("the bus is gone")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.opens.wait()
        if not self.forgetful:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


async def test_a_token_is_kept_read_and_forgotten(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path, Ring())
    assert await tokens.read() is None
    await tokens.keep("sdd_secret")
    assert await tokens.read() == "sdd_secret"
    await tokens.forget()
    assert await tokens.read() is None
    await tokens.forget()


async def test_two_profiles_of_one_desktop_do_not_share_a_token(tmp_path: Path) -> None:
    ring = Ring()
    await Tokens(tmp_path / "one", ring).keep("first")
    assert await Tokens(tmp_path / "two", ring).read() is None
    assert await Tokens(tmp_path / "one", ring).read() == "first"
    assert not any(str(tmp_path) in name for key in ring.kept for name in key)


async def test_a_keyring_that_waits_for_a_password_is_left_after_a_while(tmp_path: Path) -> None:
    ring = Ring()
    ring.opens.clear()
    try:
        with pytest.raises(NoKeyring, match="did not answer within"):
            await Tokens(tmp_path, ring, within_s=0.05).read()
    finally:
        ring.opens.set()


async def test_a_broken_keyring_says_why(tmp_path: Path) -> None:
    ring = Ring()
    ring.broken = True
    with pytest.raises(NoKeyring, match="the bus is gone"):
        await Tokens(tmp_path, ring).read()


async def test_a_keyring_that_forgets_is_none(tmp_path: Path) -> None:
    ring = Ring()
    ring.forgetful = True
    with pytest.raises(NoKeyring, match="did not keep"):
        await Tokens(tmp_path, ring).keep("sdd_secret")


async def test_a_desktop_without_a_keyring_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(NoKeyring, match="has none"):
        await Tokens(tmp_path, NoBackend()).keep("sdd_secret")
