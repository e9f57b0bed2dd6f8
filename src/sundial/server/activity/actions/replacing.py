"""One statement that makes rows of sums what they should be: deletes what is no more, writes only what differs."""

from collections.abc import Sequence


def replacing(
    table: str, key: Sequence[str], values: Sequence[str], *, fresh: str, touched: str, given: str = ""
) -> str:
    """SQL for this: `fresh` selects key and values as they should be, `touched` says which rows `t` are looked at.

    `given` may name more parts of the WITH. The company is the parameter `company`; all else are words of the caller's.
    """
    keys, both = ", ".join(key), ", ".join((*key, *values))
    old, new = (", ".join(f"{of}.{name}" for name in values) for of in ("t", "excluded"))
    same = " AND ".join(f"f.{name} = t.{name}" for name in key)
    return f"""
    WITH {given + ", " if given else ""}fresh AS MATERIALIZED ({fresh}), gone AS (
        DELETE FROM {table} t WHERE {touched} AND NOT EXISTS (SELECT FROM fresh f WHERE {same})
    )
    INSERT INTO {table} AS t (company_id, {both}) SELECT %(company)s, {both} FROM fresh ORDER BY {keys}
    ON CONFLICT (company_id, {keys}) DO UPDATE SET ({", ".join(values)}) = ROW({new})
    WHERE ({old}) IS DISTINCT FROM ({new})
    """
