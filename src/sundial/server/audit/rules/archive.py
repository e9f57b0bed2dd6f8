"""The form of an archive: a signed head, then one line for each entry, with its personal values sealed.

    {"after":0,"before":"<edge of the tree at `after`>","checkpoint":"<signed note>","digests":"<base64>",
     "format":"sundial-audit-archive","key":"<key id>","log":5,"made_at":"...","number":1,"origin":"...",
     "signature":"...","upto":512,"v":1}
    {"entry":{...the leaf...},"sealed":{"about":"<base64>","actor":"<base64>"}}
    {"entry":{...},"sealed":{"about":null,"actor":"<base64>"}}            where one half was erased before

A sealed half is AES-256-GCM over what the commitment in the leaf was made from, under a key that belongs to the one
person in this one archive. Erasing that person destroys the key; the file stays as it is.

`digests` are the first 16 bytes of the SHA-256 of each line, so a changed line can be named; `checkpoint` is the log's
note at `upto`. The signature is Ed25519 over `SEAL` and the head without it.
"""

import base64
import json
import re
from hashlib import sha256
from typing import Any

from sundial.server.audit.rules import LEAF, bundle
from sundial.server.audit.types import Subject
from sundial.server.lib import canonical
from sundial.server.lib.merkle import leaf_hash

FORMAT = "sundial-audit-archive"
SEAL = "sundial audit archive v1\n{head}"
DIGEST_BYTES = 16
NOBODY = Subject("", 0)  # whose values belong to no one share a key

_NAMES = frozenset(
    {
        "after", "before", "checkpoint", "digests", "format", "key", "log", "made_at", "number", "origin",
        "signature", "upto", "v",
    }
)  # fmt: skip
_LINE = re.compile(
    rb'\{"entry":(\{.*\}),"sealed":\{"about":(null|"[A-Za-z0-9+/=]+"),"actor":(null|"[A-Za-z0-9+/=]+")\}\}\n', re.DOTALL
)


def digest(line: bytes) -> bytes:
    """What the head keeps of a line."""
    return sha256(line).digest()[:DIGEST_BYTES]


def unsigned(head: dict[str, Any]) -> str:
    """What the signature is over."""
    return SEAL.format(head=canonical.text({name: value for name, value in head.items() if name != "signature"}))


def head_in(line: bytes) -> dict[str, Any]:
    """The head on the first line, in its one form (ValueError for anything else); its signature is not checked."""
    said = json.loads(line)
    if not isinstance(said, dict) or said.keys() != _NAMES or said["format"] != FORMAT:
        raise ValueError("this is no head of an archive")
    if canonical.dumps(said) + b"\n" != line:
        raise ValueError("the head is not in its canonical form")
    for name in ("after", "log", "number", "upto"):
        if type(said[name]) is not int:
            raise ValueError(f"{name} is no number")
    return said


def digests_in(head: dict[str, Any]) -> list[bytes]:
    """The digest of every line (ValueError if they are not as many as entries)."""
    data = base64.b64decode(head["digests"], validate=True)
    if len(data) != (head["upto"] - head["after"]) * DIGEST_BYTES:
        raise ValueError("there are not as many digests as entries")
    return [data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES)]


def whose(kind: bytes, number: bytes) -> Subject:
    """Under whose key a half with this kind and id is sealed."""
    return NOBODY if number == b"null" else Subject(kind.decode(), int(number))


def line_of(log: int, parts: list[bytes], about: bytes | None, actor: bytes | None) -> bytes:
    """One entry, from its parts as `PARTS` names them and its sealed halves (None: erased before)."""
    told, at, action, actor_kind, actor_id, role, target_kind, target, details, about_hash, actor_hash = parts[:11]
    leaf = LEAF % (
        action, actor_id, actor_kind, role, at, details, b"%d" % log, about_hash, actor_hash, told, target, target_kind,
    )  # fmt: skip
    return b'{"entry":%b,"sealed":{"about":%b,"actor":%b}}\n' % (leaf, _quoted(about), _quoted(actor))


def parts_of(line: bytes) -> tuple[int, list[bytes], bytes | None, bytes | None]:
    """The log, the open parts with the leaf's hash, and the two sealed halves (ValueError for what is no entry)."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError("this line is no entry of an archive")
    log, parts = bundle.leaf_parts(found[1])
    return log, [*parts, leaf_hash(found[1]).hex().encode()], _unquoted(found[2]), _unquoted(found[3])


def _quoted(sealed: bytes | None) -> bytes:
    return b"null" if sealed is None else b'"%b"' % base64.b64encode(sealed)


def _unquoted(text: bytes) -> bytes | None:
    return None if text == b"null" else base64.b64decode(text[1:-1], validate=True)
