"""Telling open pages that the alerts of a company are others now."""

from sundial.server.lib import hints
from sundial.server.lib.scope import PLATFORM

TOPIC, PLATFORM_TOPIC = "alerts", "platform-alerts"


def tell_pages(company_id: int) -> None:
    """Have the pages of a company (0: of the platform) ask again how many alerts wait; heard with the commit."""
    hints.send(PLATFORM_TOPIC if company_id == PLATFORM else TOPIC, str(company_id))
