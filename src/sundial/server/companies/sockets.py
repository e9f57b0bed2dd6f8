"""Who a console's web session belongs to, asked when it connects, joins, and whenever something about it changed."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from sundial.server.accounts.auth import session_account
from sundial.server.companies.scoping import acting_in
from sundial.server.realtime.types import Identity

_engine: Any = import_module(settings.SESSION_ENGINE)


def identity_of(session_key: str) -> Identity | None:
    """Who this session is at this moment and in which company; None if it ended or they may not act there."""
    request = HttpRequest()
    request.session = _engine.SessionStore(session_key)
    request.user = get_user(request)
    account = session_account(request)
    acting = acting_in(account, request.session.get("company_id"), ip=None) if account else None
    if acting is None or acting.id is None:
        return None
    return Identity(acting.id, acting.label, acting.role, acting.company_id)
