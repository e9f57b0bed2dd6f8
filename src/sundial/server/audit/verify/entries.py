"""Checking entries one after another: the place where a million of them must take seconds."""

import json
from binascii import a2b_hex, b2a_hex
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from sundial.server.audit import rules
from sundial.server.audit.rules import LEAF, bundle
from sundial.server.audit.types import Subject

# `rules.commitment` for two and for three values, written out
BY = b"%b%d:%b,%d:%b,"
ABOUT = b"%b%d:%b,%d:%b,%d:%b,"


class BadEntryError(Exception):
    """The first entry that is not as it must be."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"seq {seq}: {reason}")
        self.seq = seq
        self.reason = reason


class Checking:
    """The rules of one log, and what was found while they were applied.

    `explained` tells whose personal values were erased and in which entry that stands. In an export, some
    are `withheld` from the reader.
    """

    def __init__(self, log: int, explained: Mapping[Subject, int], *, exported: bool = False) -> None:
        self.log = log
        self._exported = exported
        self.checked = 0
        self.erased = 0
        self._explained = explained
        self._gone: dict[Subject | None, tuple[int, int]] = {}  # without explanation: the first and last entry
        self._known_words: set[tuple[bytes, ...]] = set()

    def leaves(self, rows: Iterable[list[bytes]], *, after: int = 0) -> Iterator[bytes]:
        """The leaf hash of each row, computed from its parts; BadEntryError at the first that does not hold.

        A row holds if its number is the next one, its stored hash is that of its parts, and its personal
        values are those committed to. Values that are gone are remembered for `finish`.
        """
        seq, log, known = after, b"%d" % self.log, self._known_words
        for row in rows:
            (
                told, at, action, actor_kind, actor, role, target_kind, target, details, about, by, stored,
                by_salt, label, ip, about_salt, description, name, more,
            ) = row  # fmt: skip
            seq += 1
            if told != b"%d" % seq:
                raise _misplaced(seq, int(told))
            if (words := (action, actor_kind, role, target_kind)) not in known:
                _check_words(seq, words)
                known.add(words)
            if b'"log":' in details:
                _check_details(seq, details)
            leaf = (action, actor, actor_kind, role, at, details, log, about, by, told, target, target_kind)
            hashed = sha256(b"\x00" + LEAF % leaf).digest()
            who = sha256(BY % (a2b_hex(by_salt), len(label), label, len(ip), ip)).digest()
            what = (a2b_hex(about_salt), len(description), description, len(name), name, len(more), more)
            if b2a_hex(hashed + who + sha256(ABOUT % what).digest()) != stored + by + about:
                self._look_closer(seq, row, hashed, who)
            self.checked = seq
            yield hashed

    def _look_closer(self, seq: int, row: list[bytes], hashed: bytes, who: bytes) -> None:
        """Find what does not fit; nothing, if it is only that personal values are gone."""
        by_salt, label, ip, about_salt, *about = row[12:]
        if b2a_hex(hashed) != row[11]:
            raise BadEntryError(seq, "its hash is not that of what it says")
        if self._exported and bundle.withheld(self.log, row) and not any(row[12:]):
            return
        if by_salt and b2a_hex(who) != row[10]:
            raise BadEntryError(seq, "who acted, or from where, is not what was committed to")
        if not by_salt:
            self._check_erased(seq, label + ip, row[3], row[4])
        if not about_salt:
            self._check_erased(seq, b"".join(about), row[6], row[7])
        elif rules.commitment(a2b_hex(about_salt), *(one.decode() for one in about)).hex().encode() != row[9]:
            raise BadEntryError(seq, "its description or personal details are not what was committed to")
        self.erased += 1

    def _check_erased(self, seq: int, left: bytes, kind: bytes, number: bytes) -> None:
        if left:
            raise BadEntryError(seq, "personal values stand there without their salt")
        whose = None if number == b"null" else Subject(kind.decode(), int(number))
        if whose is None or self._explained.get(whose, 0) <= seq:
            first, _ = self._gone.get(whose, (seq, seq))
            self._gone[whose] = (first, seq)

    def finish(self, explained: Mapping[Subject, int]) -> None:
        """Alarm at the first entry whose personal values are gone without any entry saying that they were erased.

        Only at the end: such an entry may have been added meanwhile, and if it is the very one that is missing
        from the log, then that was found first.
        """
        unexplained = [
            first for whose, (first, last) in self._gone.items() if whose is None or explained.get(whose, 0) <= last
        ]
        if unexplained:
            raise BadEntryError(
                min(unexplained), "its personal values are gone, and no entry says that they were erased"
            )


def _misplaced(expected: int, found: int) -> BadEntryError:
    if found > expected:
        return BadEntryError(expected, "the entry is missing")
    return BadEntryError(found, "the entry is there twice" if found > 0 else "there is no such number")


def _check_words(seq: int, words: tuple[bytes, bytes, bytes, bytes]) -> None:
    forms = (rules.ACTION, rules.KIND, rules.ROLE, rules.KIND)
    if not all(form.fullmatch(word.decode(errors="replace")) for form, word in zip(forms, words, strict=True)):
        raise BadEntryError(seq, "its action, kind or role cannot be one")


def _check_details(seq: int, details: bytes) -> None:
    # Only details that hold the name of the next part could be cut elsewhere and still give the same leaf.
    try:
        json.loads(details)
    except ValueError as error:
        raise BadEntryError(seq, "its details are no JSON") from error
