"""Evidence in files: whole or not there, readable by the rules of tlog-tiles, never believed when damaged."""

import random
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from sundial.server.audit.storage import EvidenceError, Outside
from sundial.server.lib.merkle import Frontier, root_of

DAY = date(2026, 11, 21)


def leaf(number: int) -> bytes:
    return sha256(b"%d" % number).digest()


def files(path: Path) -> list[str]:
    return sorted(str(one.relative_to(path)) for one in path.rglob("*") if one.is_file())


def test_tiles_are_laid_out_as_the_standard_says(tmp_path: Path) -> None:
    folder = Outside(tmp_path).log(5)
    folder.extend(0, map(leaf, range(70_000)))
    found = files(tmp_path / "5" / "tile")
    assert len(found) == 273 + 1 + 1 + 1 + 1
    assert {"0/000", "0/272", "0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"} <= set(found)
    assert (tmp_path / "5/tile/0/273.p/112").stat().st_size == 112 * 32


def test_big_numbers_are_split_into_groups_of_three(tmp_path: Path) -> None:
    folder = Outside(tmp_path).log(5)
    assert folder._tile(0, 1234067, 256) == tmp_path / "5/tile/0/x001/x234/067"
    assert folder._tile(0, 1234, 17) == tmp_path / "5/tile/0/x001/234.p/17"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])
def test_what_is_kept_gives_leaves_and_edge_again(tmp_path: Path, size: int) -> None:
    folder = Outside(tmp_path).log(5)
    folder.extend(0, map(leaf, range(size)))
    assert [one for tile in folder.leaves(size) for one in tile] == [leaf(number) for number in range(size)]
    edge = Frontier()
    for number in range(size):
        edge.append(leaf(number))
    assert folder.frontier(size).to_bytes() == edge.to_bytes()


def test_growing_step_by_step_keeps_only_what_is_needed(tmp_path: Path) -> None:
    folder, dice, size = Outside(tmp_path).log(5), random.Random(1), 0
    while size < 3_000:
        more = size + dice.choice((1, 3, 60, 256, 300))
        folder.extend(size, map(leaf, range(size, more)))
        folder.keep(f"note {more}", "keys", DAY)
        folder.tidy(size, more)
        size = more
        assert folder.frontier(size).root() == root_of(map(leaf, range(size)))
    whole, rest = divmod(size, 256)
    tiles = files(tmp_path / "5" / "tile" / "0")
    assert len(tiles) == whole + bool(rest)
    assert [name for name in tiles if ".p/" in name] == ([f"{whole:03d}.p/{rest}"] if rest else [])


def test_an_earlier_size_can_still_be_read(tmp_path: Path) -> None:
    folder = Outside(tmp_path).log(5)
    folder.extend(0, map(leaf, range(100)))
    folder.extend(100, map(leaf, range(100, 900)))
    folder.tidy(100, 900)
    for size in (0, 1, 99, 100, 256, 300, 899, 900):
        assert sum(map(len, folder.leaves(size))) == size
    assert folder.frontier(100).root() == root_of(map(leaf, range(100)))


def test_an_interrupted_writing_is_simply_repeated(tmp_path: Path) -> None:
    folder = Outside(tmp_path).log(5)
    folder.extend(0, map(leaf, range(300)))
    folder.extend(300, map(leaf, range(300, 700)))  # its note was never written
    folder.extend(300, map(leaf, range(300, 800)))
    assert folder.frontier(800).root() == root_of(map(leaf, range(800)))


def test_the_last_note_and_one_of_each_day_are_kept(tmp_path: Path) -> None:
    outside = Outside(tmp_path)
    folder = outside.log(5)
    assert (folder.note(), folder.earlier()) == (None, [])
    folder.keep("one", "keys", DAY)
    folder.keep("two", "keys", DAY)
    folder.keep("three", "more keys", date(2026, 11, 22))
    assert (folder.note(), folder.earlier()) == ("three", ["two", "three"])
    assert (tmp_path / "5" / "verifier").read_text() == "more keys"
    assert outside.logs() == [5]


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    folder = Outside(tmp_path).log(5)
    folder.extend(0, map(leaf, range(300)))
    folder.keep("note", "keys", DAY)
    assert not [name for name in files(tmp_path) if "/." in name]


@pytest.mark.parametrize("damage", [b"", b"x", bytes(31), bytes(32 * 10 + 1), bytes(32 * 9)])
def test_a_damaged_tile_is_named(tmp_path: Path, damage: bytes) -> None:
    folder = Outside(tmp_path).log(5)
    folder.extend(0, map(leaf, range(10)))
    (tmp_path / "5/tile/0/000.p/10").write_bytes(damage)
    with pytest.raises(EvidenceError, match=r"000\.p/10"):
        folder.frontier(10)
    with pytest.raises(EvidenceError):
        list(folder.leaves(10))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "5").write_text("a file where a folder should be")
    folder = Outside(tmp_path).log(5)
    with pytest.raises(EvidenceError, match="cannot be written"):
        folder.extend(0, [leaf(0)])
    with pytest.raises(EvidenceError, match="verifier"):
        folder.keep("note", "keys", DAY)


def test_a_note_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "5").mkdir()
    (tmp_path / "5" / "checkpoint").write_bytes(b"\xff")
    with pytest.raises(EvidenceError, match="checkpoint"):
        Outside(tmp_path).log(5).note()


def test_a_missing_directory_has_no_logs(tmp_path: Path) -> None:
    assert Outside(tmp_path / "nowhere").logs() == []
