"""Screens of the tests' own; one with a window manager is shared by the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.agent.probes.screen import Screen, open_screen


@pytest.fixture(scope="module")
def shared_screen() -> Iterator[Screen]:
    with open_screen() as screen:
        yield screen


@pytest.fixture
def screen(shared_screen: Screen) -> Iterator[Screen]:
    """Without the windows of the test before."""
    before = list(shared_screen.windows)
    yield shared_screen
    for process in shared_screen.windows[len(before) :]:
        process.terminate()
        process.wait(10)
    del shared_screen.windows[len(before) :]


@pytest.fixture
def own_screen() -> Iterator[Screen]:
    """For tests that break it."""
    with open_screen() as screen:
        yield screen
