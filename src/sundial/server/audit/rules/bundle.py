"""The form of an exported log: one JSON document a line, in canonical form, the last one a seal over the rest.

    {"format":"sundial-audit-export","log":5,"made_at":"2026-11-21T08:30:00.000000Z","origin":"...","size":2,"v":1}
    {"entry":{...the leaf...},"hash":"<64 hex digits>","personal":{"about":{...}|null,"actor":{...}|null}}
    {"entry":{...},"hash":"...","personal":null}         in log 0, where someone's values are withheld
    ...
    {"checkpoint":"<signed note>","key":"<key id>","sha256":"<of all lines above>","signature":"..."}

The signature is Ed25519 over `SEAL`, the digest and the note, so every byte of the file is covered.
"""

import json
import re
from typing import Any

from sundial.server.audit.rules import LEAF, is_withheld
from sundial.server.audit.types import PLATFORM_LOG
from sundial.server.lib import canonical

FORMAT = "sundial-audit-export"
SEAL = "sundial audit export v1\n{digest}\n{note}"
NAMES_OF_THE_LAST_LINE = frozenset({"checkpoint", "key", "sha256", "signature"})

_BEFORE, _BETWEEN = b'{"entry":', b',"hash":"'
_AFTER = re.compile(rb'([0-9a-f]{64})","personal":(\{.*\}|null)\}')
_LEAF = re.compile(
    rb'\{"action":"([^"]*)","actor":\{"id":(null|-?\d+),"kind":"([^"]*)","role":"([^"]*)"\},"at":"([^"]*)",'
    rb'"details":(\{.*\}),"log":(\d+),"personal":\{"about":"([0-9a-f]*)","actor":"([0-9a-f]*)"\},"seq":(\d+),'
    rb'"target":\{"id":(null|-?\d+),"kind":"([^"]*)"\},"v":1\}',
    re.DOTALL,
)


def first_line(*, origin: str, log: int, size: int, made_at: str) -> bytes:
    """The head of an export."""
    said = {"format": FORMAT, "log": log, "made_at": made_at, "origin": origin, "size": size, "v": 1}
    return canonical.dumps(said) + b"\n"


def line_of(log: int, parts: list[bytes]) -> bytes:
    """One entry, from its parts as `PARTS` names them; without its personal values if they are withheld."""
    told, at, action, actor_kind, actor, role, target_kind, target, details, about, by, hashed = parts[:12]
    by_salt, label, ip, about_salt, description, target_name, more = parts[12:]
    leaf = LEAF % (
        action, actor, actor_kind, role, at, details, b"%d" % log, about, by, told, target, target_kind,
    )  # fmt: skip
    if withheld(log, parts):
        return b'%b%b%b%b","personal":null}\n' % (_BEFORE, leaf, _BETWEEN, hashed)
    about_json, by_json = b"null", b"null"
    if by_salt:
        by_json = b'{"ip":%b,"label":%b,"salt":"%b"}' % (_quoted(ip), _quoted(label), by_salt)
    if about_salt:
        told_of = (_quoted(description), more or b"null", about_salt, _quoted(target_name))
        about_json = b'{"description":%b,"more":%b,"salt":"%b","target":%b}' % told_of
    personal = b'{"about":%b,"actor":%b}' % (about_json, by_json)
    return b'%b%b%b%b","personal":%b}\n' % (_BEFORE, leaf, _BETWEEN, hashed, personal)


def withheld(log: int, parts: list[bytes]) -> bool:
    """Whether this entry goes out without its personal values."""
    return log == PLATFORM_LOG and is_withheld(log, parts[3].decode(), parts[5].decode(), parts[6].decode())


def parts_of(line: bytes, *, strictly: bool) -> tuple[int, list[bytes]]:
    """The log and the parts of an entry's line; strictly: those from which `line_of` makes this very line.

    Anything but such a line raises ValueError, KeyError, TypeError or AttributeError.
    """
    at = len(_BEFORE)
    while (at := line.find(_BETWEEN, at)) > 0:
        # Details may hold the same words: the right place is where both sides can be read.
        after = _AFTER.fullmatch(line, at + len(_BETWEEN), len(line) - 1)
        leaf = _LEAF.fullmatch(line, len(_BEFORE), at)
        if after and leaf:
            return _put_together(line, leaf, after, strictly)
        at += 1
    raise ValueError("this line is no entry")


def leaf_parts(leaf: bytes) -> tuple[int, list[bytes]]:
    """The log and the open parts of a leaf, without its hash (ValueError for what is none)."""
    found = _LEAF.fullmatch(leaf)
    if found is None:
        raise ValueError("this is no leaf")
    return _open_parts(found)


def _open_parts(leaf: re.Match[bytes]) -> tuple[int, list[bytes]]:
    action, actor, actor_kind, role, at, details, log, about, by, told, target, target_kind = leaf.groups()
    return int(log), [told, at, action, actor_kind, actor, role, target_kind, target, details, about, by]


def _put_together(
    line: bytes, leaf: re.Match[bytes], after: re.Match[bytes], strictly: bool
) -> tuple[int, list[bytes]]:
    log, told = _open_parts(leaf)
    personal = json.loads(after[2]) or {"actor": None, "about": None}
    parts = [*told, after[1], *_by(personal["actor"]), *_about(personal["about"])]
    if strictly and line_of(log, parts) != line:
        raise ValueError("this line is not in its canonical form")
    return log, parts


def _by(half: Any) -> list[bytes]:
    if half is None:
        return [b"", b"", b""]
    return [_salt(half), half["label"].encode(), half["ip"].encode()]


def _about(half: Any) -> list[bytes]:
    if half is None:
        return [b"", b"", b"", b""]
    more = canonical.dumps(half["more"]) if half["more"] is not None else b""
    return [_salt(half), half["description"].encode(), half["target"].encode(), more]


def _salt(half: Any) -> bytes:
    return bytes.fromhex(half["salt"]).hex().encode()


def _quoted(text: bytes) -> bytes:
    return json.dumps(text.decode(), ensure_ascii=False).encode()
