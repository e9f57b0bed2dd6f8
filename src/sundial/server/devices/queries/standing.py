"""The rules of presence and standing as SQL over `devices_report`; a test holds them to `rules`, case by case."""

from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import BooleanField, Case, DateTimeField, F, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from sundial.server.devices.models import DeviceReport, Gateway
from sundial.server.devices.types import DROPPED_AFTER, HEARTBEAT_COUNTS_FOR, DeviceKind, Presence, Standing

# A queryset of DeviceReport; the annotations that these functions add are beyond what the type checker follows.
Reports: TypeAlias = Any

_CLOSED_WELL = Q(stream_open_since__isnull=True, clean_close=True)


def reports(now: datetime) -> Reports:
    """Every device of the company in scope, with `ended` (of its stream) and whether it is `online`."""
    rows = DeviceReport.objects.annotate(ended=_stream_end())
    return rows.annotate(online=Case(When(_online(now), then=True), default=False, output_field=BooleanField()))


def agents(now: datetime) -> Reports:
    """The agents that may still act: not revoked, not classic."""
    return reports(now).filter(device__kind=DeviceKind.AGENT, device__revoked_at__isnull=True)


def with_presence(rows: Reports) -> Reports:
    """Add `presence`."""
    never = Q(last_agent_sync_at__isnull=True)
    return rows.annotate(
        presence=Case(
            When(online=True, then=Value(Presence.ONLINE)),
            When(never, then=Value(Presence.NEVER_SYNCED)),
            default=Value(Presence.OFFLINE),
            output_field=TextField(),
        )
    )


def with_standing(rows: Reports, etag: str) -> Reports:
    """Add `standing`: what each device makes of the policy with this etag."""
    return rows.annotate(
        standing=Case(
            When(~Q(policy_etag=etag) & Q(online=True), then=Value(Standing.UNANSWERED)),
            When(~Q(policy_etag=etag), then=Value(Standing.OFFLINE)),
            default=spoken(),
            output_field=TextField(),
        )
    )


def spoken() -> Case:
    """What a report says of the policy that it names."""
    in_force = Q(state="unsupported", effective_etag=F("policy_etag"))
    return Case(
        When(Q(state="applied") | in_force, then=Value(Standing.APPLIED)),
        When(state="waiting", then=Value(Standing.WAITING)),
        When(state__in=("rejected", "unsupported"), then=Value(Standing.REJECTED)),
        default=Value(Standing.APPLYING),
        output_field=TextField(),
    )


def _stream_end() -> Case:
    # GREATEST passes over NULL: a gateway that is not in its table was last known to live when the stream opened.
    alive = Greatest(F("stream_open_since"), _gateway_alive_at())
    return Case(
        When(stream_open_since__isnull=False, then=alive),
        default=F("stream_closed_at"),
        output_field=DateTimeField(),
    )


def _gateway_alive_at() -> Combinable:
    """When the gateway that holds the stream last lived; there are few of them, so they are named one by one."""
    known = [
        When(stream_gateway=name, then=Value(alive_at, output_field=DateTimeField()))
        for name, alive_at in Gateway.objects.values_list("name", "alive_at")
    ]
    return Case(*known, default=Value(None), output_field=DateTimeField())


def _online(now: datetime) -> Q:
    streaming = Q(ended__gt=now - DROPPED_AFTER) & ~_CLOSED_WELL
    by_reports = Q(had_stream=False) | Q(ended__isnull=True) | Q(last_poll_at__gt=F("ended"))
    reported = Q(last_agent_sync_at__gte=now - HEARTBEAT_COUNTS_FOR)
    return Q(device__revoked_at__isnull=True) & (streaming | (by_reports & reported))
