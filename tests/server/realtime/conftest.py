from collections.abc import AsyncIterator, Iterator

import pytest

from sundial.run.postgres import Cluster
from tests.server.realtime.house import House, People, Writer, fresh_id, open_house


@pytest.fixture
def people() -> People:
    """Who is signed in."""
    return People()


@pytest.fixture
def company_id() -> int:
    """A company of this test's own."""
    return fresh_id()


@pytest.fixture
def writer(committed_db: None, company_id: int) -> Iterator[Writer]:
    """Someone who tells this company's rooms things."""
    made = Writer(company_id)
    yield made
    made.threads.close()


@pytest.fixture
async def house(committed_db: None, cluster: Cluster, people: People) -> AsyncIterator[House]:
    """One running process."""
    async with open_house(cluster.app_dsn(), people.identity_of) as running:
        yield running
