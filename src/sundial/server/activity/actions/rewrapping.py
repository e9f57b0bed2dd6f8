"""People's keys are wrapped again when the root key that they lie under was replaced."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from sundial.server.activity import storage
from sundial.server.activity.models import PersonKey
from sundial.server.lib import root_keys
from sundial.server.lib.rewrapping import Rewrapped
from sundial.server.lib.scope import acting_for


def rewrap_person_keys(company_id: int, after: int, limit: int) -> tuple[Rewrapped, int]:
    """Wrap some living keys of a company under the root in use; what came of it, and the id of the last one seen."""
    current, total = root_keys.roots(storage.PURPOSE).current(), Rewrapped()
    with acting_for(company_id), transaction.atomic():
        living = PersonKey.objects.select_for_update().filter(wrapped__isnull=False, id__gt=after)
        rows = list(living.order_by("id")[:limit])
        for row in rows:
            if root_keys.root_of(bytes(row.wrapped or b"")) == current:
                continue
            fresh = storage.rewrapped(row)
            total = total.and_one(fresh)
            if fresh is not None:
                row.wrapped = fresh
                row.save(update_fields=["wrapped"])
    return total, rows[-1].pk if rows else after


def roots_of_person_keys(company_ids: Iterable[int]) -> dict[int, int]:
    """How many people's keys lie under each root, in these companies."""
    found: Counter[int] = Counter()
    for company_id in company_ids:
        with acting_for(company_id), transaction.atomic():
            wrapped = PersonKey.objects.filter(wrapped__isnull=False).values_list("wrapped", flat=True)
            found.update(root_keys.root_of(bytes(one or b"")) for one in wrapped)
    return dict(found)
