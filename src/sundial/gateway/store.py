"""All SQL of the gateway: a few statements over few rows, each for many devices at once.

It logs in as the application and becomes the role `sundial_gateway`, which may read tokens and heads of every
company and write presence and reports; times are the database's, so that several gateways agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from sundial.gateway.database import Database, Row
from sundial.protocol import codec

ROLE: Final = "sundial_gateway"
ENDED_LATELY: Final = 120  # seconds; covers clocks that differ and transactions that commit late


@dataclass(frozen=True, slots=True)
class DeviceToken:
    """Whose a device's token is, and whether it still opens anything."""

    company_id: int
    device_id: int
    user_id: int
    ended: bool


@dataclass(frozen=True, slots=True)
class PersonToken:
    """Whose a person's token is; the OWNER has no company."""

    user_id: int
    company_id: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A company and the policy in force there; without a policy `etag` is empty."""

    company_id: int
    status: str
    company_keys: str  # those that name the company now, with spaces between
    status_notice: int
    epoch: int
    version: int
    etag: str
    document: str
    config_json: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice that was made for a device, or, without one, for a whole company."""

    id: int
    company_id: int
    device_id: int | None
    kind: str


_DEVICE_TOKENS: Final = """
SELECT t.digest, t.company_id, t.device_id, d.user_id, t.ended_at IS NOT NULL OR d.revoked_at IS NOT NULL
FROM devices_token t JOIN devices_device d ON d.id = t.device_id WHERE t.digest = ANY(%s)
"""

_ENDED: Final = "SELECT digest FROM devices_token WHERE ended_at > now() - make_interval(secs => %s)"

_PERSON_TOKENS: Final = """
SELECT t.digest, t.user_id, t.company_id, coalesce(m.status = 'ACTIVE', false)
FROM accounts_persontoken t JOIN accounts_user u ON u.id = t.user_id AND u.is_active
LEFT JOIN companies_membership m ON m.user_id = t.user_id AND m.company_id = t.company_id
WHERE t.digest = ANY(%s) AND t.last_used_at > now() - interval '30 days'
"""

_TOUCH: Final = """
UPDATE accounts_persontoken SET last_used_at = now()
WHERE digest = ANY(%s) AND last_used_at < now() - interval '1 hour'
"""

_STATUS_NOTICE: Final = """
coalesce((SELECT max(n.id) FROM devices_notice n
          WHERE n.company_id = c.id AND n.device_id IS NULL AND n.kind = 'company_status'), 0)
"""

# A key that was replaced names the company until its time is over.
_KEYS: Final = "concat_ws(' ', c.company_key, CASE WHEN c.previous_key_until > now() THEN c.previous_key END)"

_HEADS: Final = f"""
SELECT c.id, c.status, {_KEYS}, {_STATUS_NOTICE}, coalesce(h.epoch, 0), coalesce(h.version, 0),
       coalesce(h.etag, ''), coalesce(h.document, ''), coalesce(h.config_json, '')
FROM companies_company c LEFT JOIN tracking_policy_head h ON h.company_id = c.id AND h.scope = 'company'
WHERE c.id = ANY(%s)
"""

_MARKS: Final = f"""
SELECT c.id, c.status, {_KEYS}, coalesce(h.etag, '')
FROM companies_company c LEFT JOIN tracking_policy_head h ON h.company_id = c.id AND h.scope = 'company'
WHERE c.id = ANY(%s)
"""

_NEWEST_NOTICE: Final = "SELECT coalesce(max(id), 0) FROM devices_notice"

_NOTICES: Final = """
SELECT id, company_id, device_id, kind FROM devices_notice WHERE id > %s ORDER BY id LIMIT 10000
"""

_REPORTED: Final = """
UPDATE devices_report r SET
  boot_id = x.boot_id, app_version = x.app_version, os = x.os, policy_epoch = x.policy_epoch,
  policy_version = x.policy_version, policy_etag = x.policy_etag, state = x.state,
  effective_etag = x.effective_etag, withheld = x.withheld, error = x.error, session = x.session,
  queue_waiting = x.queue_waiting, lost = x.lost, capabilities = x.capabilities,
  reported_at = now(), last_agent_sync_at = now(), last_seen_at = now()
FROM jsonb_to_recordset(%s) AS x(
  device_id bigint, boot_id text, app_version text, os text, policy_epoch bigint, policy_version bigint,
  policy_etag text, state text, effective_etag text, withheld jsonb, error text, session jsonb,
  queue_waiting bigint, lost jsonb, capabilities jsonb)
WHERE r.device_id = x.device_id
"""

_OPENED: Final = """
UPDATE devices_report SET stream_open_since = now(), stream_gateway = %(gateway)s, had_stream = true,
  last_seen_at = now()
WHERE device_id = ANY(%(devices)s)
"""

_CLOSED: Final = """
UPDATE devices_report SET stream_open_since = NULL, stream_gateway = '', stream_closed_at = now(),
  clean_close = %(clean)s, last_seen_at = now()
WHERE device_id = ANY(%(devices)s) AND stream_gateway = %(gateway)s
"""

_POLLED: Final = """
UPDATE devices_report SET last_poll_at = now(), last_seen_at = now() WHERE device_id = ANY(%(devices)s)
"""

