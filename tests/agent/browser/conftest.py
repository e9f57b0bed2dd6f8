"""A desk with a screen of its own for the tests of one file, and websites."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.browser.stage import Desk, Sites, open_sites
from tests.agent.probes.screen import Screen, open_screen


@pytest.fixture(scope="module")
def shared_screen() -> Iterator[Screen]:
    with open_screen() as screen:
        yield screen


@pytest.fixture(scope="module")
def shared_sites() -> Iterator[tuple[Sites, int]]:
    with open_sites() as opened:
        yield opened


@pytest.fixture
def sites(shared_sites: tuple[Sites, int]) -> Sites:
    return shared_sites[0]


@pytest.fixture
def desk(shared_screen: Screen, shared_sites: tuple[Sites, int], tmp_path: Path) -> Desk:
    return Desk(shared_screen, tmp_path, shared_sites[1])
