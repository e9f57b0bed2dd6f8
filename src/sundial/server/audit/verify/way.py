"""The way from a log's first entry to its last: first through its archives, with the evidence beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from sundial.server.audit import queries, rules
from sundial.server.audit.storage import Shelf
from sundial.server.audit.types import Action, Archive, Subject
from sundial.server.audit.verify import archives
from sundial.server.audit.verify.archives import DamagedArchiveError
from sundial.server.audit.verify.entries import BadEntryError, Checking
from sundial.server.audit.verify.evidence import Evidence
from sundial.server.lib.merkle import Frontier


class RewrittenError(Exception):
    """A checkpoint's root does not come out, and no leaf hashes are at hand to say which entry it is."""

    def __init__(self, good: int, bad: int) -> None:
        super().__init__(f"one of the entries {good + 1} to {bad} is not the one that was checkpointed")


class Way:
    """How far one has come: the leaf hashes still known, and the tree once these are used up."""

    def __init__(self, evidence: Evidence) -> None:
        self.base = 0
        self.known = evidence.leaves()
        self.edge = evidence.edge.copy()
        self._roots = evidence.roots
        self._good = evidence.known

    def grow(self, hashed: bytes) -> None:
        """One more entry after those of which the leaf hash is known."""
        self.edge.append(hashed)
        root = self._roots.get(self.edge.size)
        if root is None:
            return
        if self.edge.root() != root:
            raise RewrittenError(self._good, self.edge.size)
        self._good = self.edge.size

    def leap(self, edge: Frontier, *, size_known: int) -> None:
        """Go on after entries that are not here, on the word of the tree's edge behind them."""
        for _passed in islice(self.known, edge.size - self.base):
            pass
        if edge.size > size_known:
            self.edge = edge.copy()
            if edge.size in self._roots and edge.root() != self._roots[edge.size]:
                raise RewrittenError(self._good, edge.size)
        self.base = edge.size


class ArchiveWalk:
    """The part of the way that leads through archives; those that are not here are passed by."""

    def __init__(self, log: int, evidence: Evidence, shelf: Shelf, publics: Sequence[bytes]) -> None:
        self.log, self._evidence, self._shelf, self._publics = log, evidence, shelf, publics
        self.checking = Checking(log, {})
        self.read: list[Archive] = []
        self.absent: list[Archive] = []
        self._explained: dict[Subject, int] = {}
        self._said: dict[int, dict[str, object]] = {}
        self._damage: DamagedArchiveError | None = None

    def go(self) -> Way:
        """Through all archives whose entries left the table; where the way goes on from there."""
        way, edge = Way(self._evidence), Frontier()
        for archive in queries.archives(self.log):
            if not archive.removed:
                break
            if archive.first != edge.size + 1:
                raise BadEntryError(edge.size + 1, "the entry is neither in the table nor in an archive")
            edge = self._take(archive, way, edge)
        return way

    def _take(self, archive: Archive, way: Way, edge: Frontier) -> Frontier:
        try:
            end = Frontier.from_bytes(archive.last, archive.frontier)
        except ValueError as error:
            raise BadEntryError(archive.first, "what is kept of its archive is no edge of a tree") from error
        if not self._shelf.has(self.log, archive.number):
            self._pass_by(archive, way, end)
            return end
        self._read(archive, way, edge)
        if edge.to_bytes() != archive.frontier:
            raise BadEntryError(archive.first, "what is kept of its archive is not the edge of these entries")
        return edge

    def _read(self, archive: Archive, way: Way, edge: Frontier) -> None:
        self.read.append(archive)
        found = self._heard(archives.rows(archive, self._shelf, self._publics))
        for hashed in self.checking.leaves(found, after=archive.first - 1):
            edge.append(hashed)
            expected = next(way.known, None)
            if expected is None:
                way.grow(hashed)
            elif expected != hashed:
                raise BadEntryError(self.checking.checked, "it is not the entry that was checkpointed")
        way.base = archive.last

    def _heard(self, rows: Iterator[list[bytes]]) -> Iterator[list[bytes]]:
        # What is wrong besides entries waits: an entry that is wrong, too, says more.
        with self._remembering():
            for row in rows:
                yield row
                self._hear(row)

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except DamagedArchiveError as error:
            self._damage = self._damage or error

    def _hear(self, row: list[bytes]) -> None:
        if row[2] == Action.PERSONAL_DATA_ERASED.encode():
            self._explained |= dict.fromkeys(rules.erased_by(row[8].decode()), int(row[0]))
        elif row[2] == Action.AUDIT_ARCHIVED.encode():
            self._said[int(row[0])] = json.loads(row[8])

    def _pass_by(self, archive: Archive, way: Way, end: Frontier) -> None:
        self.absent.append(archive)
        evidence = self._evidence
        kept = evidence.folder.frontier(archive.last) if evidence.folder and evidence.known >= archive.last else end
        if kept.to_bytes() != archive.frontier:
            raise BadEntryError(archive.first, "what stands for its archive is not what was checkpointed")
        way.leap(end, size_known=self._evidence.known)

    def finish(self, explained: Mapping[Subject, int]) -> None:
        """Every archive must be told of in the log, and every person whose key is gone."""
        try:
            self.checking.finish({**self._explained, **explained})
        except BadEntryError:
            if not self.absent:  # else the entry that explains it may lie in what is not here
                raise
        if self._damage:
            raise self._damage
        said = self._said | queries.said_archived(self.log)
        for archive in (*self.read, *self.absent):
            told_elsewhere = any(one.first <= archive.recorded <= one.last for one in self.absent)
            if not told_elsewhere and said.get(archive.recorded) != archive.as_recorded():
                raise BadEntryError(archive.first, "no entry of the log says that it was archived like this")

    @property
    def entries(self) -> int:
        """How many entries were read from archives."""
        return sum(one.entries for one in self.read)

    def notes(self) -> list[str]:
        """What was not read, said plainly."""
        return [
            f"the entries {one.first} to {one.last} are in archive {one.number}, which is not here: "
            f"they were taken on its hash alone"
            for one in self.absent
        ]
