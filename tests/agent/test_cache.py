"""Two files, each whole or not at all."""

import stat
from pathlib import Path

import pytest

from sundial.agent.cache import Cache, Unreadable
from sundial.agent.config import Identity
from sundial.agent.core.saved import Saved
from sundial.protocol.messages import PublicKey

IDENTITY = Identity("http://server", 7, "sdd_token", 5, "Gnomon Ltd", [PublicKey("k", "p")])


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a" / "profile")
    assert cache.identity() is None
    assert cache.state() is None
    cache.keep_identity(IDENTITY)
    cache.keep_state(Saved(acknowledged=["screenshots"]))
    again = Cache(tmp_path / "a" / "profile", durable=False)
    assert again.identity() == IDENTITY
    assert again.state() == Saved(acknowledged=["screenshots"])


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep_identity(IDENTITY)
    cache.keep_state(Saved())
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_a_torn_write_leaves_the_old_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep_state(Saved(acknowledged=["idle"]))
    (tmp_path / "state.new").write_bytes(b'{"acknow')
    assert cache.state() == Saved(acknowledged=["idle"])
    cache.keep_state(Saved(acknowledged=["websites"]))
    assert cache.state() == Saved(acknowledged=["websites"])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"acknowledged": ["thoughts"]}', b"\xff\xfe"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.json").write_bytes(content)
    with pytest.raises(Unreadable, match=r"state\.json"):
        Cache(tmp_path).state()


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "identity.json").mkdir()
    with pytest.raises(Unreadable, match=r"identity\.json"):
        Cache(tmp_path).identity()


def test_an_identity_can_be_forgotten_twice(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep_identity(IDENTITY)
    cache.forget_identity()
    cache.forget_identity()
    assert cache.identity() is None
