"""Which company a transaction may see: set by every outermost transaction, enforced by row-level security.

Without a company in scope a tenant table answers nothing. `PLATFORM` is the scope of the platform itself: log 0 and
the owner's room. Crossing companies needs `across_companies`, whose role may only SELECT a short list of columns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from psycopg.pq import TransactionStatus

PLATFORM = 0

_company: ContextVar[int | None] = ContextVar("company", default=None)


def current_company() -> int | None:
    """The company in scope, or None."""
    return _company.get()


def apply_scope() -> None:
    """Tell PostgreSQL, for this transaction, which company is in scope."""
    company = _company.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.company_id', %s, true)", ["" if company is None else str(company)])


def _usable() -> bool:
    """False once a statement failed: then only a rollback is left, which brings the scope of before back, too."""
    if not connection.in_atomic_block or connection.needs_rollback:
        return False
    status: TransactionStatus = connection.connection.info.transaction_status
    return status is not TransactionStatus.INERROR


@contextmanager
def acting_for(company_id: int) -> Iterator[None]:
    """Everything inside sees this company and no other; nests, and works inside an open transaction."""
    changes = _company.get() != company_id  # PostgreSQL knows already which one an open transaction is about
    token = _company.set(company_id)
    inside = connection.in_atomic_block and changes
    try:
        if inside:
            apply_scope()
        yield
    finally:
        _company.reset(token)
        if inside and _usable():
            apply_scope()


@contextmanager
def across_companies() -> Iterator[None]:
    """Read what the narrow role may see in every company; must be inside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("across_companies() needs an open transaction")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE sundial_across")
    try:
        yield
    finally:
        if _usable():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE NONE")
