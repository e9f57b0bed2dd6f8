"""What is sealed opens where it belongs and nowhere else; the root key lies in a file of its own."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from sundial.server.lib import sealing
from sundial.server.lib.sealing import SealBroken


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path) -> Path:
    """A keys directory of this test's own."""
    settings.KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"


def test_a_key_opens_under_the_name_it_was_wrapped_for_alone(keys: Path) -> None:
    wrapped = sealing.new_wrapped_key("pictures", b"person 1")
    key = sealing.unwrap("pictures", wrapped, b"person 1")
    assert len(key) == 32
    assert key not in wrapped
    with pytest.raises(SealBroken):
        sealing.unwrap("pictures", wrapped, b"person 2")
    assert sealing.new_wrapped_key("pictures", b"person 1") != wrapped


def test_every_changed_byte_every_cut_and_every_other_place_is_noticed() -> None:
    key, sealed = bytes(32), sealing.seal(bytes(32), b"something", b"here")
    assert sealing.unseal(key, sealed, b"here") == b"something"
    for at in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealing.unseal(key, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], b"here")
        with pytest.raises(SealBroken):
            sealing.unseal(key, sealed[:at], b"here")
    with pytest.raises(SealBroken):
        sealing.unseal(key, sealed, b"there")


def test_the_root_key_is_made_once_also_by_many_at_once_and_is_the_account_s_alone(keys: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        wrapped = list(threads.map(lambda _n: sealing.new_wrapped_key("pictures", b"a"), range(16)))
    assert all(sealing.unwrap("pictures", one, b"a") for one in wrapped)
    (path,) = (keys / "pictures").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_its_root_key_nothing_opens(keys: Path) -> None:
    wrapped = sealing.new_wrapped_key("pictures", b"a")
    path = keys / "pictures" / "root-0001.key"
    kept = path.read_bytes()
    for wrong in (kept[:-1], bytes(32)):
        path.write_bytes(wrong)
        with pytest.raises(SealBroken):
            sealing.unwrap("pictures", wrapped, b"a")
    path.unlink()
    with pytest.raises(SealBroken):
        sealing.unwrap("pictures", wrapped, b"a")
