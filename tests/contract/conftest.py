"""One demo platform for all, as a stranger would start it, and who signs in there."""

from collections.abc import Callable, Iterator

import pytest

from tests.contract.house import Firm, Person, found, hang_up, known
from tests.running import Platform, open_folder, start_platform, stop_platform


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The platform that `sundial serve --demo` runs."""
    with open_folder() as folder:
        running = start_platform(folder / "var")
        yield running
        hang_up(running.base_url)
        stop_platform(running)


@pytest.fixture(scope="session")
def base_url(platform: Platform) -> str:
    """Where it is."""
    return platform.base_url


@pytest.fixture(scope="session")
def owner(platform: Platform) -> Person:
    """The OWNER of the demo."""
    return known(platform, platform.demo["owner"])


@pytest.fixture(scope="session")
def found_firm(owner: Person) -> Callable[[], Firm]:
    """Found companies of one's own."""
    return lambda: found(owner)


@pytest.fixture(scope="module")
def firm(owner: Person) -> Firm:
    """A company that the tests of one file share."""
    return found(owner)


@pytest.fixture(scope="session")
def stranger(owner: Person) -> Firm:
    """A company whose people are strangers to everyone else's."""
    return found(owner)
