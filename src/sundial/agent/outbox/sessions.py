"""What outlives a crash beside the facts: the open session, absences to ask about, the time worked on each day."""

import sqlite3
from datetime import date

from sundial.agent.core.absence import Absence
from sundial.agent.core.resuming import OpenSession
from sundial.protocol import codec

OPEN = "open_session"
ABSENCES = "absences"


def remember(connection: sqlite3.Connection, session: OpenSession | None) -> None:
    """This one is open now, or none is."""
    if session is None:
        connection.execute("DELETE FROM note WHERE name = ?", (OPEN,))
    else:
        connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (OPEN, codec.encode(session)))


def left_open(connection: sqlite3.Connection) -> OpenSession | None:
    """The one that was open when something was last written of it."""
    row = connection.execute("SELECT value FROM note WHERE name = ?", (OPEN,)).fetchone()
    try:
        return codec.decode(OpenSession, row[0]) if row else None
    except codec.Malformed:
        return None  # of another version of the program: the server's own rules end such a session


def remember_absences(connection: sqlite3.Connection, absences: tuple[Absence, ...]) -> None:
    """These wait for an answer now, and no others."""
    if absences:
        connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (ABSENCES, codec.encode(absences)))
    else:
        connection.execute("DELETE FROM note WHERE name = ?", (ABSENCES,))


def absences(connection: sqlite3.Connection) -> tuple[Absence, ...]:
    """Those that were not answered when the program ended."""
    row = connection.execute("SELECT value FROM note WHERE name = ?", (ABSENCES,)).fetchone()
    try:
        return codec.decode(tuple[Absence, ...], row[0]) if row else ()
    except codec.Malformed:
        return ()  # of another version of the program: unanswered they are simply away


def worked(connection: sqlite3.Connection, day: date) -> int:
    """Seconds worked on that day."""
    row = connection.execute("SELECT seconds FROM worked WHERE day = ?", (day.isoformat(),)).fetchone()
    return int(row[0]) if row else 0


def add_worked(connection: sqlite3.Connection, day: date, seconds: int) -> None:
    """So many seconds more on that day."""
    connection.execute(
        "INSERT INTO worked VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET seconds = seconds + excluded.seconds",
        (day.isoformat(), seconds),
    )
