"""The backend itself; Django looks for `DatabaseWrapper` in a module of this name."""

from django.db.backends.postgresql import base

from sundial.server.lib import scope


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin by naming the company in scope."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Begin or end manual commit; beginning it is the start of an outermost transaction."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit and scope.current_company() is not None:
            self._name_company(str(scope.current_company()))

    def _name_company(self, company: str) -> None:
        self.connection.execute("SELECT set_config('app.company_id', %s, true)", (company,))
