"""Reads about how a company looks: its name for its people, its colour, its logo; and photos of people."""

from django.db import transaction
from django.db.models.functions import Length

from sundial.server.companies.models import Branding, Company, Photo
from sundial.server.companies.queries.companies import company, limits_in
from sundial.server.companies.queries.people import person
from sundial.server.companies.rules import colours
from sundial.server.companies.types import Face, Feature, Looks
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for


def looks(company_id: int) -> Looks:
    """How this company looks, with its logo; the name is the company's own where it chose no other.

    Colour and logo are kept, and not shown, while the company's plan does not bring them.
    """
    found = company(company_id)
    with acting_for(company_id), transaction.atomic():
        row = Branding.objects.filter(company_id=company_id).first()
    if row is None:
        return Looks(found.name)
    name = row.display_name or found.name
    return Looks(name, row.colour, bytes(row.logo), row.mark) if _may_show(found) else Looks(name)


def face(company_id: int) -> Face:
    """What every page shows of this company's looks; the logo stays where it is."""
    company_row = company(company_id)
    with acting_for(company_id), transaction.atomic():
        rows = Branding.objects.filter(company_id=company_id).annotate(picture=Length("logo"))
        found = rows.values_list("display_name", "mark", "colour", "picture").first()
    if found is None:
        return Face(company_row.name)
    chosen, mark, colour, picture = found
    name = chosen or company_row.name
    return Face(name, mark, bool(colour), bool(picture)) if _may_show(company_row) else Face(name)


def _may_show(row: Company) -> bool:
    return limits_in(row).allows(Feature.BRANDING)


def style_of(found: Looks) -> str:
    """A style sheet that gives pages this company's colour."""
    return colours.style_sheet(found.colour) if found.colour else ""


def photo(acting: Acting, user_id: int) -> bytes:
    """The photo of a person whom `acting` may see; raises NotFound."""
    row = Photo.objects.filter(membership=person(acting, user_id)).first()
    if row is None:
        raise NotFound
    return bytes(row.image)
