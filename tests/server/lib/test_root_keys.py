"""Root keys: in files or in the environment, replaced while they are in use, and never shown."""

import base64
import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from sundial.server.lib import clock, root_keys
from sundial.server.lib.root_keys import RootKeyMissing
from sundial.server.lib.seal import SealBroken

KEY, ONE, TWO = bytes(range(32)), b"\x01" * 32, b"\x02" * 32


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A keys directory of this test's own."""
    settings.KEYS_DIR, settings.ROOT_KEYS = tmp_path / "keys", None
    return tmp_path / "keys" / "vault"


def held(**keys: bytes) -> str:
    return ",".join(f"{name[1:]}:{base64.b64encode(key).decode()}" for name, key in keys.items())


def test_what_is_wrapped_names_its_root_and_opens_after_a_rotation(folder: Path) -> None:
    wrapped = root_keys.wrap("vault", KEY, b"here")
    assert (root_keys.root_of(wrapped), KEY in wrapped) == (1, False)
    keeper = root_keys.roots("vault")
    assert keeper.rotate() == 2
    assert root_keys.root_of(root_keys.wrap("vault", KEY, b"here")) == 2
    assert root_keys.unwrap("vault", wrapped, b"here") == KEY
    with pytest.raises(SealBroken):
        root_keys.unwrap("vault", wrapped, b"there")
    with pytest.raises(SealBroken):
        root_keys.unwrap("vault", b"\x00\x02" + wrapped[2:], b"here")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_only_a_former_root_can_be_retired_and_then_it_is_gone(folder: Path) -> None:
    wrapped = root_keys.wrap("vault", KEY, b"here")
    keeper = root_keys.roots("vault")
    with pytest.raises(RootKeyMissing):
        keeper.retire(1)
    keeper.rotate()
    assert keeper.former()[1] <= clock.now()
    keeper.retire(1)
    assert [path.name for path in folder.iterdir()] == ["root-0002.key"]
    with pytest.raises(SealBroken, match=r"root-0001\.key"):
        root_keys.unwrap("vault", wrapped, b"here")


def test_the_environment_takes_over_from_files_and_both_open(settings: Settings, folder: Path) -> None:
    before = root_keys.wrap("vault", KEY, b"here")
    settings.ROOT_KEYS = held(_2=ONE, _3=TWO)
    keeper = root_keys.roots("vault")
    assert keeper.current() == 3
    assert list(keeper.former()) == [1, 2]
    assert root_keys.unwrap("vault", before, b"here") == KEY
    wrapped = root_keys.wrap("vault", KEY, b"here")
    assert root_keys.root_of(wrapped) == 3
    assert root_keys.unwrap("vault", wrapped, b"here") == KEY
    with pytest.raises(SealBroken):
        root_keys.unwrap("pictures", wrapped, b"here")  # each purpose has a key of its own
    for refused in (keeper.rotate, lambda: keeper.retire(2)):
        with pytest.raises(RootKeyMissing, match="SUNDIAL_ROOT_KEYS"):
            refused()
    keeper.retire(1)
    assert list(folder.iterdir()) == []
    settings.ROOT_KEYS = held(_3=ONE)
    with pytest.raises(SealBroken):
        root_keys.unwrap("vault", wrapped, b"here")


def test_a_number_in_a_file_and_in_the_environment_is_refused(settings: Settings) -> None:
    root_keys.wrap("vault", KEY, b"here")
    settings.ROOT_KEYS = held(_1=ONE)
    with pytest.raises(RootKeyMissing, match="root key 1 of vault"):
        root_keys.wrap("vault", KEY, b"here")


@pytest.mark.parametrize("text", ["2", "2:", "2:short", "x:" + "A" * 44, "0:" + held(_1=ONE)[2:], held(_70000=ONE)])
def test_what_is_no_root_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(RootKeyMissing) as refusal:
        root_keys.parsed(f"{held(_9=TWO)},{text}")
    assert "part 2" in str(refusal.value)
    assert text[2:] not in str(refusal.value) or len(text) < 3
    with pytest.raises(RootKeyMissing):
        root_keys.parsed(f"{held(_9=TWO)},{held(_9=ONE)}")
    assert root_keys.parsed("") == root_keys.parsed(None) == {}
