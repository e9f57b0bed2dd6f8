"""What a plan brings beyond room, held to where it is used."""

from datetime import datetime

from django.db import transaction

from sundial.server.billing import queries
from sundial.server.companies import actions as companies
from sundial.server.companies.types import Feature, Looks
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for


def require_feature(company_id: int, feature: Feature) -> None:
    """Refuse what the company's plan does not bring, with the plans that do."""
    if words := queries.why_not(company_id, feature):
        raise NotAllowed(words)


@transaction.atomic
def change_looks(
    *, acting: Acting, name: str, colour: str | None, logo: bytes | None = None, drop_logo: bool = False, now: datetime
) -> Looks:
    """Change how one's company looks; its name with every plan, colour and logo with those that bring them."""
    if acting.company_id is None:
        raise NotFound
    if colour is not None or logo or drop_logo:
        require_feature(acting.company_id, Feature.BRANDING)
    with acting_for(acting.company_id):
        return companies.change_looks(acting=acting, name=name, colour=colour, logo=logo, drop_logo=drop_logo, now=now)
