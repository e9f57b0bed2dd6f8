"""Row-level security as the catalogue has it, and as a thousand interleaved requests meet it."""

import json
import random
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from sundial.run.postgres import Cluster
from sundial.server.lib.scope import across_companies, acting_for
from tests.cast import Cast, Player
from tests.server.portal.api.knock import token_headers

# Tables with a company_id that are no tenant's, each with its reason.
EXCEPTIONS = {
    "accounts_persontoken": "read before any company is in scope; holds digests of tokens, of every company",
}
# The tenant table whose company is its own id.
OWN_ID = {"companies_company": "id"}

_SECURED = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, r.rolname
FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
_WITH_COMPANY = """
SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'company_id'
AND NOT (SELECT relispartition FROM pg_class WHERE oid = format('public.%I', table_name)::regclass)
"""
_POLICIES = (
    "SELECT tablename, policyname, roles::text[], cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'"
)


@pytest.fixture
def owner(cluster: Cluster, django_db_setup: None) -> psycopg.Connection:
    """A connection with the rights of the tables' owner, to read the catalogue."""
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as made:
        yield made


def tenant_tables(owner: psycopg.Connection) -> set[str]:
    return {row[0] for row in owner.execute(_WITH_COMPANY)} - set(EXCEPTIONS) | set(OWN_ID)


def test_every_table_with_a_company_has_forced_row_level_security(owner: psycopg.Connection) -> None:
    secured = {name: forced for name, forced, _ in owner.execute(_SECURED)}
    assert {name for name in tenant_tables(owner) if not secured[name]} == set()
    assert len(tenant_tables(owner)) >= 15, "the catalogue was read"


def test_a_partition_is_closed_to_all_but_its_table(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "SELECT relname, relrowsecurity, has_table_privilege('sundial_app', oid, 'SELECT, INSERT, UPDATE, DELETE'), "
        "EXISTS (SELECT FROM pg_policies WHERE tablename = relname) FROM pg_class "
        "WHERE relispartition AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert len(found) >= 7
    assert [row for row in found if row[1:] != (True, False, False)] == []


def test_no_exception_is_left_over(owner: psycopg.Connection) -> None:
    assert set(EXCEPTIONS) <= {row[0] for row in owner.execute(_WITH_COMPANY)}


def test_every_tenant_table_has_the_same_policy_and_no_wider_one_for_the_application(owner: psycopg.Connection) -> None:
    tables, seen = tenant_tables(owner), set()
    for table, name, roles, _cmd, using, checked in owner.execute(_POLICIES):
        column = OWN_ID.get(table, "company_id")
        if roles == ["public"]:
            assert name == "tenant", (table, name)
            for rule in (using, checked):
                assert f"{column} = " in rule, table
                assert "sundial_company()" in rule, table
            seen.add(table)
        else:
            assert set(roles) <= {"sundial_across", "sundial_gateway", "sundial_ingest", "sundial_search"}, (
                table,
                name,
                roles,
            )
    assert seen == tables


def test_the_application_owns_nothing_and_is_no_superuser(owner: psycopg.Connection) -> None:
    assert {name for name, _, holder in owner.execute(_SECURED) if holder == "sundial_app"} == set()
    role = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'sundial_app'"
    ).fetchone()
    assert role == (False, False, False, False)


def test_the_application_cannot_become_the_role_that_searches(owner: psycopg.Connection) -> None:
    member = owner.execute("SELECT pg_has_role('sundial_app', 'sundial_search', 'MEMBER')").fetchone()
    assert member == (False,)


def test_the_application_does_not_inherit_the_roles_that_cross_companies(owner: psycopg.Connection) -> None:
    for role in ("sundial_across", "sundial_gateway", "sundial_ingest"):
        inherits = owner.execute("SELECT pg_has_role('sundial_app', %s, 'USAGE')", [role]).fetchone()
        may_become = owner.execute("SELECT pg_has_role('sundial_app', %s, 'SET')", [role]).fetchone()
        assert (inherits, may_become) == ((False,), (True,)), role


