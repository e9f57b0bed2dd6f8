"""What the application's login may do: read and write rows, own nothing, never change an append-only one."""

from typing import Literal

import psycopg
from psycopg import sql

_APPEND_ONLY = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'append_only' AND c.relnamespace = 'public'::regnamespace
"""
_READ_ONLY = ("django_migrations", "audit_removal")
_NARROW = ("sundial_across", "sundial_gateway", "sundial_ingest")
_TENANT = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity = %s
"""
_PARTITIONS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relispartition AND relkind = 'r'
"""
_MEMBER = """
SELECT NOT r.rolinherit FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
WHERE m.roleid = %s::regrole AND r.rolname = %s
"""
_MEMBER_SINCE_16 = """
SELECT bool_or(m.set_option) AND NOT bool_or(m.inherit_option)
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
WHERE m.roleid = %s::regrole AND r.rolname = %s
"""


def loosen(owner_dsn: str) -> None:
    """Let the owner of the tables see every company for the time of a migration; `apply` ends it.

    Nobody else gains anything: the application's login owns no table.
    """
    with psycopg.connect(owner_dsn) as connection:
        _set_force(connection, "NO FORCE")


def apply(owner_dsn: str, app_login: str) -> None:
    """Give `app_login` its rights in the database of `owner_dsn`; safe to repeat after every migration."""
    with psycopg.connect(owner_dsn) as connection:
        login = sql.Identifier(app_login)
        _set_force(connection, "FORCE")
        _crossing_roles(connection, app_login)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON FUNCTION sundial_span_partition(date) TO {}",
            "GRANT EXECUTE ON FUNCTION audit_find(text, integer) TO {}",
            "GRANT EXECUTE ON FUNCTION audit_remove_archived(integer, text) TO {}",
            "GRANT EXECUTE ON FUNCTION sundial_drop_empty_span_partition(date) TO {}",
        ):
            connection.execute(sql.SQL(statement).format(login))
        narrow = [row[0] for row in connection.execute(_APPEND_ONLY)]
        for table in narrow:
            _revoke(connection, "UPDATE, DELETE, TRUNCATE", table, login)
        for table in _READ_ONLY:
            _revoke(connection, "INSERT, UPDATE, DELETE", table, login)
        for (table,) in connection.execute(_PARTITIONS).fetchall():
            # Only the partitioned table knows whose rows are whose.
            _revoke(connection, "ALL", table, login)


def _revoke(connection: psycopg.Connection, rights: str, table: str, login: sql.Identifier) -> None:
    statement = sql.SQL("REVOKE " + rights + " ON {} FROM {}")
    connection.execute(statement.format(sql.Identifier(table), login))


def _set_force(connection: psycopg.Connection, how: Literal["FORCE", "NO FORCE"]) -> None:
    """Whether row-level security holds for the owner of the tables, too; untouched tables are not locked."""
    for (table,) in connection.execute(_TENANT, [how == "NO FORCE"]).fetchall():
        statement = sql.SQL("ALTER TABLE {} " + how + " ROW LEVEL SECURITY")
        connection.execute(statement.format(sql.Identifier(table)))


def _crossing_roles(connection: psycopg.Connection, app_login: str) -> None:
    # Inherited membership would make the crossing policies apply all the time: the login has to SET ROLE.
    modern, login = connection.info.server_version >= 160000, sql.Identifier(app_login)
    question = _MEMBER_SINCE_16 if modern else _MEMBER
    how = " WITH INHERIT FALSE, SET TRUE" if modern else ""
    for role in _NARROW:
        found = connection.execute(question, [role, app_login]).fetchone()
        if found and found[0]:  # an administrator may have seen to it, and the owner may have no right to
            continue
        if not modern:
            connection.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(login))
        connection.execute(sql.SQL("GRANT {} TO {}" + how).format(sql.Identifier(role), login))
