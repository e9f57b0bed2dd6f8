"""A file of any size goes up and comes down through the real server without the server growing."""

import json
import os
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import psutil
import pytest

from tests.running import Platform, open_folder, start_platform, stop_platform

MIB = 1 << 20
PART = 8 * MIB
MOST_GROWTH = 8 * MIB
WARM = 96 * MIB  # what a server holds once it has done this before is not growth
EMAIL, PASSWORD = "ada@example.test", "correct horse battery staple"
FOUND = f"""
from django.db import transaction
from sundial.server.accounts.models import User
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lifecycle.actions import found_company
with transaction.atomic():
    acting = Acting("person", None, "owner", Role.OWNER)
    found = found_company(acting=acting, name="Large files", admin_email="{EMAIL}", admin_first_name="Ada",
                          admin_last_name="Admin", status=CompanyStatus.ACTIVE, now=clock.now())
    user = User.objects.get(id=found.admin_id)
    user.set_password("{PASSWORD}")
    user.save()
"""


class Watch:
    """How much memory a process takes at most, looked at a hundred times a second."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._over = process, threading.Event()
        self.before = self.most = process.memory_info().rss
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_how: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self.most = max(self.most, self._process.memory_info().rss)

    @property
    def growth(self) -> int:
        """Bytes more than before, at most."""
        return self.most - self.before


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A platform of its own, with nobody else on it."""
    with open_folder() as folder:
        running = start_platform(folder / "var", demo=False)
        made = running.run("manage", "shell", "-c", FOUND, timeout=120)
        assert made.returncode == 0, made.stderr
        yield running
        stop_platform(running)


@pytest.fixture
def client(platform: Platform) -> Iterator[httpx.Client]:
    """Somebody who is signed in."""
    with httpx.Client(base_url=platform.base_url, timeout=120) as made:
        made.get("/login/")
        token = {"csrfmiddlewaretoken": made.cookies["csrftoken"]}
        assert made.post("/login/", data={"email": EMAIL, "password": PASSWORD, **token}).is_redirect
        yield made


def serving(platform: Platform) -> psutil.Process:
    """The process that answers pages."""
    children = psutil.Process(platform.process.pid).children(recursive=True)
    return next(one for one in children if "front" in one.cmdline())


def send(client: httpx.Client, size: int, part: bytes) -> int:
    """Upload so many bytes in parts; the file's number."""
    told = {"filename": f"large-{size}.bin", "rule": "role = admin"}
    metadata = ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in told.items())
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": client.cookies["csrftoken"]}
    made = client.post("/vault/uploads/", headers=headers | {"Upload-Length": str(size), "Upload-Metadata": metadata})
    assert made.status_code == 201, made.text
    for offset in range(0, size, PART):
        sent = client.patch(
            made.headers["Location"],
            content=part[: size - offset],
            headers=headers | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
        )
        assert sent.status_code == 204, sent.text
    return int(sent.headers["Sundial-File"])


def fetch(client: httpx.Client, file_id: int) -> tuple[int, str]:
    """Length and digest of what comes down."""
    length, digest = 0, sha256()
    with client.stream("GET", f"/vault/files/{file_id}/content/") as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw():
            length += len(piece)
            digest.update(piece)
    return length, digest.hexdigest()


def expected(size: int, part: bytes) -> str:
    digest = sha256()
    for offset in range(0, size, PART):
        digest.update(part[: size - offset])
    return digest.hexdigest()


@pytest.mark.parametrize("size", [256 * MIB + 12_345, pytest.param(5 << 30, marks=pytest.mark.soak)])
@pytest.mark.timeout(1800)
def test_a_large_file_goes_up_and_down_in_the_same_memory(
    platform: Platform, client: httpx.Client, size: int, record_property: Callable[[str, object], None]
) -> None:
    part = os.urandom(PART)
    fetch(client, send(client, WARM, part))
    process = serving(platform)
    with Watch(process) as up:
        file_id = send(client, size, part)
    with Watch(process) as down:
        got = fetch(client, file_id)
    record_property("growth", json.dumps({"up": up.growth, "down": down.growth}))
    assert got == (size, expected(size, part))
    assert up.growth <= MOST_GROWTH
    assert down.growth <= MOST_GROWTH
    lying = sum(path.stat().st_size for path in (Path(platform.data) / "vault").rglob("*") if path.is_file())
    assert lying > size + WARM
