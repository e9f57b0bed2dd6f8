"""What a file is, told by its first bytes and never by its name."""

import codecs

import puremagic

from sundial.server.vault.types import MEDIA_LIMIT

HEAD_BYTES = 8192
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# What a packed file is, by what its first pieces are called; one that is none of these is only packed.
_PACKED = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
)
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_PLAIN = frozenset(range(32, 127)) | {9, 10, 12, 13}


def media_type_of(head: bytes) -> str:
    """The media type of a file that begins with these bytes."""
    if not head:
        return TEXT
    if head.startswith(b"PK\x03\x04"):
        return _packed(head)
    return _by_magic(head) or (TEXT if _is_text(head) else UNKNOWN)


def _packed(head: bytes) -> str:
    at = head.find(_OPEN_DOCUMENT)
    if 0 <= at < 64:
        start = at + len(b"mimetype")
        return head[start : head.find(b"PK", start)].decode("ascii", "replace")[:MEDIA_LIMIT]
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        return next((kind for mark, kind in _PACKED if mark in head), "application/zip")
    return "application/zip"


def _by_magic(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    best = next((one.mime_type for one in found if one.mime_type), "")
    return "" if best == UNKNOWN else best[:MEDIA_LIMIT]


def _is_text(head: bytes) -> bool:
    """UTF-8 without controls; the last letter may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(one >= 128 or one in _PLAIN for one in head)
