"""A company's looks and people's photos: made anew, small, seen by those who may, and never another's."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.db import transaction
from PIL import Image

from sundial.server.companies import actions, queries
from sundial.server.companies.actions.looks import LARGEST_LOGO, LARGEST_UPLOAD
from sundial.server.companies.types import Looks
from sundial.server.lib import clock, small_pictures
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.pictures import Unreadable
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.companies.pictures import png
from tests.server.companies.test_signing_in import actions_in


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        yield cast
        transaction.set_rollback(True)


def look(player: Player, name: str = "", colour: str = "", logo: bytes | None = None, *, drop: bool = False) -> Looks:
    return actions.change_looks(
        acting=player.acting, name=name, colour=colour, logo=logo, drop_logo=drop, now=clock.now()
    )


def photograph(player: Player, of: Player, photo: bytes | None) -> str:
    return actions.set_photo(acting=player.acting, user_id=of.id, photo=photo, now=clock.now())


def test_a_company_looks_as_it_was_told_to(inside: Cast) -> None:
    assert queries.looks(inside.company.pk) == Looks(inside.company.name)
    made = look(inside.admin, "Maps", "#B35900", png(900, 300))
    assert queries.looks(inside.company.pk) == made
    with Image.open(BytesIO(made.logo)) as opened:
        assert (opened.format, opened.size) == ("PNG", (480, 160))
        assert opened.convert("RGBA").getpixel((479, 0)) == (0, 0, 0, 0), "what is seen through stays so"
    assert len(made.logo) <= LARGEST_LOGO
    assert queries.face(inside.company.pk).mark == made.mark
    kept = look(inside.admin, "Maps", "#b35900")
    assert kept == made, "no new logo keeps the one there is"
    bare = look(inside.admin, drop=True)
    assert (bare.name, bare.colour, bare.logo, bare.mark) == (inside.company.name, "", b"", "")
    assert not queries.face(inside.company.pk).has_logo


def test_a_colour_that_is_hard_to_see_is_refused_with_the_nearest(inside: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        look(inside.admin, "Maps", "#ffee00")
    near = actions.nearest_colour("#ffee00")
    assert near in refusal.value.fields["colour"]
    assert "light pages" in refusal.value.fields["colour"]
    assert queries.looks(inside.company.pk).name == inside.company.name, "nothing is half done"
    assert look(inside.admin, "Maps", near).colour == near
    assert actions.nearest_colour(near) == ""


NO_PICTURES = (b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png(9, 9)[:60], b"\x00" * 99)


@pytest.mark.parametrize("raw", NO_PICTURES)
def test_what_is_no_picture_is_refused(inside: Cast, raw: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        look(inside.admin, logo=raw)
    assert set(refusal.value.fields) == {"logo"}
    with pytest.raises(Invalid) as refusal:
        photograph(inside.employee, inside.employee, raw)
    assert set(refusal.value.fields) == {"photo"}


def test_a_picture_that_is_too_large_is_not_read(inside: Cast) -> None:
    with pytest.raises(Invalid, match="do not fit"):
        look(inside.admin, logo=b"x" * (LARGEST_UPLOAD + 1))


def test_a_bomb_ends_its_own_process_and_nothing_else() -> None:
    huge = BytesIO()
    Image.new("1", (30_000, 30_000)).save(huge, "PNG")
    with pytest.raises(Unreadable):
        small_pictures.shrink(huge.getvalue(), (128, 128), whole=True)


def test_a_photo_is_small_square_and_without_what_else_was_in_the_file(inside: Cast) -> None:
    source = BytesIO()
    picture = Image.new("RGB", (600, 200), "#336699")
    exif = picture.getexif()
    exif[0x010F] = "a camera that tells who owns it"
    picture.save(source, "JPEG", exif=exif)
    mark = photograph(inside.employee, inside.employee, source.getvalue())
    kept = queries.photo(inside.admin.acting, inside.employee.id)
    assert b"a camera" not in kept
    with Image.open(BytesIO(kept)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (128, 128))
    person = queries.as_person(queries.person(inside.admin.acting, inside.employee.id))
    assert person.photo_mark == mark != ""
    assert photograph(inside.admin, inside.employee, None) == ""
    with pytest.raises(NotFound):
        queries.photo(inside.admin.acting, inside.employee.id)


def test_who_may_change_a_photo_and_who_may_see_it(inside: Cast) -> None:
    with pytest.raises(NotAllowed):
        photograph(inside.manager, inside.employee, png(9, 9))
    photograph(inside.admin, inside.admin, png(9, 9))
    with pytest.raises(NotFound):
        queries.photo(inside.employee.acting, inside.admin.id)
    with acting_for(inside.other.pk), pytest.raises(NotFound):
        queries.photo(inside.stranger.acting, inside.admin.id)


def test_only_administrators_change_looks(inside: Cast) -> None:
    for player in (inside.owner, inside.manager, inside.employee):
        with pytest.raises(NotAllowed):
            look(player, "Mine")


def test_looks_stand_in_the_log_once(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        look(cast.admin, "Maps", "#b35900")
        look(cast.admin, "Maps", "#b35900")
        photograph(cast.admin, cast.employee, png(9, 9))
        photograph(cast.admin, cast.employee, png(9, 9))
    assert actions_in(cast.company.pk)[-2:] == ["BRANDING_CHANGED", "PHOTO_CHANGED"]
