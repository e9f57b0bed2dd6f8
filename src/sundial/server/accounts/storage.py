"""Where web sessions are kept: Django's table, asked only for keys that it could have made."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """A cookie may say anything, a NUL character included, which PostgreSQL refuses to look up."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Only letters and digits are looked up; any other key is nobody's."""
        return key is not None and len(key) == 32 and key.isascii() and key.isalnum()
