"""What each role may do to people, without a database."""

import secrets
import zoneinfo

from sundial.server.lib.acting import Acting, Role

_RANK = {Role.EMPLOYEE: 1, Role.MANAGER: 2, Role.ADMIN: 3}


def new_company_key() -> str:
    """A fresh company key; it tells companies apart and opens nothing by itself."""
    return f"sdk_{secrets.token_urlsafe(24)}"


def may_manage_people(acting: Acting, company_id: int) -> bool:
    """An ADMIN manages the people of their own company, other ADMINs included."""
    return acting.role is Role.ADMIN and acting.company_id == company_id


def may_read_people(acting: Acting, company_id: int) -> bool:
    """ADMIN and MANAGER read lists of people; the OWNER sees counts only."""
    return acting.role in {Role.ADMIN, Role.MANAGER} and acting.company_id == company_id


def role_from(text: str) -> Role | None:
    """A role that someone inside a company may have, or None."""
    return next((role for role in _RANK if role == text.strip().upper()), None)


def known_time_zone(name: str) -> bool:
    """True for a zone of the time zone database."""
    return name in zoneinfo.available_timezones()
