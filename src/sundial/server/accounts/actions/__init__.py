"""Writes about accounts: owners, tokens, passwords and the mail about them."""

from sundial.server.accounts.actions.forgetting import forget_what_ended
from sundial.server.accounts.actions.owners import create_owner, ensure_user, ensure_users
from sundial.server.accounts.actions.passwords import (
    claim_reset_mail,
    one_time_link,
    release_reset_mail,
    request_reset,
    set_password,
)
from sundial.server.accounts.actions.tokens import end_all_tokens, end_token, issue_token, touch_token

__all__ = [
    "claim_reset_mail",
    "create_owner",
    "end_all_tokens",
    "end_token",
    "ensure_user",
    "ensure_users",
    "forget_what_ended",
    "issue_token",
    "one_time_link",
    "release_reset_mail",
    "request_reset",
    "set_password",
    "touch_token",
]
