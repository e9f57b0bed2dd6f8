"""The SQL says of every case what the rules say."""

import itertools
from datetime import UTC, datetime, timedelta

from django.db import transaction

from sundial.server.devices import rules
from sundial.server.devices.models import Device, DeviceReport, Gateway
from sundial.server.devices.queries.standing import reports, with_presence, with_standing
from sundial.server.devices.types import Presence, Signs
from sundial.server.lib.scope import acting_for
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


def _ago(*seconds: int | None) -> list[datetime | None]:
    return [None if one is None else NOW - one * SECONDS for one in seconds]


GATEWAYS = {
    "rules-lives": NOW,
    "rules-59": NOW - 59 * SECONDS,
    "rules-60": NOW - 60 * SECONDS,
    "rules-dead": NOW - 300 * SECONDS,
}
CASES = list(
    itertools.product(
        _ago(None, 18_000, 60, 59),  # stream_open_since
        [*GATEWAYS, "rules-nobody-knows"],
        [True, False],  # had_stream
        _ago(None, 30, 60, 300),  # stream_closed_at
        [True, False],  # clean_close
        _ago(None, 1, 900, 901),  # last_agent_sync_at
        _ago(None, 10, 200, 20_000),  # last_poll_at
        [True, False],  # revoked
    )
)


def _stage(cast: Cast, rows: list[DeviceReport], revoked: list[bool]) -> None:
    devices = Device.objects.bulk_create(
        Device(
            company_id=cast.company.pk,
            user_id=cast.employee.id,
            enrolled_at=NOW,
            revoked_at=NOW if gone else None,
        )
        for gone in revoked
    )
    for row, device in zip(rows, devices, strict=True):
        row.company_id, row.device = cast.company.pk, device
    DeviceReport.objects.bulk_create(rows)


def test_presence_in_sql_is_presence_by_the_rules_in_every_case(cast: Cast) -> None:
    rows = [
        DeviceReport(
            stream_open_since=opened,
            stream_gateway=gateway,
            had_stream=had,
            stream_closed_at=closed,
            clean_close=clean,
            last_agent_sync_at=synced,
            last_poll_at=polled,
        )
        for opened, gateway, had, closed, clean, synced, polled, _ in CASES
    ]
    with acting_for(cast.company.pk), transaction.atomic():
        for name, alive_at in GATEWAYS.items():
            Gateway.objects.update_or_create(name=name, defaults={"started_at": NOW, "alive_at": alive_at})
        _stage(cast, rows, [case[-1] for case in CASES])
        said = dict(with_presence(reports(NOW)).values_list("device_id", "presence"))
        transaction.set_rollback(True)
    for row, case in zip(rows, CASES, strict=True):
        opened, gateway, had, closed, clean, synced, polled, revoked = case
        alive_at = GATEWAYS.get(gateway)
        signs = Signs(opened, alive_at, had, closed, clean, synced, polled, revoked)
        assert said[row.device_id] == rules.presence(signs, NOW), signs
    assert set(said.values()) == set(Presence)


def test_standing_in_sql_is_standing_by_the_rules_in_every_case(cast: Cast) -> None:
    states = ["", "received", "applying", "applied", "waiting", "rejected", "unsupported", "a word of next year"]
    cases = list(itertools.product(states, ["new", "old", ""], ["new", "old", ""], [True, False]))
    rows = [
        DeviceReport(
            state=state, policy_etag=named, effective_etag=effective, last_agent_sync_at=NOW if online else None
        )
        for state, named, effective, online in cases
    ]
    with acting_for(cast.company.pk), transaction.atomic():
        _stage(cast, rows, [False] * len(rows))
        said = dict(with_standing(reports(NOW), "new").values_list("device_id", "standing"))
        transaction.set_rollback(True)
    for row, (state, named, effective, online) in zip(rows, cases, strict=True):
        expected = rules.standing(state, names_it=named == "new", online=online, effective=effective == named)
        assert said[row.device_id] == expected, (state, named, effective, online)
