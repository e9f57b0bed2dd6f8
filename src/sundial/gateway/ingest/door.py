"""`POST /agent/v1/batches`: what a device recorded, answered after the commit; only that may the agent forget."""

import zlib
from typing import Final

from sundial.gateway import body
from sundial.gateway.asgi import Receive, Scope, Send, header
from sundial.gateway.devices import Device, Devices
from sundial.gateway.ingest.check import CONFLICT, OTHERWISE, Checked, check
from sundial.gateway.ingest.queue import Full, Queue
from sundial.gateway.ingest.waiting import Caller, Outcomes, Waiting
from sundial.gateway.metrics import Metrics
from sundial.gateway.wire import (
    POST_ONLY,
    REVOKED,
    STOPPING,
    SUSPENDED,
    TOO_LARGE,
    TOO_MANY_BATCHES,
    TOO_SLOW,
    UNAVAILABLE,
    UNKNOWN_TOKEN,
    Answer,
    json_answer,
    malformed,
)
from sundial.protocol import codec
from sundial.protocol.events import BatchAnswer, Rejected

LIMIT: Final = 1024 * 1024  # bytes of a body as it travels
INFLATED: Final = 8 * 1024 * 1024
GZIP: Final = 16 + zlib.MAX_WBITS

_REASONS: Final = {
    CONFLICT: OTHERWISE,
    "foreign": "This session is another device's.",
    "refused": "The database cannot hold this event.",
}


class BatchDoor:
    """Checks a batch, lets it queue, and answers what became of each event."""

    def __init__(self, devices: Devices, queue: Queue, metrics: Metrics) -> None:
        self._devices = devices
        self._queue = queue
        self._metrics = metrics
        self.stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check, keep, answer."""
        await (await self._answer(scope, receive))(send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            device = await self._devices.find(header(scope, b"authorization"))
            refusal = self._refusal(device, scope["method"])
            if device is None or refusal is not None:
                return refusal or UNKNOWN_TOKEN
            async with self._queue.place(device.company.id):
                return await self._take(device, await _read(scope, receive))
        except (body.TooLarge, body.TooSlow, codec.Malformed) as failure:
            self._metrics.rejected += 1
            return _unreadable(failure)
        except Full as failure:
            self._metrics.ingest_refused += 1
            return TOO_MANY_BATCHES if failure.own else UNAVAILABLE
        except (body.Gone, OSError):
            self._metrics.unavailable += 1
            return UNAVAILABLE

    def _refusal(self, device: Device | None, method: str) -> Answer | None:
        if self.stopping:
            return STOPPING
        if device is None or device.revoked or device.company.suspended:
            self._metrics.refused += 1
            return UNKNOWN_TOKEN if device is None else REVOKED if device.revoked else SUSPENDED
        return POST_ONLY if method != "POST" else None

    async def _take(self, device: Device, data: bytes) -> Answer:
        checked = check(data)
        self._metrics.ingest_batches += 1
        outcomes: Outcomes = {}
        if checked.facts:
            waiting = Waiting(Caller(device.company.id, device.user_id, device.id), checked.facts)
            self._queue.put(waiting)
            outcomes = await waiting.done
        answer = answer_of(device.company.id, checked, outcomes)
        self._metrics.ingest_events += len(answer.accepted)
        self._metrics.ingest_duplicates += len(answer.duplicate)
        self._metrics.ingest_rejected += len(answer.rejected)
        return json_answer(200, answer)


def answer_of(company_id: int, checked: Checked, outcomes: Outcomes) -> BatchAnswer:
    """What became of each event; an id that came twice is named once."""
    accepted, duplicate, rejected = list[str](), list[str](), checked.rejected
    for fact in checked.facts:
        outcome = outcomes.get((company_id, fact.eid)) if outcomes else None
        if outcome is None:
            accepted.append(fact.eid)
        elif outcome == "duplicate":
            duplicate.append(fact.eid)
        else:
            rejected.append(Rejected(fact.eid, outcome, _REASONS[outcome]))
    return BatchAnswer(accepted, duplicate, rejected)


async def _read(scope: Scope, receive: Receive) -> bytes:
    data = await body.read(scope, receive, LIMIT)
    match header(scope, b"content-encoding"):
        case None | b"identity":
            return data
        case b"gzip":
            return inflate(data)
        case other:
            raise codec.Malformed(f"the encoding {other!r} is not known; gzip is")


def inflate(data: bytes) -> bytes:
    """What was packed; more than `INFLATED` bytes are not even unpacked."""
    inflater = zlib.decompressobj(GZIP)
    try:
        inflated = inflater.decompress(data, INFLATED + 1)
    except zlib.error as failure:
        raise codec.Malformed(f"this is not gzip: {failure}") from failure
    if len(inflated) > INFLATED:
        raise body.TooLarge
    if not inflater.eof or inflater.unused_data:
        raise codec.Malformed("the gzip is cut short, or goes on after its end")
    return inflated


def _unreadable(failure: Exception) -> Answer:
    if isinstance(failure, body.TooLarge):
        return TOO_LARGE
    return TOO_SLOW if isinstance(failure, body.TooSlow) else malformed(str(failure))
