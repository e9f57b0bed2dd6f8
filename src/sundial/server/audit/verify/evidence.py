"""What the outside says about one log: signed checkpoints, and leaf hashes that fit the last of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sundial.server.audit import rules
from sundial.server.audit.storage import TILE, EvidenceError, Folder
from sundial.server.lib.merkle import Frontier, subtree_root
from sundial.server.lib.signed_note import Checkpoint, NoteError, open_note


class ContradictionError(Exception):
    """Two checkpoints signed by the same installation cannot both be true."""

    def __init__(self, good: int, bad: int) -> None:
        super().__init__(f"two signed checkpoints contradict each other between the entries {good} and {bad}")


@dataclass
class Evidence:
    """Roots that must come out at certain sizes, and the leaf hashes known of the first `known` entries."""

    roots: dict[int, bytes] = field(default_factory=dict)
    known: int = 0
    edge: Frontier = field(default_factory=Frontier)
    folder: Folder | None = None
    damage: str = ""

    @property
    def attested(self) -> int:
        """How many entries a checkpoint covers."""
        return max(self.roots, default=0)

    def leaves(self) -> Iterator[bytes]:
        """The leaf hashes of the known entries."""
        if self.folder is None or not self.known:
            return iter(())
        return chain.from_iterable(self.folder.leaves(self.known))


def opened(note: str, log: int, publics: Sequence[bytes]) -> Checkpoint:
    """The checkpoint in a note; NoteError if it is not this log's or not signed by a known key."""
    checkpoint = open_note(note, publics)
    if rules.log_of(checkpoint.origin) != log:
        raise NoteError(f"a checkpoint of {checkpoint.origin} stands where one of log {log} should")
    return checkpoint


def of_notes(checkpoints: Iterable[Checkpoint]) -> Evidence:
    """What signed roots alone say."""
    evidence = Evidence()
    for checkpoint in checkpoints:
        if evidence.roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            raise ContradictionError(checkpoint.size, checkpoint.size)
    return evidence


def gather(folder: Folder, checkpoints: Iterable[Checkpoint], last: Checkpoint | None) -> Evidence:
    """Put the evidence together; leaf hashes are believed only if they give the root of the folder's last note.

    ContradictionError where one of the checkpoints does not lie on the way to that root.
    """
    evidence = of_notes(checkpoints)
    if last is None or last.size == 0:
        return evidence
    try:
        edge, wrong = _walk(folder, last.size, evidence.roots)
    except EvidenceError as error:
        evidence.damage = str(error)
        return evidence
    if edge.root() != last.root:
        evidence.damage = f"the leaf hashes in {folder.path} do not give the root of their checkpoint"
        return evidence
    if wrong:
        raise ContradictionError(wrong[0], last.size)
    evidence.known, evidence.edge, evidence.folder = last.size, edge, folder
    return evidence


def _walk(folder: Folder, size: int, roots: dict[int, bytes]) -> tuple[Frontier, list[int]]:
    """The tree over the kept leaf hashes, and the sizes at which it has not the root it should."""
    edge, wrong = Frontier(), []
    waiting = sorted((at for at in roots if at <= size), reverse=True)
    for tile in folder.leaves(size):
        while waiting and waiting[-1] <= edge.size + len(tile):
            at = waiting.pop()
            if _root_at(edge, tile, at) != roots[at]:
                wrong.append(at)
        if len(tile) == TILE:
            edge.append(subtree_root(tile), 8)
        else:
            for leaf in tile:
                edge.append(leaf)
    return edge, wrong


def _root_at(edge: Frontier, tile: list[bytes], size: int) -> bytes:
    part = edge.copy()
    for leaf in tile[: size - edge.size]:
        part.append(leaf)
    return part.root()
