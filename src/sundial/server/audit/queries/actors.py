"""Who acted: the names under which a log has them."""

from collections.abc import Iterable

from django.db import connection, transaction

from sundial.server.audit import rules
from sundial.server.lib.scope import acting_for

# Each name is one step along the index, however many entries have it.
_NAMED = """
WITH RECURSIVE met AS (
  (SELECT actor FROM audit_personal WHERE company_id = %(log)s AND actor IS NOT NULL ORDER BY actor LIMIT 1)
  UNION ALL
  SELECT (
    SELECT p.actor FROM audit_personal p
    WHERE p.company_id = %(log)s AND p.actor > met.actor ORDER BY p.actor LIMIT 1
  ) FROM met WHERE met.actor IS NOT NULL
)
SELECT actor FROM met WHERE actor IS NOT NULL AND (SELECT bool_and(strpos(lower(actor), word) > 0)
  FROM unnest(%(words)s::text[]) word)
"""


def named(log: int, text: str, also: Iterable[str]) -> list[str]:
    """The actors of this log whose names (mostly addresses) hold every word, and these besides, spelled as they are."""
    words = rules.clean(text).lower().split()
    with acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NAMED, {"log": log, "words": words})
        return sorted({*also, *(row[0] for row in cursor.fetchall())})
