"""What other apps may know of an account."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TokenHolder:
    """Whose API token this is, and for which company (None for the OWNER)."""

    token_id: int
    user_id: int
    company_id: int | None


@dataclass(frozen=True)
class Account:
    """A user as other apps know them."""

    id: int
    email: str
    is_owner: bool
    is_active: bool
