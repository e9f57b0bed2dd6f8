"""How accounts behave, without a database."""

from datetime import datetime, timedelta

TOKEN_LIFE = timedelta(days=30)
TOKEN_TOUCH = timedelta(hours=1)
RESET_MAILS_APART = timedelta(minutes=2)
LONGEST_EMAIL, LONGEST_PASSWORD = 254, 512


def normal_email(email: str) -> str:
    """The one spelling of an address: trimmed, lower case."""
    return email.strip().lower()


def token_alive(last_used_at: datetime, now: datetime) -> bool:
    """A token ends after 30 days unused."""
    return now - last_used_at < TOKEN_LIFE


def worth_touching(last_used_at: datetime, now: datetime) -> bool:
    """Writing "last used" once an hour is enough, and keeps reads from becoming writes."""
    return now - last_used_at > TOKEN_TOUCH
