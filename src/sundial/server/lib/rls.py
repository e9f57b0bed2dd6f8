"""Migration operations that make a table a tenant's, or append-only.

A migration that uses them depends on `("lib", "0001_scope")`, which makes the functions they call.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class _Sql(Operation, ABC):
    """An operation that is only SQL: it changes no model."""

    reversible = True

    @abstractmethod
    def statements(self) -> list[str]:
        """The SQL, a statement each."""

    def undo(self) -> list[str]:
        return []

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.statements():
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.undo():
            schema_editor.execute(statement)


class TenantTable(_Sql):
    """Row-level security: a transaction sees the rows of the company in its scope and no others.

    It is forced upon the owner of the table, too, once all migrations are done (`lib.grants`): until then the owner
    sees every row, without which PostgreSQL could not check a foreign key that a migration adds.

    `across` names the columns that the narrow role may SELECT in every company; `gateway` what the gateway's
    role may do in every company, as in "select, update"; `ingest` the same for the role that writes facts.
    """

    def __init__(
        self, table: str, *, column: str = "company_id", across: Sequence[str] = (), gateway: str = "", ingest: str = ""
    ) -> None:
        self.table, self.column, self.across = table, column, tuple(across)
        self.gateway, self.ingest = gateway, ingest

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs: dict[str, Any] = {"column": self.column, "across": self.across, "gateway": self.gateway}
        kwargs |= {"ingest": self.ingest} if self.ingest else {}
        return self.__class__.__qualname__, [self.table], kwargs

    def describe(self) -> str:
        return f"Row-level security on {self.table}"

    def statements(self) -> list[str]:
        table, rule = self.table, f"{self.column} = (SELECT sundial_company())"
        made = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING ({rule}) WITH CHECK ({rule})",
        ]
        if self.across:
            made += [
                f"CREATE POLICY across ON {table} FOR SELECT TO sundial_across USING (true)",
                f"GRANT SELECT ({', '.join(self.across)}) ON {table} TO sundial_across",
            ]
        for role, rights in (("gateway", self.gateway), ("ingest", self.ingest)):
            if rights:
                made += [
                    f"CREATE POLICY {role} ON {table} TO sundial_{role} USING (true) WITH CHECK (true)",
                    f"GRANT {rights} ON {table} TO sundial_{role}",
                ]
        return made

    def undo(self) -> list[str]:
        drops = [f"DROP POLICY IF EXISTS {name} ON {self.table}" for name in ("tenant", "across", "gateway", "ingest")]
        return [*drops, f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY"]


class AppendOnly(_Sql):
    """Rows may be added and read, never changed, deleted or truncated, not even by the table's owner."""

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.table], {}

    def describe(self) -> str:
        return f"{self.table} is append-only"

    def statements(self) -> list[str]:
        table = self.table
        return [
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION sundial_append_only()",
            f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION sundial_append_only()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_truncate",
        ]

    def undo(self) -> list[str]:
        names = ("append_only", "append_only_truncate")
        return [f"DROP TRIGGER IF EXISTS {name} ON {self.table}" for name in names]


class GrantTo(_Sql):
    """Give one of the crossing roles a right on a table that belongs to no company."""

    def __init__(self, role: str, privileges: str, table: str) -> None:
        self.role, self.privileges, self.table = role, privileges, table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.role, self.privileges, self.table], {}

    def describe(self) -> str:
        return f"{self.role} may {self.privileges} {self.table}"

    def statements(self) -> list[str]:
        return [f"GRANT {self.privileges} ON {self.table} TO {self.role}"]
