"""A mail server for whoever asks for one."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.server.alerts.post import PostOffice


@pytest.fixture
def post(settings: Settings) -> Iterator[PostOffice]:
    """A real mail server on loopback, to which mails go."""
    office = PostOffice()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.open()
    yield office
    office.close()