def test_the_crossing_role_may_only_read_and_no_names_of_people(owner: psycopg.Connection) -> None:
    rights = owner.execute(
        "SELECT DISTINCT privilege_type FROM information_schema.column_privileges WHERE grantee = 'sundial_across'"
    ).fetchall()
    assert rights == [("SELECT",)]
    columns = owner.execute(
        "SELECT table_name, column_name FROM information_schema.column_privileges WHERE grantee = 'sundial_across'"
    ).fetchall()
    personal = {"first_name", "last_name", "email", "hostname", "description", "actor", "target", "ip", "more"}
    assert {(table, column) for table, column in columns if column in personal} == set()


def test_raw_sql_without_a_company_in_scope_sees_nothing(cast: Cast, owner: psycopg.Connection) -> None:
    """A table with rows refuses; PostgreSQL asks the rule of no row where there is none."""
    refused: dict[str, str] = {}
    for table in sorted(tenant_tables(owner)):
        try:
            with transaction.atomic():
                seen = _rows(table)
        except ProgrammingError as error:
            refused[table] = str(error)
        else:
            assert (seen, owner.execute(f"SELECT count(*) FROM {table}").fetchone()) == (0, (0,)), table
    assert {"companies_company", "companies_membership", "audit_entry", "tracking_policy_head"} <= set(refused)
    assert [table for table, why in refused.items() if "no company in scope" not in why] == []


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_raw_sql_in_one_company_sees_only_that_company(cast: Cast, owner: psycopg.Connection) -> None:
    for table in sorted(tenant_tables(owner)):
        column = OWN_ID.get(table, "company_id")
        with acting_for(cast.company.pk), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT {column} FROM {table}")
            assert {row[0] for row in cursor.fetchall()} <= {cast.company.pk}, table


def test_a_row_for_another_company_cannot_be_written(cast: Cast) -> None:
    insert = "INSERT INTO companies_team (company_id, name) VALUES (%s, 'x')"
    update = "UPDATE companies_team SET company_id = %s"
    for statement in (insert, update):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            acting_for(cast.company.pk),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [cast.other.pk])


def test_the_crossing_role_cannot_write(cast: Cast) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        across_companies(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE companies_company SET name = 'mine'")


def test_every_unique_key_of_a_tenant_table_names_its_company(owner: psycopg.Connection) -> None:
    tables = tenant_tables(owner) - set(OWN_ID)
    for model in apps.get_models():
        if model._meta.db_table in tables:
            for constraint in model._meta.total_unique_constraints:
                assert {"company", "company_id"} & set(constraint.fields), (model, constraint.name)


def test_a_thousand_interleaved_requests_of_two_companies_are_never_mixed(cast: Cast) -> None:
    """Each answer names only its own company's people, on eight threads that share four pages and one pool."""
    sides = {player: (token_headers(player), own) for player, own in _sides(cast).items()}
    turns = [random.choice([*sides]) for _ in range(1000)]

    def visit(player: Player) -> list[str]:
        headers, own = sides[player]
        path = random.choice(["/api/v1/users", "/api/v1/audit?page_size=5", "/api/v1/companies", "/api/v1/devices"])
        try:
            answer = Client().get(path, headers=headers)
            return [] if answer.status_code == 200 and _only(own, answer.json()) else [f"{path}: {answer.content!r}"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        mixed = [wrong for found in pool.map(visit, turns) for wrong in found]
    assert mixed == []


def _sides(cast: Cast) -> dict[Player, set[str]]:
    ours = {cast.admin.email, cast.manager.email, cast.employee.email, cast.company.name}
    theirs = {cast.stranger.email, cast.other.name}
    return {cast.admin: theirs, cast.stranger: ours}


def _only(foreign: set[str], told: object) -> bool:
    text = json.dumps(told)
    return not any(name in text for name in foreign)
