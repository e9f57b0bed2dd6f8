"""`POST /agent/v1/status`: what a device says of itself, kept before it is answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sundial.gateway import body
from sundial.gateway.asgi import Receive, Scope, Send, header
from sundial.gateway.database import Refused
from sundial.gateway.devices import Device, Devices
from sundial.gateway.heads import Head
from sundial.gateway.metrics import Metrics
from sundial.gateway.reports import Reports
from sundial.gateway.wire import (
    POST_ONLY,
    REVOKED,
    TOO_LARGE,
    TOO_SLOW,
    UNAVAILABLE,
    UNKNOWN_TOKEN,
    Answer,
    json_answer,
    malformed,
)
from sundial.protocol import codec
from sundial.protocol.messages import HEARTBEAT_S, StatusAnswer, StatusReport

LIMIT: Final = 64 * 1024  # bytes of a report
LARGEST: Final = 2**63 - 1
NUL: Final = b"\\u0000"  # in JSON; PostgreSQL's text cannot hold it


class StatusDoor:
    """Answers also while the company is suspended, so that agents learn when it is over."""

    def __init__(self, devices: Devices, reports: Reports, metrics: Metrics, wall_clock: Callable[[], float]) -> None:
        self._devices = devices
        self._reports = reports
        self._metrics = metrics
        self._wall_clock = wall_clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check, keep, answer."""
        await (await self._answer(scope, receive))(send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            device = await self._devices.find(header(scope, b"authorization"))
            refusal = self._refusal(device, scope["method"])
            if device is None or refusal is not None:
                return refusal or UNKNOWN_TOKEN
            return await self._take(device, await body.read(scope, receive, LIMIT))
        except (body.TooLarge, body.TooSlow) as failure:
            self._metrics.rejected += 1
            return TOO_LARGE if isinstance(failure, body.TooLarge) else TOO_SLOW
        except (codec.Malformed, Refused) as failure:
            self._metrics.rejected += 1
            return malformed(str(failure))
        except (body.Gone, OSError):
            self._metrics.unavailable += 1
            return UNAVAILABLE

    def _refusal(self, device: Device | None, method: str) -> Answer | None:
        if device is None or device.revoked:
            self._metrics.refused += 1
            return UNKNOWN_TOKEN if device is None else REVOKED
        return POST_ONLY if method != "POST" else None

    async def _take(self, device: Device, data: bytes) -> Answer:
        self._metrics.reports += 1
        row = row_of(device.id, data)
        head = device.company.head
        if head is None:
            raise OSError("this company has no policy yet")
        await self._reports.keep(device.id, device.company.id, row)
        return json_answer(200, self._said(device, device.company.head or head))

    def _said(self, device: Device, head: Head) -> StatusAnswer:
        now = datetime.fromtimestamp(self._wall_clock(), UTC).isoformat(timespec="milliseconds")
        return StatusAnswer(
            now=now.replace("+00:00", "Z"),
            latest=head.name,
            heartbeat_s=HEARTBEAT_S,
            poll_s=head.poll_s,
            company_status=device.company.status,  # type: ignore[arg-type] # the table's constraint lets no other word in
        )


def row_of(device_id: int, data: bytes) -> dict[str, Any]:
    """The report as columns; raises `Malformed` for what PostgreSQL could not keep, too."""
    if NUL in data:
        raise codec.Malformed("a text holds the character NUL")
    report = codec.decode(StatusReport, data)
    policy, queue = report.policy, report.queue
    if max(abs(policy.epoch), abs(policy.version), queue.waiting) > LARGEST:
        raise codec.Malformed("a number is larger than 64 bits hold")
    return {
        "device_id": device_id,
        "boot_id": report.boot_id,
        "app_version": report.app_version,
        "os": report.os,
        "policy_epoch": policy.epoch,
        "policy_version": policy.version,
        "policy_etag": policy.etag,
        "state": policy.state,
        "effective_etag": policy.effective_etag or "",
        "withheld": policy.withheld,
        "error": "" if policy.error is msgspec.UNSET else policy.error,
        "session": None if report.session is msgspec.UNSET else msgspec.to_builtins(report.session),
        "queue_waiting": queue.waiting,
        "lost": msgspec.to_builtins(queue.lost),
        "capabilities": report.capabilities,
    }
