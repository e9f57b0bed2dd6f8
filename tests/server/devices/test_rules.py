"""Presence and standing, moment by moment."""

from datetime import UTC, datetime, timedelta

import pytest

from sundial.server.devices import rules
from sundial.server.devices.types import Presence, Signs, Standing

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def ago(delta: timedelta) -> datetime:
    return NOW - delta


def test_a_device_that_was_never_heard_of_has_never_synced() -> None:
    assert rules.presence(Signs(), NOW) is Presence.NEVER_SYNCED


def test_an_open_stream_is_online_as_long_as_its_gateway_lives() -> None:
    signs = Signs(stream_open_since=ago(timedelta(hours=5)), gateway_alive_at=ago(2 * SECOND), had_stream=True)
    assert rules.presence(signs, NOW) is Presence.ONLINE


def test_an_open_stream_counts_before_its_first_report() -> None:
    signs = Signs(stream_open_since=ago(SECOND), gateway_alive_at=ago(3 * SECOND), had_stream=True)
    assert rules.presence(signs, NOW) is Presence.ONLINE


@pytest.mark.parametrize(("since", "expected"), [(59, Presence.ONLINE), (60, Presence.OFFLINE)])
def test_the_streams_of_a_killed_gateway_are_over_after_a_minute(since: int, expected: Presence) -> None:
    signs = Signs(
        stream_open_since=ago(timedelta(hours=5)),
        gateway_alive_at=ago(since * SECOND),
        had_stream=True,
        last_agent_sync_at=ago(2 * MINUTE),
    )
    assert rules.presence(signs, NOW) is expected


def test_a_stream_whose_gateway_nobody_knows_lives_a_minute_from_its_opening() -> None:
    young, old = Signs(stream_open_since=ago(59 * SECOND)), Signs(stream_open_since=ago(61 * SECOND), had_stream=True)
    assert rules.is_online(young, NOW)
    assert not rules.is_online(old, NOW)


def test_an_agent_of_a_killed_gateway_that_polls_again_is_judged_by_its_reports() -> None:
    signs = Signs(
        stream_open_since=ago(timedelta(hours=5)),
        gateway_alive_at=ago(5 * MINUTE),
        had_stream=True,
        last_poll_at=ago(4 * MINUTE),
        last_agent_sync_at=ago(4 * MINUTE),
    )
    assert rules.presence(signs, NOW) is Presence.ONLINE


def test_a_poll_made_beside_the_stream_is_not_polling_again() -> None:
    signs = Signs(
        stream_open_since=ago(timedelta(hours=5)),
        gateway_alive_at=ago(5 * MINUTE),
        had_stream=True,
        last_poll_at=ago(6 * MINUTE),
        last_agent_sync_at=ago(6 * MINUTE),
    )
    assert rules.presence(signs, NOW) is Presence.OFFLINE


def test_a_clean_close_is_offline_at_once_however_fresh_the_last_report() -> None:
    signs = Signs(had_stream=True, stream_closed_at=ago(SECOND), clean_close=True, last_agent_sync_at=ago(2 * SECOND))
    assert rules.presence(signs, NOW) is Presence.OFFLINE


@pytest.mark.parametrize(("since", "expected"), [(59, Presence.ONLINE), (60, Presence.OFFLINE)])
def test_a_dropped_stream_is_offline_after_a_minute(since: int, expected: Presence) -> None:
    signs = Signs(had_stream=True, stream_closed_at=ago(since * SECOND), last_agent_sync_at=ago(2 * MINUTE))
    assert rules.presence(signs, NOW) is expected


def test_a_report_without_a_poll_does_not_bring_a_streaming_device_back() -> None:
    signs = Signs(had_stream=True, stream_closed_at=ago(5 * MINUTE), last_agent_sync_at=ago(SECOND))
    assert rules.presence(signs, NOW) is Presence.OFFLINE


def test_a_device_that_polls_again_after_a_clean_close_is_judged_by_its_reports() -> None:
    signs = Signs(
        had_stream=True,
        stream_closed_at=ago(5 * MINUTE),
        clean_close=True,
        last_poll_at=ago(MINUTE),
        last_agent_sync_at=ago(MINUTE),
    )
    assert rules.presence(signs, NOW) is Presence.ONLINE


@pytest.mark.parametrize(("minutes", "expected"), [(15, Presence.ONLINE), (16, Presence.OFFLINE)])
def test_without_a_stream_a_report_counts_for_a_quarter_of_an_hour(minutes: int, expected: Presence) -> None:
    assert rules.presence(Signs(last_agent_sync_at=ago(minutes * MINUTE)), NOW) is expected


def test_a_poll_alone_is_no_sign_of_life_that_counts() -> None:
    assert rules.presence(Signs(last_poll_at=ago(SECOND)), NOW) is Presence.NEVER_SYNCED


def test_a_revoked_device_is_offline_whatever_it_does() -> None:
    signs = Signs(stream_open_since=ago(SECOND), gateway_alive_at=NOW, last_agent_sync_at=NOW, revoked=True)
    assert rules.presence(signs, NOW) is Presence.OFFLINE


def test_a_person_is_where_the_best_of_their_devices_is() -> None:
    offline, never, online = Presence.OFFLINE, Presence.NEVER_SYNCED, Presence.ONLINE
    assert rules.presence_of_person([offline, online, never]) is online
    assert rules.presence_of_person([never, offline]) is offline
    assert rules.presence_of_person([never]) is never
    assert rules.presence_of_person([]) is never


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("received", Standing.APPLYING),
        ("applying", Standing.APPLYING),
        ("applied", Standing.APPLIED),
        ("waiting", Standing.WAITING),
        ("rejected", Standing.REJECTED),
        ("unsupported", Standing.REJECTED),
        ("a word of next year", Standing.APPLYING),
    ],
)
def test_a_report_that_names_a_policy_is_counted_by_its_own_word(state: str, expected: Standing) -> None:
    assert rules.standing(state, names_it=True, online=False, effective=False) is expected


def test_a_later_section_that_is_not_known_does_not_undo_settings_that_are_in_force() -> None:
    assert rules.standing("unsupported", names_it=True, online=True, effective=True) is Standing.APPLIED


def test_a_device_that_has_not_spoken_of_a_policy_is_never_counted_as_applied() -> None:
    assert rules.standing("applied", names_it=False, online=True, effective=True) is Standing.UNANSWERED
    assert rules.standing("applied", names_it=False, online=False, effective=True) is Standing.OFFLINE


def test_wrong_codes_are_counted_in_windows_of_ten_minutes() -> None:
    assert rules.window_of(NOW + timedelta(minutes=9, seconds=59)) == rules.window_of(NOW)
    assert rules.window_of(NOW + timedelta(minutes=10)) == rules.window_of(NOW) + timedelta(minutes=10)
