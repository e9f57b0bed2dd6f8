"""Only pictures may be large."""

import pytest

from sundial.run import bodies
from sundial.run.front import body_limit


@pytest.mark.parametrize(
    "path", ["/agent/v1/screenshots", "/api/screenshot/upload", "/api/screenshot/upload/", "/screenshot/upload"]
)
def test_a_picture_of_fifty_megabytes_comes_in(path: str) -> None:
    assert body_limit(path) > 50 << 20


@pytest.mark.parametrize("path", ["/", "/login/", "/api/upload/employee-activity", "/agent/v1/screenshots/other"])
def test_all_else_stays_small(path: str) -> None:
    assert body_limit(path) == bodies.ORDINARY
