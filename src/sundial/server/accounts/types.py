"""What other apps may know of an account."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Account:
    """A user as other apps know them."""

    id: int
    email: str
    is_owner: bool
    is_active: bool


@dataclass(frozen=True)
class TokenHolder:
    """Whose API token this is, and for which company (None for the OWNER)."""

    token_id: int
    account: Account
    company_id: int | None
    last_used_at: datetime


@dataclass(frozen=True)
class Attempt:
    """What came of an address and a password: an account if both are right, `locked` after too many wrong ones."""

    account: Account | None
    locked: bool = False
