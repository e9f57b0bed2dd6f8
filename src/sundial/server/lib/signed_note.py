"""Checkpoints of a log as signed notes, in the formats c2sp.org/signed-note and c2sp.org/tlog-checkpoint.

sundial/5c1f0e7a9b3d2468/audit/5        the log's name, also the name of the key
20852163                                how many entries
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2...=    the root over them
                                        an empty line
— sundial/5c1f... Az3grlgtzPICa5OS...=  the key's id (4 bytes) and an Ed25519 signature over the three lines
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "— "
_LONGEST = 16_384


class NoteError(ValueError):
    """This is no checkpoint signed by a key that is trusted; the text says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at one size."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_to_base64(self.root)}\n"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The note: the checkpoint's text, an empty line and one signature under the log's own name."""
    text = checkpoint.text()
    hint = _hint(checkpoint.origin, key.public_key().public_bytes_raw())
    signature = key.sign(text.encode())
    return f"{text}\n{_DASH}{checkpoint.origin} {_to_base64(hint + signature)}\n"


def verifier(origin: str, public: bytes) -> str:
    """The public key as other tools of this format take it: name, id and key, joined by plus signs."""
    return f"{origin}+{_hint(origin, public).hex()}+{_to_base64(_ED25519 + public)}"


def public_of(verifier_line: str) -> bytes:
    """The 32 bytes of the public key in a line that `verifier` made (NoteError if it is none)."""
    name, _, rest = verifier_line.strip().partition("+")
    hint, _, encoded = rest.partition("+")
    raw = _from_base64(encoded)
    if len(raw) != 33 or raw[:1] != _ED25519 or _hint(name, raw[1:]).hex() != hint:
        raise NoteError("this is no Ed25519 verifier line")
    return raw[1:]


def open_note(note: str, publics: Iterable[bytes]) -> Checkpoint:
    """The checkpoint in a note, if one of these keys signed it in the log's name (else NoteError)."""
    if len(note) > _LONGEST or any(mark < " " and mark != "\n" for mark in note):
        raise NoteError("the note is not plain text")
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise NoteError("the note has no signature")
    checkpoint = _parse(text + "\n")
    known = {_hint(checkpoint.origin, public): public for public in publics}
    verdicts = [_holds(line, checkpoint.origin, text + "\n", known) for line in signatures[:-1].split("\n")]
    if not any(verdicts):
        raise NoteError("the note is not signed by a key that is known")
    return checkpoint


def _parse(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not all(lines[:-1]):
        raise NoteError("a checkpoint has a name, a size and a root")
    origin, digits, root = lines[:3]
    if not (digits.isascii() and digits.isdecimal()) or str(int(digits)) != digits:
        raise NoteError("the size is not a number")
    raw = _from_base64(root)
    if len(raw) != 32:
        raise NoteError("the root is not a SHA-256 hash")
    return Checkpoint(origin, int(digits), raw)


def _holds(line: str, origin: str, text: str, known: dict[bytes, bytes]) -> bool:
    # Signatures of strangers (witnesses) are passed over; a wrong one under a known name spoils the note.
    if not line.startswith(_DASH):
        raise NoteError("a line after the empty one is no signature")
    name, _, encoded = line[len(_DASH) :].partition(" ")
    raw = _from_base64(encoded)
    public = known.get(raw[:4])
    if name != origin or public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
    except InvalidSignature as error:
        raise NoteError("the signature does not fit the note") from error
    return True


def _hint(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _from_base64(text: str) -> bytes:
    # Only the one true spelling: base 64 otherwise has several for the same bytes.
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base 64") from error
    if _to_base64(raw) != text:
        raise NoteError("not base 64 in its usual form")
    return raw
