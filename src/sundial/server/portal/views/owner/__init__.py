"""The owner's pages: companies in numbers, what may be done to them, how the platform stands; never a person."""

from sundial.server.portal.views.owner.access import admins, close, export, key, reactivate, suspend, switches, trial
from sundial.server.portal.views.owner.company import company
from sundial.server.portal.views.owner.founding import new_company
from sundial.server.portal.views.owner.health import health
from sundial.server.portal.views.owner.listing import owner

__all__ = [
    "admins",
    "close",
    "company",
    "export",
    "health",
    "key",
    "new_company",
    "owner",
    "reactivate",
    "suspend",
    "switches",
    "trial",
]