# A stream that another gateway's row has covered, or that was lost with a restored database, is said again.
_STILL_OPEN: Final = """
UPDATE devices_report SET stream_open_since = now(), stream_gateway = %(gateway)s, had_stream = true,
  last_seen_at = now()
WHERE device_id = ANY(%(devices)s) AND stream_open_since IS NULL
"""

_ALIVE: Final = """
INSERT INTO devices_gateway (name, started_at, alive_at) VALUES (%s, now(), now())
ON CONFLICT (name) DO UPDATE SET alive_at = excluded.alive_at
"""

_BURY: Final = """
WITH dead AS (DELETE FROM devices_gateway WHERE alive_at < now() - interval '60 seconds' RETURNING name, alive_at)
UPDATE devices_report r
SET stream_open_since = NULL, stream_gateway = '', stream_closed_at = dead.alive_at, clean_close = false
FROM dead WHERE r.stream_gateway = dead.name RETURNING r.company_id
"""

_LEAVE: Final = "DELETE FROM devices_gateway WHERE name = %s"


class Store:
    """The database as the gateway uses it; every call raises `Unavailable` when it cannot be reached."""

    def __init__(self, dsn: str, gateway: str) -> None:
        self._gateway = gateway
        self._database = Database(dsn, role=ROLE, name=f"sundial {gateway}")

    async def close(self) -> None:
        """Let the connections go."""
        await self._database.close()

    async def ping(self) -> None:
        """Raise unless the database answers."""
        await self._rows("SELECT 1")

    # -- tokens -------------------------------------------------------------------------------

    async def device_tokens(self, digests: Sequence[bytes]) -> dict[bytes, DeviceToken]:
        """Those of these tokens that are or were a device's."""
        rows = await self._rows(_DEVICE_TOKENS, [list(digests)])
        return {bytes(row[0]): DeviceToken(*row[1:]) for row in rows}

    async def tokens_ended_lately(self) -> list[bytes]:
        """Tokens that ended within the last `ENDED_LATELY` seconds."""
        return [bytes(row[0]) for row in await self._rows(_ENDED, [ENDED_LATELY])]

    async def person_tokens(self, digests: Sequence[bytes]) -> dict[bytes, PersonToken]:
        """Those of these tokens that are a person's and in use."""
        rows = await self._rows(_PERSON_TOKENS, [list(digests)])
        return {bytes(row[0]): PersonToken(*row[1:]) for row in rows}

    async def touch_person_tokens(self, digests: Sequence[bytes]) -> None:
        """Note that these tokens are in use; written once an hour."""
        await self._write(_TOUCH, [list(digests)])

    # -- heads --------------------------------------------------------------------------------

    async def heads(self, company_ids: Sequence[int]) -> dict[int, HeadRow]:
        """These companies, each with its policy."""
        return {row[0]: HeadRow(*row) for row in await self._rows(_HEADS, [list(company_ids)])}

    async def marks(self, company_ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        """Just enough to see which companies changed: status, keys and etag of each."""
        return {row[0]: (row[1], row[2], row[3]) for row in await self._rows(_MARKS, [list(company_ids)])}

    async def newest_notice(self) -> int:
        """The highest id of a notice."""
        return int((await self._rows(_NEWEST_NOTICE))[0][0])

    async def notices_after(self, notice_id: int) -> list[NoticeRow]:
        """Notices with a higher id, oldest first."""
        return [NoticeRow(*row) for row in await self._rows(_NOTICES, [notice_id])]

    # -- presence and reports -----------------------------------------------------------------

    async def write_reports(self, reports: Sequence[dict[str, Any]]) -> None:
        """Keep the last report of each of these devices."""
        await self._write(_REPORTED, [Jsonb(list(reports), dumps=codec.encode)])

    async def opened(self, device_ids: Sequence[int]) -> None:
        """These devices have a stream here."""
        await self._presence(_OPENED, device_ids)

    async def still_open(self, device_ids: Sequence[int]) -> None:
        """These devices have a stream here, in case the rows forgot."""
        await self._presence(_STILL_OPEN, device_ids)

    async def closed(self, device_ids: Sequence[int], *, clean: bool) -> None:
        """These devices have no stream here any more."""
        await self._presence(_CLOSED, device_ids, clean=clean)

    async def polled(self, device_ids: Sequence[int]) -> None:
        """These devices asked for their policy without a stream."""
        await self._presence(_POLLED, device_ids)

    async def alive(self) -> None:
        """This gateway lives."""
        await self._write(_ALIVE, [self._gateway])

    async def bury(self) -> set[int]:
        """Close the streams of gateways that were killed; the companies concerned."""
        return {row[0] for row in await self._rows(_BURY)}

    async def leave(self) -> None:
        """This gateway has closed its streams and goes."""
        await self._write(_LEAVE, [self._gateway])

    async def _presence(self, statement: str, device_ids: Sequence[int], **values: object) -> None:
        await self._write(statement, {"gateway": self._gateway, "devices": sorted(device_ids), **values})

    async def _rows(self, statement: str, values: Any = None) -> list[Row]:
        return await self._database.rows(statement, values)

    async def _write(self, statement: str, values: Any) -> None:
        await self._database.write(statement, values)
