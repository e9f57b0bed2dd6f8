"""What every change in the vault ends with: the log, the consoles of administrators, and the hint to open pages.

The names of files are told to administrators alone: they see every name. Everybody else's pages ask again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sundial.server.audit.actions import record
from sundial.server.audit.actions.recording import Line, record_each
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.realtime.actions import publish_each
from sundial.server.realtime.types import RoomName
from sundial.server.vault.models import File, Folder
from sundial.server.vault.types import TOPIC, UPLOADS_TOPIC


def log_file(
    action: str,
    words: str,
    row: File,
    acting: Acting,
    now: datetime,
    *,
    more: dict[str, Any] | None = None,
    **details: Any,
) -> None:
    """Write what happened to a file; its name, and `more`, can be erased, `details` stand for ever."""
    log_files(action, [line_of(words, row, more=more, **details)], row.company_id, acting, now)


def line_of(words: str, row: File, *, more: dict[str, Any] | None = None, **details: Any) -> Line:
    """What the log says of a file, as `log_file` writes it."""
    personal = {"target": row.name, **(more or {})}
    return Line(f"File {row.pk} {words}", {"file": row.pk, **details}, personal, "file", row.pk)


def log_files(action: str, lines: Sequence[Line], company_id: int, acting: Acting, now: datetime) -> None:
    """Write an entry for each of these; consoles are told once."""
    record_each(acting=acting, company_id=company_id, action=action, lines=lines, now=now)


def log_folder(action: str, words: str, row: Folder, acting: Acting, now: datetime, **details: Any) -> None:
    """Write what happened to a folder."""
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=f"Folder {row.pk} {words}",
        details={"folder": row.pk, **details},
        personal={"target": row.name},
        target_kind="folder",
        target_id=row.pk,
        now=now,
    )


def tell(kind: str, row: File, acting: Acting, now: datetime, **data: Any) -> None:
    """Number an event about a file for the consoles of the company's administrators."""
    tell_of_many(kind, row.company_id, acting, now, file=row.name, id=row.pk, **data)


def tell_folder(kind: str, row: Folder, acting: Acting, now: datetime) -> None:
    """Number an event about a folder, which is the place of all that lies in it."""
    tell_of_many(kind, row.company_id, acting, now, folder=row.name, id=row.pk)


def tell_of_many(kind: str, company_id: int, acting: Acting, now: datetime, **data: Any) -> None:
    """Number an event of the vault for the consoles of the company's administrators."""
    tell_each(kind, company_id, [data], acting, now)


def tell_each(kind: str, company_id: int, data: Sequence[dict[str, Any]], acting: Acting, now: datetime) -> None:
    """Number several events of one kind, as `tell_of_many` does one."""
    publish_each(company_id=company_id, room=RoomName.ADMIN, kind=kind, data=data, actor=acting.label, now=now)


def tell_arrived(row: File, acting: Acting, now: datetime, **data: Any) -> None:
    """A file is there, and so is its rule if it has one."""
    tell("file_uploaded", row, acting, now, **data)
    if row.rule_text:
        tell("policy_added", row, acting, now, policy=row.rule_text)


def refresh_pages(company_id: int) -> None:
    """Live pages ask again; at commit."""
    hints.send(TOPIC, str(company_id))


def refresh_progress(company_id: int) -> None:
    """Consoles hear how far uploads are; at commit."""
    hints.send(UPLOADS_TOPIC, str(company_id))
