"""The ordinary doors over HTTP: what they answer, and what they make of nonsense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sundial.protocol.tokens import new_token
from sundial.server.devices import actions, queries
from sundial.server.devices.models import Notice
from sundial.server.lib import clock
from sundial.server.lifecycle.actions import suspend_company
from tests.cast import Cast
from tests.server.devices.plays import Agent, audit, enrol

TEXT = "0" * 64
ACK = {"etag": "e1", "kinds": ["screenshots", "websites"], "text_sha256": TEXT, "at": "2026-03-02T12:00:00Z"}
ASK = {"code": "0000-0000-0000", "hostname": "laptop", "os": "Debian 12", "app_version": "1.0.0", "boot_id": "b1"}


def _code(cast: Cast) -> str:
    return actions.make_enrolment_code(acting=cast.employee.acting, user_id=cast.employee.id, now=clock.now()).code


def test_enrolling_answers_201_with_all_a_device_needs(cast: Cast) -> None:
    came = Agent().post("enrol", {**ASK, "code": _code(cast), "of next year": 1})
    assert came.status == 201
    assert set(came.body) == {"device_id", "token", "company_id", "company_name", "keys"}
    assert came.body["company_id"] == cast.company.pk
    assert set(came.body["keys"][0]) == {"key_id", "public_key"}
    assert came.headers["Cache-Control"] == "no-store"
    assert Agent(came.body["token"]).get("notices").body == {"notices": [], "more": False}


def test_a_code_that_does_not_work_is_404_and_ten_of_them_429(cast: Cast) -> None:
    agent = Agent()
    for _ in range(10):
        came = agent.post("enrol", ASK)
        assert (came.status, came.body["error"]["code"]) == (404, "not_found")
    came = agent.post("enrol", {**ASK, "code": _code(cast)})
    assert (came.status, came.body["error"]["code"]) == (429, "too_many_requests")
    assert int(came.headers["Retry-After"]) > 0


def test_a_suspended_company_answers_403_suspended(cast: Cast) -> None:
    code = _code(cast)
    suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="unpaid", now=cast.now)
    came = Agent().post("enrol", {**ASK, "code": code})
    assert (came.status, came.body["error"]["code"]) == (403, "suspended")


NONSENSE: list[object] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 10_000,
    {},
    {**ASK, "code": 1},
    {**ASK, "code": None},
    {**ASK, "hostname": "x" * 129},
    {**ASK, "hostname": "lap\x00top"},
    {**ASK, "os": ["Debian"]},
    b'{"code":"\\ud800","hostname":"","os":"","app_version":"","boot_id":""}',
]


@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_at_the_door_of_enrolment_is_400_in_json(cast: Cast, body: object) -> None:
    came = Agent().post("enrol", body)
    assert (came.status, came.body["error"]["code"]) == (400, "malformed")
    assert came.body["error"]["message"]


def test_a_body_larger_than_any_message_is_413(cast: Cast) -> None:
    for agent, door in ((Agent(), "enrol"), (Agent(enrol(cast).token), "acknowledgements")):
        came = agent.post(door, b"{" + b" " * (16 * 1024) + b"}")
        assert (came.status, came.body["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("door", ["notices", "acknowledgements"])
def test_a_token_that_is_not_known_is_401_and_one_that_ended_403(cast: Cast, door: str) -> None:
    def ask(token: str) -> tuple[int, str]:
        agent = Agent(token)
        came = agent.get(door) if door == "notices" else agent.post(door, ACK)
        return came.status, came.body["error"]["code"]

    for token in ("", "nonsense", new_token("device"), new_token("person"), "\x00", "é"):
        assert ask(token) == (401, "unauthorized")
    device = enrol(cast)
    actions.revoke(acting=cast.admin.acting, device_id=device.device_id, now=cast.now)
    assert ask(device.token) == (403, "revoked")


def test_a_persons_token_scheme_is_not_a_devices(cast: Cast) -> None:
    agent = Agent(enrol(cast).token)
    came = agent.client.get("/agent/v1/notices", headers={"Authorization": f"Token {agent.token}"})
    assert came.status_code == 401


@pytest.mark.parametrize(("door", "method"), [("enrol", "get"), ("notices", "post"), ("acknowledgements", "get")])
def test_the_wrong_method_is_405_in_json(cast: Cast, door: str, method: str) -> None:
    agent = Agent(enrol(cast).token)
    came = agent.get(door) if method == "get" else agent.post(door, {})
    assert (came.status, came.body["error"]["code"]) == (405, "method_not_allowed")
    assert came.headers["Allow"] in {"GET", "POST"}


def test_an_acknowledgement_is_kept_audited_and_shown_to_both_sides(cast: Cast) -> None:
    device = enrol(cast)
    came = Agent(device.token, ip="203.0.113.9").post("acknowledgements", ACK)
    assert came.status == 201
    for player in (cast.employee, cast.admin, cast.manager):
        [kept] = queries.acknowledgements(player.acting, user_id=cast.employee.id)
        assert (kept.pk, kept.etag, kept.kinds) == (came.body["id"], "e1", ["screenshots", "websites"])
        assert kept.at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    [(entry, personal, details)] = audit(cast.company.pk, "POLICY_ACKNOWLEDGED")
    assert details == {"device_id": device.device_id, "etag": "e1", "kinds": ACK["kinds"], "text_sha256": TEXT}
    assert (entry.target_id, personal.target, personal.ip) == (cast.employee.id, cast.employee.email, "203.0.113.9")


def test_the_same_word_after_a_lost_answer_is_one_acknowledgement(cast: Cast) -> None:
    agent = Agent(enrol(cast).token)
    assert agent.post("acknowledgements", ACK) == agent.post("acknowledgements", ACK)
    assert len(audit(cast.company.pk, "POLICY_ACKNOWLEDGED")) == 1
    agent.post("acknowledgements", {**ACK, "etag": "e2"})
    assert len(audit(cast.company.pk, "POLICY_ACKNOWLEDGED")) == 2


def test_a_word_about_other_kinds_is_another_word_and_their_order_is_none(cast: Cast) -> None:
    agent = Agent(enrol(cast).token)
    first = agent.post("acknowledgements", ACK)
    turned = agent.post("acknowledgements", {**ACK, "kinds": ACK["kinds"][::-1]})
    other = agent.post("acknowledgements", {**ACK, "kinds": ["keyboard_counts"]})
    assert first.body == turned.body
    assert (other.status, other.body["id"] != first.body["id"]) == (201, True)
    kept = queries.acknowledgements(cast.employee.acting, user_id=cast.employee.id)
    assert {tuple(one.kinds) for one in kept} == {("screenshots", "websites"), ("keyboard_counts",)}


BAD_WORDS: list[dict[str, Any]] = [
    {"kinds": []},
    {"kinds": ["key_contents"]},
    {"kinds": "screenshots"},
    {"text_sha256": "0" * 63},
    {"text_sha256": "G" * 64},
    {"etag": "e\x00"},
    {"etag": 1},
    {"at": "yesterday"},
    {"at": "2026-03-02T12:00:00"},
    {"at": "0001-01-01T00:00:00+14:00"},
    {"at": "9999-12-31T23:59:59-14:00"},
    {"at": 0},
]


@pytest.mark.parametrize("change", BAD_WORDS)
def test_an_acknowledgement_that_makes_no_sense_is_400_and_not_kept(cast: Cast, change: dict[str, Any]) -> None:
    came = Agent(enrol(cast).token).post("acknowledgements", {**ACK, **change})
    assert (came.status, came.body["error"]["code"]) == (400, "malformed")
    assert queries.acknowledgements(cast.employee.acting, user_id=cast.employee.id) == []


def _notify(cast: Cast, device_id: int | None, text: str) -> Notice:
    return actions.notify(
        company_id=cast.company.pk, device_id=device_id, kind="message", body={"text": text}, now=clock.now()
    )


def test_notices_after_an_id_are_those_for_the_device_and_for_the_company(cast: Cast) -> None:
    device, other = enrol(cast), enrol(cast)
    made = [
        _notify(cast, device.device_id, "one"),
        _notify(cast, other.device_id, "not mine"),
        _notify(cast, None, "for all"),
    ]
    agent = Agent(device.token)
    came = agent.get("notices").body
    assert [one["body"]["text"] for one in came["notices"]] == ["one", "for all"]
    assert set(came["notices"][0]) == {"id", "kind", "at", "body"}
    assert came["notices"][0]["at"].endswith("Z")
    [last] = agent.get(f"notices?after={made[0].pk}").body["notices"]
    assert last["id"] == made[2].pk
    assert agent.get(f"notices?after={made[2].pk}").body["notices"] == []


def test_a_device_hears_no_notice_from_before_it_was_enrolled(cast: Cast) -> None:
    _notify(cast, None, "long ago")
    device = Agent().post("enrol", {**ASK, "code": _code(cast)}).body
    assert Agent(device["token"]).get("notices").body["notices"] == []


def test_many_notices_come_a_hundred_at_a_time(cast: Cast) -> None:
    device = enrol(cast)
    for number in range(queries.NOTICES_AT_ONCE + 1):
        _notify(cast, device.device_id, str(number))
    agent = Agent(device.token)
    first = agent.get("notices").body
    assert (len(first["notices"]), first["more"]) == (queries.NOTICES_AT_ONCE, True)
    rest = agent.get(f"notices?after={first['notices'][-1]['id']}").body
    assert (len(rest["notices"]), rest["more"]) == (1, False)


def test_suspending_a_company_is_a_notice_for_every_device(cast: Cast) -> None:
    agent = Agent(enrol(cast).token)
    suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="unpaid", now=clock.now())
    [told] = agent.get("notices").body["notices"]
    assert (told["kind"], told["body"]) == ("company_status", {"company_status": "SUSPENDED"})


@pytest.mark.parametrize("after", ["-1", "1.5", "x", "", "9" * 19, "9" * 400, "%00", "١"])
def test_an_id_that_is_none_is_400(cast: Cast, after: str) -> None:
    came = Agent(enrol(cast).token).get(f"notices?after={after}")
    assert (came.status, came.body["error"]["code"]) == (400, "malformed")


def test_the_doors_need_no_csrf_token_and_set_no_cookie(cast: Cast) -> None:
    agent = Agent()
    assert agent.post("enrol", {**ASK, "code": _code(cast)}).status == 201
    assert not agent.client.cookies
