"""What each role may do to people, without a database."""

import secrets
import zoneinfo
from collections.abc import Sequence

from sundial.server.companies.types import CompanyStatus, MemberStatus, Place
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


def open_places(places: Sequence[Place]) -> list[Place]:
    """The companies among these in which the person may act now."""
    return [place for place in places if not why_closed(place)]


def why_closed(place: Place) -> str:
    """Why the person may not act in this company now, in plain words; empty if they may."""
    if place.status is not MemberStatus.ACTIVE:
        return f"Your access to {place.company_name} is switched off. An administrator there can switch it on."
    if place.company_status is CompanyStatus.SUSPENDED:
        return f"{place.company_name} is suspended: nothing is recorded, and nobody can sign in."
    return ""


def why_nowhere(places: Sequence[Place]) -> str:
    """Why the person may act in none of these companies; empty if there is one in which they may."""
    if open_places(places):
        return ""
    closed = [why_closed(place) for place in places]
    return " ".join(closed) or "You do not belong to a company any more."
