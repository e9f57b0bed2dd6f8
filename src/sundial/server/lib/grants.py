"""What the application's login may do: read and write rows, own nothing, never change an append-only one."""

import psycopg
from psycopg import sql

_APPEND_ONLY = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'append_only' AND c.relnamespace = 'public'::regnamespace
"""
_READ_ONLY = ("django_migrations",)


def apply(owner_dsn: str, app_login: str) -> None:
    """Give `app_login` its rights in the database of `owner_dsn`; safe to repeat after every migration."""
    with psycopg.connect(owner_dsn) as connection:
        login = sql.Identifier(app_login)
        _crossing_roles(connection, login)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            connection.execute(sql.SQL(statement).format(login))
        narrow = [row[0] for row in connection.execute(_APPEND_ONLY)]
        for table in narrow:
            _revoke(connection, "UPDATE, DELETE, TRUNCATE", table, login)
        for table in _READ_ONLY:
            _revoke(connection, "INSERT, UPDATE, DELETE", table, login)


def _revoke(connection: psycopg.Connection, rights: str, table: str, login: sql.Identifier) -> None:
    statement = sql.SQL("REVOKE " + rights + " ON {} FROM {}")  # type: ignore[arg-type] # rights are literals above
    connection.execute(statement.format(sql.Identifier(table), login))


def _crossing_roles(connection: psycopg.Connection, login: sql.Identifier) -> None:
    # Inherited membership would make the crossing policies apply all the time: the login has to SET ROLE.
    modern = connection.info.server_version >= 160000
    if not modern:
        connection.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(login))
    how = " WITH INHERIT FALSE, SET TRUE" if modern else ""
    for role in ("sundial_across", "sundial_gateway"):
        grant = sql.SQL("GRANT {} TO {}" + how).format(sql.Identifier(role), login)
        connection.execute(grant)
