"""Someone with all the rights of the database's owner: reads a log, rewrites it, hides the traces."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from sundial.server.audit import rules
from sundial.server.lib.merkle import Frontier, leaf_hash

Repair = Literal["nothing", "hash", "everything"]
Row = dict[str, Any]

_TRIGGERS = {
    "audit_entry": ("append_only", "append_only_truncate"),
    "audit_personal": ("erase_only", "erase_only_truncate"),
}


@contextmanager
def without_triggers(owner_dsn: str) -> Iterator[psycopg.Connection[Row]]:
    """A connection of the owner, for whom the triggers are out of the way."""
    with psycopg.connect(owner_dsn, autocommit=True, row_factory=dict_row) as connection:
        for table in _TRIGGERS:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        try:
            yield connection
        finally:
            for table, names in _TRIGGERS.items():
                for name in names:
                    connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


@dataclass
class Log:
    """A whole log in memory: its entries, their personal values, its head."""

    number: int
    entries: list[Row]
    personal: dict[int, Row]
    size: int
    frontier: bytes = field(repr=False)

    @classmethod
    def read(cls, connection: psycopg.Connection[Row], number: int) -> "Log":
        query = "SELECT * FROM {} WHERE company_id = %s ORDER BY {}"
        read = {
            table: connection.execute(query.format(table, order), [number]).fetchall()
            for table, order in (("audit_entry", "seq"), ("audit_personal", "seq"), ("audit_head", "company_id"))
        }
        head = read["audit_head"][0]
        return cls(
            number,
            read["audit_entry"],
            # The words that can be searched are made from the rest by the database.
            {row["seq"]: {k: v for k, v in row.items() if k != "words"} for row in read["audit_personal"]},
            head["size"],
            head["frontier"],
        )

    def copy(self) -> "Log":
        """Another one to change; rows are copied, the values in them never change."""
        personal = {seq: dict(row) for seq, row in self.personal.items()}
        return Log(self.number, [dict(row) for row in self.entries], personal, self.size, self.frontier)

    def write(self, connection: psycopg.Connection[Row], over: "Log | None" = None) -> None:
        """Put this in the place of what is there; where that is known, only what differs."""
        seqs = None if over is None else self.differences(over)
        which = "" if seqs is None else "AND seq = ANY(%(seqs)s)"
        with connection.transaction():
            for table in ("audit_entry", "audit_personal"):
                statement = f"DELETE FROM {table} WHERE company_id = %(log)s {which}"
                connection.execute(statement, {"log": self.number, "seqs": seqs})
            connection.execute("DELETE FROM audit_head WHERE company_id = %s", [self.number])
            wanted = None if seqs is None else set(seqs)
            _copy_in(connection, "audit_entry", [r for r in self.entries if wanted is None or r["seq"] in wanted])
            said = [row for seq, row in self.personal.items() if wanted is None or seq in wanted]
            _copy_in(connection, "audit_personal", said)
            head = {"company_id": self.number, "size": self.size, "frontier": self.frontier}
            _copy_in(connection, "audit_head", [head])

    def differences(self, other: "Log") -> list[int]:
        """The numbers at which two logs differ."""
        ours, theirs = self._by_number(), other._by_number()
        return [seq for seq in sorted({*ours, *theirs}) if ours.get(seq) != theirs.get(seq)]

    def first_difference(self, other: "Log") -> int | None:
        """The first number at which two logs differ."""
        different = self.differences(other)
        return different[0] if different else None

    def _by_number(self) -> dict[int, tuple[Row | None, Row | None]]:
        entries = {row["seq"]: row for row in self.entries}
        return {seq: (entries.get(seq), self.personal.get(seq)) for seq in {*entries, *self.personal}}

    def renumber(self) -> None:
        """Give every entry the number of its place, and its personal values with it."""
        personal = {}
        for seq, row in enumerate(self.entries, start=1):
            if row["seq"] in self.personal:
                personal[seq] = {**self.personal[row["seq"]], "seq": seq}
            row["seq"] = seq
        self.personal = personal

    def hide(self, repair: Repair) -> None:
        """Make the log fit itself again: only its leaf hashes, or all of it up to the head."""
        if repair == "nothing":
            return
        for row in self.entries:
            self._commit(row)
            row["leaf_hash"] = leaf_hash(_leaf(row))
        if repair == "everything":
            edge = Frontier()
            for row in self.entries:
                edge.append(row["leaf_hash"])
            self.size, self.frontier = edge.size, edge.to_bytes()

    def _commit(self, row: Row) -> None:
        values = self.personal.get(row["seq"])
        if values and values["about_salt"]:
            about = rules.About(values["description"], values["target"], values["more"])
            row["about_commitment"] = rules.commit_about(values["about_salt"], about)
        if values and values["actor_salt"]:
            by = rules.By(values["actor"], values["ip"])
            row["actor_commitment"] = rules.commit_by(values["actor_salt"], by)


def forged_entry(model: Row, seq: int) -> tuple[Row, Row]:
    """An entry that was never recorded, with personal values, by the look of another."""
    entry = {**model, "seq": seq, "details": json.dumps({"forged": secrets.token_hex(4)}, separators=(",", ":"))}
    personal = {
        "company_id": model["company_id"],
        "seq": seq,
        "actor": "mallory@acme.test",
        "ip": "203.0.113.9",
        "actor_salt": secrets.token_bytes(16),
        "description": "Nothing to see here",
        "target": "",
        "more": "",
        "about_salt": secrets.token_bytes(16),
    }
    return entry, personal


def _leaf(row: Row) -> bytes:
    facts = rules.Facts(
        log=row["company_id"],
        seq=row["seq"],
        at=row["at"],
        action=row["action"],
        actor_kind=row["actor_kind"],
        actor_id=row["actor_id"],
        actor_role=row["actor_role"],
        target_kind=row["target_kind"],
        target_id=row["target_id"],
        details=row["details"],
    )
    return rules.leaf(facts, row["about_commitment"], row["actor_commitment"])


def _copy_in(connection: psycopg.Connection[Row], table: str, rows: list[Row]) -> None:
    if not rows:
        return
    names = ", ".join(rows[0])
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copied:
        for row in rows:
            copied.write_row(tuple(row.values()))
