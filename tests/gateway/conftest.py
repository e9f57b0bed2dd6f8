"""A company, its devices, and gateways that serve them."""

import json
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest

from sundial.bus import Bus, MemoryBus, PostgresBus
from sundial.run.postgres import Cluster
from tests.cast import Cast
from tests.gateway.firm import Firm
from tests.gateway.stage import Agent, Serving

StartGateway = Callable[..., Serving]
MakeAgent = Callable[..., Agent]


@pytest.fixture
def deaf() -> Callable[[], Bus]:
    """A bus on which nothing is ever heard: every hint is lost."""
    return MemoryBus


@pytest.fixture
def start_gateway(cluster: Cluster, committed_db: None) -> Iterator[StartGateway]:
    """Starts one more gateway process, over PostgreSQL's NOTIFY unless another bus is given."""
    running: list[Serving] = []

    def start(bus: Callable[[], Bus] | None = None, **how: Any) -> Serving:
        serving = Serving(cluster.app_dsn(), bus or (lambda: PostgresBus(cluster.app_dsn())), **how)
        running.append(serving)
        return serving.start()

    yield start
    for serving in running:
        serving.stop()


@pytest.fixture
def serving(start_gateway: StartGateway) -> Serving:
    """The one gateway of most plays."""
    return start_gateway()


@pytest.fixture
def firm(cast: Cast) -> Firm:
    """The company, and what its people do."""
    return Firm(cast)


@pytest.fixture
def make_agent(firm: Firm) -> Iterator[MakeAgent]:
    """Enrols one more device, which calls this gateway."""
    agents: list[Agent] = []

    def make(serving: Serving, token: str | None = None) -> Agent:
        if token is None:
            ready = firm.device()
            agents.append(Agent(ready.device_id, ready.token, serving.port))
        else:
            agents.append(Agent(0, token, serving.port))
        return agents[-1]

    yield make
    for agent in agents:
        agent.close()


@pytest.fixture
def agent(serving: Serving, make_agent: MakeAgent) -> Agent:
    """One device."""
    return make_agent(serving)


@pytest.fixture
def report() -> dict[str, Any]:
    """A true status report."""
    example = resources.files("sundial.protocol").joinpath("examples/status.json").read_text()
    message: dict[str, Any] = json.loads(example)
    return message
