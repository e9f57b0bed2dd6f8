"""Section 5, watched: a policy as a stream."""

import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.contract.house import Firm
from tests.contract.test_agents import verify
from tests.contract.watching import watch


def test_the_policy_comes_at_once_and_at_every_change(firm: Firm) -> None:
    device = firm.enrol()
    with watch(device) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["x-accel-buffering"] == "no"
        first = stream.event("policy")
        assert first.id.strip('"') == first.data["etag"]
        assert first.data == device.policy().json()
        for quality in (63, 64, 65):
            firm.save(screenshot_quality=quality)
            told = stream.event()
            assert told.name == "policy"
            assert told.data["doc"]["settings"]["screenshot_quality"] == quality
            verify(told.data, device.keys)


def test_a_quiet_line_carries_comments(firm: Firm) -> None:
    device = firm.enrol()
    etag = device.policy().headers["etag"]
    with watch(device, If_None_Match=etag) as stream:
        assert stream.block().name == ""


@pytest.mark.parametrize("header", ["If_None_Match", "Last_Event_ID"])
@pytest.mark.parametrize("quoted", [True, False])
def test_what_is_known_is_not_said_again(firm: Firm, header: str, quoted: bool) -> None:
    device = firm.enrol()
    policy = device.policy()
    etag = policy.headers["etag"] if quoted or header == "If_None_Match" else policy.json()["etag"]
    with watch(device, **{header: etag}) as stream:
        assert stream.status == 200
        quality = 70 if policy.json()["doc"]["settings"]["screenshot_quality"] != 70 else 71
        firm.save(screenshot_quality=quality)
        first = stream.event("policy")
        assert first.data["version"] == policy.json()["version"] + 1
    with watch(device, **{header: '"other"'}) as stream:
        assert stream.event("policy").data == first.data


def test_up_to_four_streams_a_device(firm: Firm) -> None:
    device = firm.enrol()
    with ExitStack() as stack:
        streams = [stack.enter_context(watch(device)) for _ in range(4)]
        for stream in streams:
            assert stream.status == 200
            stream.event("policy")
        fifth = stack.enter_context(watch(device))
        assert fifth.status == 429
        assert int(fifth.headers["retry-after"]) > 0
        firm.save(screenshot_quality=58)
        for stream in streams:
            assert stream.event("policy").data["doc"]["settings"]["screenshot_quality"] == 58


def test_a_stream_is_presence_and_a_clean_close_ends_it(firm: Firm) -> None:
    device = firm.enrol()

    def becomes(presence: str) -> bool:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            shown = firm.admin.get(f"/api/v1/devices/{device.device_id}").json()
            if (shown["presence"], shown["streaming"]) == (presence, presence == "online"):
                return True
        return False

    with watch(device) as stream:
        device.report(stream.event("policy").data)
        assert becomes("online")
    assert becomes("offline")
    device.policy()
    assert firm.admin.get(f"/api/v1/devices/{device.device_id}").json()["last_seen_at"]


def test_revoked_is_the_last_event(firm: Firm) -> None:
    device = firm.enrol()
    with watch(device) as stream:
        stream.event("policy")
        firm.admin.post(f"/api/v1/devices/{device.device_id}/revoke", {})
        assert stream.event().name == "revoked"
        assert stream.ends()


def test_whoever_is_deactivated_has_the_line_cut(firm: Firm) -> None:
    person = firm.take_on("EMPLOYEE")
    device = firm.enrol(person)
    with watch(device) as stream:
        stream.event("policy")
        firm.admin.patch(f"/api/v1/users/{person.id}", {"status": "INACTIVE"})
        assert stream.event().name == "revoked"
        assert stream.ends()


def test_streams_stay_open_through_a_suspension(found_firm: Callable[[], Firm]) -> None:
    firm = found_firm()
    device = firm.enrol()
    with watch(device) as stream:
        before = stream.event("policy")
        firm.owner.post(f"/api/v1/companies/{firm.id}/suspend", {})
        notice = stream.event()
        assert (notice.name, notice.data["kind"]) == ("notice", "company_status")
        assert set(notice.data) == {"kind", "id"}
        firm.save(screenshot_quality=77)
        firm.owner.post(f"/api/v1/companies/{firm.id}/reactivate", {})
        notice = stream.event()
        assert (notice.name, notice.data["kind"]) == ("notice", "company_status")
        policy = stream.event()
        assert policy.name == "policy"
        assert policy.data["version"] > before.data["version"]
        assert policy.data == device.policy().json()
        ids = [one["id"] for one in device.ask("GET", "/agent/v1/notices").json()["notices"]]
        assert notice.data["id"] == ids[-1]


def test_refused_streams_are_answers_not_streams(firm: Firm) -> None:
    device = firm.enrol()
    device.token += "x"
    with watch(device) as stream:
        assert stream.status == 401
        assert b'"error"' in stream.body()
