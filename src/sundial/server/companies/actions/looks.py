"""How a company looks to its own people, and photos: pictures are made anew before they are kept."""

import hashlib
from datetime import datetime

from django.db import transaction

from sundial.server.companies.actions.checks import checked_text, require_admin
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.people import locked_person
from sundial.server.companies.actions.telling import note_of_company, note_of_person
from sundial.server.companies.models import Branding, Photo
from sundial.server.companies.rules import colours, may_manage_people
from sundial.server.companies.types import Looks
from sundial.server.lib import small_pictures
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.pictures import Unreadable

LARGEST_LOGO = 200 << 10  # bytes, as kept
LARGEST_UPLOAD = 4 << 20  # bytes, as sent
_LOGO, _PHOTO = (480, 160), (128, 128)


@transaction.atomic
def change_looks(
    *, acting: Acting, name: str, colour: str | None, logo: bytes | None = None, drop_logo: bool = False, now: datetime
) -> Looks:
    """Change the name, colour and logo that one's people see; a `logo` or `colour` of None stays as it is."""
    company_id = require_admin(acting, "Only an administrator of the company may change how it looks.")
    title, ink = checked_text("display_name", name, 80), None if colour is None else checked_colour(colour)
    picture = _logo(logo) if logo else None
    company = locked_company(company_id)
    row = Branding.objects.filter(company_id=company_id).first() or Branding(company_id=company_id)
    old = (row.display_name, row.colour, bytes(row.logo))
    new = (title, old[1] if ink is None else ink, picture if picture is not None else b"" if drop_logo else old[2])
    if new != old:
        row.display_name, row.colour, row.logo = new
        row.mark, row.updated_at = (_mark(*new) if any(new) else ""), now
        row.save()
        _note(acting, company_id, old, new, now)
    return Looks(row.display_name or company.name, row.colour, bytes(row.logo), row.mark)


def checked_colour(text: str) -> str:
    """A colour that is seen on light and dark pages, or none; raises Invalid, which names the nearest that is."""
    if not text.strip():
        return ""
    colour = colours.normal_colour(text)
    if colour is None:
        raise Invalid({"colour": "Write a colour like #b35900."})
    if hard := colours.faults(colour):
        pages = " and ".join(hard)
        raise Invalid({"colour": f"Hard to see on {pages} pages. The nearest that works is {colours.nearest(colour)}."})
    return colour


def nearest_colour(text: str) -> str:
    """The colour to offer instead of one that was refused; empty where there is none."""
    colour = colours.normal_colour(text)
    return colours.nearest(colour) if colour and colours.faults(colour) else ""


def _logo(raw: bytes) -> bytes:
    made = _made(raw, "logo", _LOGO, whole=True)
    if len(made) > LARGEST_LOGO:
        raise Invalid({"logo": "This logo is too detailed. Choose a simpler picture."})
    return made


def _made(raw: bytes, field: str, box: tuple[int, int], *, whole: bool) -> bytes:
    if len(raw) > LARGEST_UPLOAD:
        raise Invalid({field: f"A picture has at most {LARGEST_UPLOAD >> 20} MB."})
    try:
        return small_pictures.shrink(raw, box, whole=whole)
    except Unreadable as refusal:
        raise Invalid({field: str(refusal)}) from refusal


def _mark(*parts: str | bytes) -> str:
    """The same for the same looks, and for no others."""
    told = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        told.update(len(content).to_bytes(8, "big") + content)
    return told.hexdigest()[:16]


def _note(
    acting: Acting, company_id: int, old: tuple[str, str, bytes], new: tuple[str, str, bytes], now: datetime
) -> None:
    told = [{"display_name": name, "colour": ink, "logo": bool(logo)} for name, ink, logo in (old, new)]
    changed = [key for key, before, after in zip(told[0], old, new, strict=True) if before != after]
    values = {
        "old_values": {one: told[0][one] for one in changed},
        "new_values": {one: told[1][one] for one in changed},
    }
    note_of_company(acting, company_id, "BRANDING_CHANGED", "The company's looks were changed", values, now)


@transaction.atomic
def set_photo(*, acting: Acting, user_id: int, photo: bytes | None, now: datetime) -> str:
    """Keep a person's photo, or none: one's own, or anyone's by an ADMIN. Answers its mark."""
    row = locked_person(acting, user_id)
    if acting.id != user_id and not may_manage_people(acting, row.company_id):
        raise NotAllowed("Only the person, or an administrator, may change a photo.")
    image = _made(photo, "photo", _PHOTO, whole=False) if photo else b""
    mark = _mark(image) if image else ""
    if mark == row.photo_mark:
        return mark
    if image:
        Photo.objects.update_or_create(company_id=row.company_id, membership=row, defaults={"image": image})
    else:
        Photo.objects.filter(membership=row).delete()
    row.photo_mark = mark
    row.save(update_fields=["photo_mark"])
    words = f"The photo of {row.user.email} was {'changed' if image else 'removed'}"
    note_of_person(acting, row, "PHOTO_CHANGED", words, {"photo": bool(image)}, now)
    return mark
