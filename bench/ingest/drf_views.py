"""The peer's two doors: a bare bulk_create, and the same work as ours (sums, sessions, row-level security)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.ingest.drf_models import BatchSerializer, Employee, Fact, Usage, WorkSession

QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def facts_of(request: Request) -> list[dict[str, Any]]:
    """What was sent, checked."""
    taken = BatchSerializer(data=request.data)
    taken.is_valid(raise_exception=True)
    events: list[dict[str, Any]] = taken.validated_data["events"]
    return events


class Bare(APIView):
    """Facts are kept, and that is all."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> Response:
        """Keep them."""
        facts = [Fact(user=request.user, company_id=1, **one) for one in facts_of(request)]
        Fact.objects.bulk_create(facts, ignore_conflicts=True)
        return Response({"accepted": [fact.eid for fact in facts]}, status=201)


class Same(APIView):
    """Facts are kept, sessions noted and sums added to in one transaction that sees one company's rows."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> Response:
        """Keep them and count what is new; the person's row is held, so that nothing is counted twice."""
        events = facts_of(request)
        with transaction.atomic():
            employee = Employee.objects.select_for_update().get(user=request.user)
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.company', %s, true)", [str(employee.company_id)])
            ids = [one["eid"] for one in events]
            known = set(Fact.objects.filter(eid__in=ids).values_list("eid", flat=True))
            fresh = [
                Fact(user=request.user, company_id=employee.company_id, **one)
                for one in events
                if one["eid"] not in known
            ]
            Fact.objects.bulk_create(fresh, ignore_conflicts=True)
            note_sessions(employee, fresh)
            add_to_sums(employee, fresh)
        return Response({"accepted": [fact.eid for fact in fresh], "duplicate": list(known)}, status=201)


def note_sessions(employee: Employee, facts: Sequence[Fact]) -> None:
    """Until when something is known of each session."""
    for uuid in {fact.session for fact in facts}:
        own = [fact for fact in facts if fact.session == uuid]
        last = max(fact.end for fact in own)
        if not WorkSession.objects.filter(uuid=uuid).update(last_at=Greatest(F("last_at"), last)):
            WorkSession.objects.create(
                uuid=uuid,
                company_id=employee.company_id,
                user_id=employee.user_id,
                started_at=min(fact.start for fact in own),
                last_at=last,
            )


def add_to_sums(employee: Employee, facts: Sequence[Fact]) -> None:
    """A statement for each sum, as the documentation of F() has it; a second one where it is not there yet."""
    sums: dict[tuple[datetime, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for fact in facts:
        if fact.kind not in ("session", "ack"):
            share_out(fact, sums)
    for (bucket, kind, name), figures in sorted(sums.items()):
        key = {
            "company_id": employee.company_id,
            "user_id": employee.user_id,
            "bucket": bucket,
            "kind": kind,
            "name": name,
        }
        more = {figure: F(figure) + by for figure, by in figures.items()}
        if not Usage.objects.filter(**key).update(**more):
            Usage.objects.create(**key, **figures)


def share_out(fact: Fact, sums: dict[tuple[datetime, str, str], dict[str, int]]) -> None:
    """A span into its quarters, counts by time; they add up again."""
    whole = (fact.end - fact.start) or timedelta(microseconds=1)
    at = fact.start
    while True:
        bucket = at - (at - EPOCH) % QUARTER
        until = min(fact.end, bucket + QUARTER)
        figures = sums[bucket, fact.kind, fact.app[:200]]
        figures["ms"] += round((until - at) / timedelta(milliseconds=1))
        figures["spans"] += at == fact.start
        for count in ("keys", "clicks", "scrolls", "moved_s"):
            total = getattr(fact, count)
            if total:
                figures[count] += round(total * ((until - fact.start) / whole))
                figures[count] -= round(total * ((at - fact.start) / whole))
        at = until
        if at >= fact.end:
            return
