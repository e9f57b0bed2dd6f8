"""Sections 3 and 5: facts of older clients, and pictures of agents, against the whole running platform."""

import base64
import json
import threading
import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.contract.house import Device, Firm, Person

PATIENCE = 300  # fifths of a second


def picture(size: tuple[int, int] = (640, 400)) -> bytes:
    """A screen with something on it."""
    written = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="module")
def worker(firm: Firm) -> Person:
    """Somebody whose company lets older clients record."""
    answer = firm.owner.patch(f"/api/v1/companies/{firm.id}", {"classic_clients": True})
    assert answer.status_code == 200, answer.text
    return firm.employee


def send(device: Device, image: bytes, eid: str) -> httpx.Response:
    """A picture as an agent sends it."""
    at = datetime.fromtimestamp(time.time(), UTC).isoformat().replace("+00:00", "Z")
    meta: dict[str, Any] = {"eid": eid, "taken_at": at, "session": str(uuid4()), "screen": 0, "blurred": False}
    meta |= {"mono_ms": 1, "boot_id": "b"}
    parts = {"meta": (None, json.dumps(meta)), "image": ("picture", image)}
    return device.ask("POST", "/agent/v1/screenshots", files=parts)


def ready(person: Person, screenshot_id: int) -> bytes:
    """The picture, once the worker has made it anew."""
    pause = threading.Event()
    for _fifth in range(PATIENCE):
        answer = person.get(f"/api/v1/screenshots/{screenshot_id}/image")
        if answer.status_code == 200:
            return answer.content
        pause.wait(0.2)
    raise AssertionError(answer.text)


def test_an_agent_s_picture_is_kept_once_and_seen_by_those_who_may(firm: Firm) -> None:
    device, eid, image = firm.enrol(), str(uuid4()), picture((1920, 1080))
    first, again = send(device, image, eid), send(device, image, eid)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json()
    other = send(device, picture(), eid)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")
    made = ready(firm.employee, first.json()["id"])
    with Image.open(BytesIO(made)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (1920, 1080))
    assert firm.admin.get(f"/api/v1/screenshots/{first.json()['id']}/image").status_code == 200
    (entry, *_rest) = firm.log(action_type="SCREENSHOT_VIEWED")
    assert entry["user"] == firm.admin.email


def test_an_older_client_s_day(firm: Firm, worker: Person) -> None:
    begun = worker.post("/api/work-session/create", {})
    session_id = begun.json()["data"]["id"]
    assert worker.post("/api/work-session/create/", {}).json()["data"]["id"] == session_id
    lengths = {"work_session_id": session_id, "applications": [{"app_name": "editor", "active_seconds": 60}]}
    assert worker.post("/api/upload/employee-activity", lengths).json()["status"] is True
    texts = {**lengths, "applications": [{"app_name": "editor", "active_seconds": "60"}]}
    assert worker.post("/api/upload/employee-activity", texts).status_code == 422, "in JSON types are exact"
    large = base64.b64encode(picture() + b"\0" * (3 << 20)).decode()
    asked = {
        "work_session_id": session_id,
        "capture_time": datetime.fromtimestamp(time.time(), UTC).isoformat(),
        "photo": large,
    }
    kept = worker.post("/api/screenshot/upload", asked)
    assert kept.status_code == 200, kept.text
    assert ready(worker, kept.json()["data"]["id"])
    assert worker.post("/api/check-session-active", {"session_id": session_id}).json()["status"] is True
    assert worker.post("/work-session/stop", {"session_id": session_id}).json()["status"] is True
    again = worker.post("/work-session/stop", {"session_id": session_id})
    assert (again.status_code, again.json()["status"]) == (200, False)
    assert worker.post("/api/check-session-active", {"session_id": session_id}).json()["status"] is False
    late = worker.post("/api/upload/employee-activity", lengths)
    assert (late.status_code, late.json()["status"]) == (422, False)


def test_without_the_switch_older_clients_record_nothing(stranger: Firm) -> None:
    for door in ("work-session/create", "upload/employee-activity", "screenshot/upload"):
        answer = stranger.employee.post(f"/api/{door}", {})
        assert (answer.status_code, answer.json()["status"]) == (403, False)


def test_an_absurd_length_of_body_is_refused_before_it_is_read(firm: Firm) -> None:
    device = firm.enrol()
    answer = send(device, b"\0" * (6 << 20), str(uuid4()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
