"""Turns one address such as smtp://user:password@host:25 into Django's mail settings."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sundial.server.config.shapes import MAIL_SCHEMES


def settings_from(url: str, folder: Path | None) -> dict[str, Any]:
    """Django's EMAIL_* settings for `url`; an empty one writes mail into the folder, or without one to the log."""
    if not url and folder:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    port, start_tls, tls = MAIL_SCHEMES[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": start_tls,
        "EMAIL_USE_SSL": tls,
        "EMAIL_TIMEOUT": 10,
    }
