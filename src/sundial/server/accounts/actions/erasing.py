"""Forgetting people who belong nowhere any more; the row stays, since what is kept points to it."""

from collections.abc import Iterable

from django.db import transaction

from sundial.server.accounts.actions.tokens import end_all_tokens
from sundial.server.accounts.models import User


@transaction.atomic
def forget_people(*, user_ids: Iterable[int]) -> int:
    """Take address and password of these accounts away for good; owners of the platform are left alone."""
    rows = User.objects.filter(id__in=list(user_ids), is_owner=False)
    found = list(rows)
    for user in found:
        user.email, user.is_active = f"forgotten-{user.pk}@invalid", False
        user.set_unusable_password()
        user.save(update_fields=["email", "is_active", "password"])
        end_all_tokens(user_id=user.pk)
    return len(found)
