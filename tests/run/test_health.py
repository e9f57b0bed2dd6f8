"""What a monitoring asks."""

import json
from pathlib import Path
from typing import Any

import pytest

from sundial.bus import MemoryBus
from sundial.gateway.metrics import Metrics
from sundial.run.health import GatewayCollector, Health, WebCollector, hinting, writable


async def good() -> bool:
    return True


async def bad() -> bool:
    return False


async def unreachable() -> bool:
    raise ConnectionError("on purpose")


async def asked(health: Health, path: str, client: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await health({"type": "http", "path": path, "client": (client, 1), "headers": given}, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


async def test_a_process_that_lives_says_so() -> None:
    assert await asked(Health({"x": bad}, [], None), "/healthz") == (200, "ok\n")


async def test_it_is_ready_when_every_check_is_good() -> None:
    status, said = await asked(Health({"one": good, "two": good}, [], None), "/readyz")
    assert (status, json.loads(said)) == (200, {"status": "ready", "checks": {"one": True, "two": True}})


@pytest.mark.parametrize("check", [bad, unreachable])
async def test_it_is_not_ready_when_one_is_not(check: Any) -> None:
    status, said = await asked(Health({"one": good, "two": check}, [], None), "/readyz")
    assert (status, json.loads(said)["checks"]) == (503, {"one": True, "two": False})


async def test_metrics_are_read_from_loopback_or_with_the_token() -> None:
    metrics = Metrics()
    metrics.streams_open = 7
    health = Health({}, [GatewayCollector(metrics)], "secret")
    assert "sundial_gateway_streams_open 7.0" in (await asked(health, "/metrics"))[1]
    assert (await asked(health, "/metrics", "203.0.113.9"))[0] == 403
    assert (await asked(health, "/metrics", "203.0.113.9", authorization="Bearer wrong"))[0] == 403
    assert (await asked(health, "/metrics", "203.0.113.9", authorization="Bearer secret"))[0] == 200
    assert (await asked(health, "/metrics", "127.0.0.1", x_forwarded_for="203.0.113.9"))[0] == 403


async def test_how_busy_the_web_is_can_be_read() -> None:
    said = (await asked(Health({}, [WebCollector(lambda: 3, lambda: 4, lambda: 5)], None), "/metrics"))[1]
    assert "sundial_web_requests_busy 3.0" in said
    assert "sundial_web_requests_refused_total 4.0" in said
    assert "sundial_web_consoles_open 5.0" in said


async def test_without_a_token_nobody_elsewhere_reads_metrics() -> None:
    assert (await asked(Health({}, [], None), "/metrics", "203.0.113.9", authorization="Bearer "))[0] == 403


async def test_storage_that_can_be_written_to_and_a_bus_that_takes_hints_are_ready(tmp_path: Path) -> None:
    assert await writable(tmp_path)() is True
    assert await writable(tmp_path / "none")() is False
    assert await hinting(MemoryBus())() is True
