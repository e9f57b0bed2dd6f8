"""People's keys are wrapped again when the root key that they lie under was replaced."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from sundial.server.activity import storage
from sundial.server.activity.models import PersonKey
from sundial.server.lib import root_keys
from sundial.server.lib.scope import acting_for


def rewrap_person_keys(company_id: int, limit: int) -> int:
    """Wrap some keys of a company under the root in use; how many, 0 once all are."""
    current = root_keys.roots(storage.PURPOSE).current()
    with acting_for(company_id), transaction.atomic():
        living = PersonKey.objects.filter(wrapped__isnull=False).order_by("id")
        old = [
            pk for pk, wrapped in living.values_list("id", "wrapped") if root_keys.root_of(bytes(wrapped)) != current
        ]
        rows = list(PersonKey.objects.select_for_update().filter(id__in=old[:limit], wrapped__isnull=False))
        for row in rows:
            row.wrapped = storage.rewrapped(row)
            row.save(update_fields=["wrapped"])
    return len(rows)


def roots_of_person_keys(company_ids: Iterable[int]) -> dict[int, int]:
    """How many people's keys lie under each root, in these companies."""
    found: Counter[int] = Counter()
    for company_id in company_ids:
        with acting_for(company_id), transaction.atomic():
            wrapped = PersonKey.objects.filter(wrapped__isnull=False).values_list("wrapped", flat=True)
            found.update(root_keys.root_of(bytes(one)) for one in wrapped)
    return dict(found)
