"""The tree, against the vectors of RFC 6962's own reference implementation and against its definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.lib.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of, subtree_root

# The leaves and roots of certificate-transparency's merkle_tree_test
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

hashes = st.binary(min_size=32, max_size=32)


def by_definition(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


@given(st.lists(hashes, max_size=70))
def test_a_frontier_always_has_the_defined_root(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for at, leaf in enumerate(leaves):
        assert frontier.root() == by_definition(leaves[:at])
        frontier.append(leaf)
    assert frontier.root() == by_definition(leaves)


@given(st.lists(hashes, max_size=70))
def test_a_frontier_survives_being_stored(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
    assert frontier.root() == by_definition(leaves)


@given(st.lists(hashes, min_size=16, max_size=16), st.lists(hashes, max_size=9))
def test_whole_subtrees_may_be_added_at_once(first: list[bytes], rest: list[bytes]) -> None:
    frontier = Frontier()
    frontier.append(subtree_root(first[:8]), 3)
    frontier.append(subtree_root(first[8:]), 3)
    for leaf in rest:
        frontier.append(leaf)
    assert frontier.root() == by_definition(first + rest)


def test_a_subtree_begins_only_at_its_own_boundaries() -> None:
    frontier = Frontier()
    frontier.append(LEAVES[3].ljust(32))
    with pytest.raises(ValueError, match="cannot begin"):
        frontier.append(LEAVES[3].ljust(32), 1)


@pytest.mark.parametrize(("size", "data"), [(3, bytes(32)), (1, bytes(33)), (0, bytes(32)), (1, b"")])
def test_bytes_that_cannot_be_a_frontier_are_refused(size: int, data: bytes) -> None:
    with pytest.raises(ValueError):
        Frontier.from_bytes(size, data)


def test_a_copy_grows_apart() -> None:
    one = Frontier()
    one.append(bytes(32))
    other = one.copy()
    other.append(bytes(32))
    assert (one.size, other.size) == (1, 2)
    assert one.root() == bytes(32)
