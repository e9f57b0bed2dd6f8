"""A device that tells facts, and what became of them."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sundial.run.postgres import Cluster
from tests.gateway.firm import Firm
from tests.gateway.ingest.diary import Event, Records, batch
from tests.gateway.stage import Agent

Tell = Callable[..., Any]


@pytest.fixture
def records(cluster: Cluster, firm: Firm) -> Iterator[Records]:
    """What is kept of the company."""
    reading = Records(cluster.app_dsn(), firm.id)
    yield reading
    reading.close()


def send(agent: Agent, *events: Event) -> httpx.Response:
    """Tell these events in one batch."""
    return agent.ask("POST", "/agent/v1/batches", json=batch(*events))


@pytest.fixture
def tell(agent: Agent) -> Tell:
    """The one device tells events, and the answer is taken apart."""

    def telling(*events: Event) -> Any:
        answer = send(agent, *events)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return telling
