"""What is looked at to see whether something is wrong; in the scope of one company."""

from django.db.models import QuerySet, Sum

from sundial.server.activity.models import Stored, WorkSession


def running_sessions() -> QuerySet[WorkSession]:
    """Sessions that go on and are not paused; `last_at` is when a fact of each last came."""
    return WorkSession.objects.filter(ended_at__isnull=True, paused_at__isnull=True).order_by("id")


def stored_bytes() -> int:
    """How much the pictures of the company take."""
    total: int | None = Stored.objects.aggregate(total=Sum("bytes"))["total"]
    return int(total or 0)
