"""The policy in force, as bytes ready to send: made once at each change, whatever the number of agents."""

from typing import Any, Final

import msgspec

from sundial.gateway.asgi import Headers
from sundial.gateway.connections import Frame
from sundial.gateway.store import HeadRow
from sundial.gateway.wire import JSON, Answer
from sundial.protocol import codec, etags, sse
from sundial.protocol.messages import PolicyName
from sundial.protocol.settings import defaults

# Nobody may share it, and everybody must ask again each time.
_CACHING: Final = [(b"cache-control", b"private, no-cache")]
_DEFAULT_PACE: Final = int(defaults()["config_sync_interval_seconds"])


class _Doc(msgspec.Struct):
    settings: dict[str, Any]


class _Document(msgspec.Struct):
    doc: _Doc


class Head:
    """One version of one company's policy, in every form in which it is asked for."""

    __slots__ = ("config", "etag", "frame", "name", "policy", "poll_s", "quoted", "unchanged", "unchanged_head")

    def __init__(self, row: HeadRow, poll_interval: int | None = None) -> None:
        self.etag: Final = row.etag
        self.quoted: Final = etags.quoted(row.etag).encode()
        self.name: Final = PolicyName(epoch=row.epoch, version=row.version, etag=row.etag)
        self.poll_s: Final = max(_pace_in(row.document), poll_interval or 0)
        tag: Headers = [(b"etag", self.quoted), *_CACHING]
        pace: Headers = [(b"x-poll-interval", str(poll_interval).encode())] if poll_interval else []
        self.policy: Final = Answer(200, row.document.encode(), [JSON, *tag, *pace])
        self.unchanged: Final = Answer(304, b"", [*tag, *pace])
        self.unchanged_head: Final = self.unchanged.head
        self.config: Final = Answer(200, row.config_json.encode(), [JSON, *tag, *pace])
        self.frame: Final = Frame(sse.encode("policy", row.document.encode(), id=row.etag))

    def is_known_as(self, if_none_match: bytes | None) -> bool:
        """Whether the caller says that it has this version."""
        if if_none_match is None:
            return False
        return if_none_match == self.quoted or etags.matches(if_none_match.decode("latin-1"), self.etag)


def _pace_in(document: str) -> int:
    settings = codec.decode(_Document, document).doc.settings
    return int(settings.get("config_sync_interval_seconds", _DEFAULT_PACE))
