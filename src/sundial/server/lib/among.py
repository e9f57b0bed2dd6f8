"""Many ids as one value of a statement."""

from collections.abc import Iterable

from django.db.models import BigIntegerField, Func, Value


def among(ids: Iterable[int]) -> Func:
    """What `…__in` looks in: one array, however many ids.

    A list of ten thousand would be ten thousand placeholders, which take longer to write down and to read than rows.
    """
    template = "(SELECT unnest(%(expressions)s::bigint[]))"
    return Func(Value([*ids]), template=template, output_field=BigIntegerField())
