"""Section 7, last line: what a host's monitoring asks."""

from tests.contract.house import ask


def test_it_lives_and_is_ready(base_url: str) -> None:
    assert ask(base_url, "GET", "/healthz").status_code == 200
    ready = ask(base_url, "GET", "/readyz")
    assert ready.status_code == 200
    assert {"database", "bus", "storage"} <= set(ready.json()["checks"])
    assert all(ready.json()["checks"].values())


def test_metrics_are_for_prometheus_on_loopback(base_url: str) -> None:
    answer = ask(base_url, "GET", "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE sundial_gateway_streams_open gauge" in answer.text
    proxied = ask(base_url, "GET", "/metrics", headers={"X-Forwarded-For": "8.8.8.8"})
    assert proxied.status_code == 403
