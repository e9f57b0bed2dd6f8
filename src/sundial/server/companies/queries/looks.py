"""Reads about how a company looks: its name for its people, its colour, its logo; and photos of people."""

from django.db import transaction

from sundial.server.companies.models import Branding, Photo
from sundial.server.companies.queries.companies import company
from sundial.server.companies.queries.people import person
from sundial.server.companies.types import Looks
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for


def looks(company_id: int) -> Looks:
    """How this company looks, with its logo; the name is the company's own where it chose no other."""
    name = company(company_id).name
    with acting_for(company_id), transaction.atomic():
        row = Branding.objects.filter(company_id=company_id).first()
    if row is None:
        return Looks(name)
    return Looks(row.display_name or name, row.colour, bytes(row.logo), row.mark)


def photo(acting: Acting, user_id: int) -> bytes:
    """The photo of a person whom `acting` may see; raises NotFound."""
    row = Photo.objects.filter(membership=person(acting, user_id)).first()
    if row is None:
        raise NotFound
    return bytes(row.image)
