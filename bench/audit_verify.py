"""How long checking a million audit entries takes, beside what bounds it: reading them, and hashing alone.

    python -m bench.audit_verify [--entries 1000000]

Starts a PostgreSQL of its own, fills one log, writes a checkpoint, checks the log and its export. `cpu` is what this
process used itself: the promise is judged by the clock, and on a busy machine the two are far apart.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
from django.db import connection, transaction

from bench import machine
from bench.setting import FOLDER, prepare
from sundial.run.postgres import Cluster
from sundial.server.audit import queries, rules
from sundial.server.audit.actions import sealed, signer, write_checkpoint
from sundial.server.audit.storage import Outside
from sundial.server.audit.verify import verify_export, verify_live
from sundial.server.lib.merkle import Frontier, leaf_hash
from sundial.server.lib.scope import acting_for

LOG = 1
AT = datetime(2026, 1, 1, tzinfo=UTC)
PROMISED = 100_000  # entries a second


class Bench:
    """One log of believable entries, and the steps that are measured on it."""

    def __init__(self, owner_dsn: str, entries: int) -> None:
        self.entries = entries
        self.outside = Outside(FOLDER / "checkpoints")
        self.signer = signer()
        fill(owner_dsn, entries)

    def read(self) -> None:
        with acting_for(LOG), transaction.atomic():
            assert sum(1 for _ in queries.rows(LOG, upto=self.entries)) == self.entries

    def hash_alone(self) -> None:
        hashed = bytes(32)
        for _ in range(4 * self.entries):  # a leaf, a node and two commitments for each entry
            hashed = sha256(b"\x01" + hashed + hashed).digest()

    def attest(self) -> None:
        folder = self.outside.log(LOG)
        assert write_checkpoint(log=LOG, folder=folder, signer=self.signer, now=AT)

    def check(self) -> None:
        report = verify_live(directory=self.outside.directory, publics=self.signer.publics)
        assert report.exit_code == 0, report.lines()
        assert report.verdicts[0].attested == self.entries

    def export(self) -> None:
        folder = self.outside.log(LOG)
        with (FOLDER / "export.jsonl").open("wb") as file:
            for piece in sealed(log=LOG, size=self.entries, signer=self.signer, folder=folder, now=AT):
                file.write(piece)

    def check_export(self) -> None:
        report = verify_export(
            path=FOLDER / "export.jsonl", publics=self.signer.publics, directory=self.outside.directory
        )
        assert report.exit_code == 0, report.lines()

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("limit: reading the rows", self.read),
            ("limit: hashing alone", self.hash_alone),
            ("first checkpoint, every entry new", self.attest),
            ("audit verify", self.check),
            ("sealed export", self.export),
            ("audit verify --export", self.check_export),
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    cluster = Cluster(FOLDER / "pg", durable=False)
    cluster.start()
    try:
        prepare(cluster, pool_size=0)
        bench = Bench(cluster.owner_dsn(), entries)
        measured = {name: timed(step) for name, step in bench.steps()}
        connection.close()
    finally:
        cluster.stop()
    rows = [
        (name, f"{wall:.2f}", f"{cpu:.2f}", f"{entries / wall:,.0f}", f"{entries / max(cpu, 0.001):,.0f}")
        for name, (wall, cpu) in measured.items()
    ]
    machine.table(f"{entries:,} audit entries", ("step", "s", "cpu s", "per s", "per cpu s"), rows)
    seconds = {name: {"wall": wall, "cpu": cpu} for name, (wall, cpu) in measured.items()}
    machine.save("audit_verify", {"entries": entries, "seconds": seconds})
    rate = entries / measured["audit verify"][0]
    return 0 if machine.verdict({f"{PROMISED:,} entries checked a second": rate >= PROMISED}) else 1


def timed(step: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and seconds of this process's own."""
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return round(time.perf_counter() - wall, 3), round(time.process_time() - cpu, 3)


def fill(owner_dsn: str, entries: int) -> None:
    """Put entries in by COPY; recording them one by one would take an hour."""
    edge = Frontier()
    made = []
    for seq in range(1, entries + 1):
        entry, personal = entry_of(seq)
        edge.append(entry[-1])
        made.append((entry, personal))
    with psycopg.connect(owner_dsn) as owner, owner.cursor() as cursor:
        with cursor.copy("COPY audit_entry FROM STDIN") as copied:
            for entry, _ in made:
                copied.write_row(entry)
        with cursor.copy("COPY audit_personal FROM STDIN") as copied:
            for _, personal in made:
                copied.write_row(personal)
        cursor.execute("INSERT INTO audit_head VALUES (%s, %s, %s)", [LOG, entries, edge.to_bytes()])
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE audit_entry, audit_personal")


def entry_of(seq: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The columns of one entry, its hash last, and those of its personal values."""
    at, salts = AT + timedelta(seconds=seq, microseconds=seq % 999_983), secrets.token_bytes(32)
    changed = {"old_values": {"idle_threshold_seconds": 300}, "new_values": {"idle_threshold_seconds": 240}}
    details = rules.to_json({"config_version": seq, **changed})
    facts = rules.Facts(LOG, seq, at, "POLICY_CHANGED", "person", seq % 500, "ADMIN", "company", LOG, details)
    about = rules.About(f"Changed the tracking policy to version {seq}", "", "")
    by = rules.By(f"person{seq % 500}@example.org", f"198.51.100.{seq % 250}")
    hidden = rules.commit_about(salts[:16], about), rules.commit_by(salts[16:], by)
    hashed = leaf_hash(rules.leaf(facts, *hidden))
    entry = (LOG, seq, at, facts.action, facts.actor_kind, facts.actor_id, facts.actor_role, facts.target_kind)
    personal = (LOG, seq, by.label, by.ip, salts[16:], about.description, "", "", salts[:16])
    return (*entry, facts.target_id, details, *hidden, hashed), personal


if __name__ == "__main__":
    sys.exit(main())
