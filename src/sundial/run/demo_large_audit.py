"""A million believable entries of an audit log, hashed as every other entry is: the log verifies."""

import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import psycopg
from django.db import connection, transaction

from sundial.server.audit import rules
from sundial.server.lib.acting import Acting
from sundial.server.lib.merkle import Frontier, leaf_hash
from sundial.server.lib.scope import acting_for

BATCH = 5_000
# How often, what, about whom, and in which words.
KINDS = (
    (30, "SCREENSHOT_VIEWED", "person", "A screenshot was looked at"),
    (25, "DAY_VIEWED", "person", "A day was looked at"),
    (25, "SIGNED_IN", "person", "Signed in"),
    (8, "REPORT_EXPORTED", "company", "A report was exported"),
    (6, "SESSION_ENDED", "person", "A session was ended"),
    (4, "TASK_ASSIGNED", "person", "A task was given"),
    (1, "POLICY_CHANGED", "company", "The tracking policy was changed"),
    (1, "SETTINGS_CHANGED", "company", "Settings were changed"),
)
_WORDS = "audit_personal_words"
_ENTRIES = """
INSERT INTO audit_entry (company_id, seq, at, action, actor_kind, actor_id, actor_role, target_kind, target_id,
    details, about_commitment, actor_commitment, leaf_hash)
SELECT %s, * FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[],
    %s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::bytea[])
"""
_PERSONAL = """
INSERT INTO audit_personal (company_id, seq, actor, ip, actor_salt, description, target, more, about_salt)
SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::text[],
    %s::bytea[])
"""


@contextmanager
def without_words(owner_dsn: str | None) -> Iterator[None]:
    """The index of words, which a million entries one by one take long to fill, is made when they are there."""
    if owner_dsn is None:
        yield
        return
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        found = owner.execute("SELECT pg_get_indexdef(to_regclass(%s))", [_WORDS]).fetchone()
        assert found, "the migrations of the log made it"
        owner.execute(f"DROP INDEX {_WORDS}")
        try:
            yield
        finally:
            owner.execute("SET maintenance_work_mem = '256MB'")
            owner.execute(found[0])


def write(company_id: int, admin: Acting, people: Sequence[int], count: int, start: datetime, end: datetime) -> None:
    """So many entries, evenly over this time, after those that stand; a batch is a transaction."""
    luck = random.Random(1)  # noqa: S311 - believable, no secret
    step = (end - start) / max(count, 1)
    for at in range(0, count, BATCH):
        with acting_for(company_id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT size, frontier FROM audit_head WHERE company_id = %s FOR UPDATE", [company_id])
            size, frontier = cursor.fetchone()
            edge = Frontier.from_bytes(size, bytes(frontier))
            moments = (start + step * n for n in range(at, min(at + BATCH, count)))
            rows = list(_rows(edge, company_id, admin, people, moments, luck))
            entries = [list(column) for column in zip(*(one for one, _ in rows), strict=True)]
            personal = [list(column) for column in zip(*(one for _, one in rows), strict=True)]
            cursor.execute(_ENTRIES, [company_id, *entries])
            cursor.execute(_PERSONAL, [company_id, *personal])
            cursor.execute(
                "UPDATE audit_head SET size = %s, frontier = %s WHERE company_id = %s",
                [edge.size, edge.to_bytes(), company_id],
            )


def _rows(
    edge: Frontier,
    company_id: int,
    admin: Acting,
    people: Sequence[int],
    moments: Iterator[datetime],
    luck: random.Random,
) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    weights = [one[0] for one in KINDS]
    by = rules.By(admin.label, "127.0.0.1")
    for moment in moments:
        _weight, action, about_what, words = luck.choices(KINDS, weights)[0]
        target = luck.choice(people) if about_what == "person" else company_id
        about = rules.About(f"{words} ({target})", f"{about_what} {target}", "")
        facts = rules.Facts(
            log=company_id,
            seq=edge.size + 1,
            at=moment,
            action=action,
            actor_kind="person",
            actor_id=admin.id,
            actor_role=str(admin.role),
            target_kind=about_what,
            target_id=target,
            details=_details(action, luck),
        )
        salts = secrets.token_bytes(rules.SALT_BYTES), secrets.token_bytes(rules.SALT_BYTES)
        hidden = rules.commit_about(salts[0], about), rules.commit_by(salts[1], by)
        hashed = leaf_hash(rules.leaf(facts, *hidden))
        edge.append(hashed)
        yield (
            (facts.seq, facts.at, action, "person", admin.id, facts.actor_role, about_what, target, facts.details,
             *hidden, hashed),
            (facts.seq, by.label, by.ip, salts[1], about.description, about.target, about.more, salts[0]),
        )  # fmt: skip


def _details(action: str, luck: random.Random) -> str:
    if action != "POLICY_CHANGED":
        return "{}"
    old, new = luck.sample((300, 600, 900, 1200), 2)
    name = "screenshot_interval_seconds"
    return rules.to_json({"config_version": 1, "new_values": {name: new}, "old_values": {name: old}})
