"""Only pictures and files may be large."""

import pytest

from sundial.run import bodies
from sundial.run.front import body_limit


@pytest.mark.parametrize(
    "path", ["/agent/v1/screenshots", "/api/screenshot/upload", "/api/screenshot/upload/", "/screenshot/upload"]
)
def test_a_picture_of_fifty_megabytes_comes_in(path: str) -> None:
    assert body_limit(path).most > 50 << 20


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login/",
        "/api/upload/employee-activity",
        "/agent/v1/screenshots/other",
        "/vault/uploads/",
        "/vault/several/",
        "/api/v1/files/1/policy",
    ],
)
def test_all_else_stays_small(path: str) -> None:
    assert body_limit(path) == bodies.ORDINARY


def test_a_part_of_an_upload_and_a_file_in_a_form_come_in() -> None:
    assert body_limit("/vault/uploads/6f1c1c1e-0000-4000-8000-000000000000/").most > 8 << 20
    whole = body_limit("/api/v1/files")
    assert whole == body_limit("/api/v1/files/12/versions")
    assert whole.most == 1 << 30
    assert "/vault/uploads/" in whole.words
