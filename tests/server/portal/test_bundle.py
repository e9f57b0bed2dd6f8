"""Pictures of one person as one file: for whom the gallery shows them, each noted as a look, or into the vault."""

import io
import zipfile
from datetime import timedelta
from typing import Any

from sundial.server.activity import actions, queries
from sundial.server.lib import clock
from sundial.server.vault import queries as vault
from sundial.server.vault.types import Wanted
from tests.cast import Cast, Player
from tests.server.activity.test_keeping import pictured

BUNDLE = "/screenshots/bundle/"


def taken(player: Player, **asked: Any) -> zipfile.ZipFile:
    """The bundle that is answered."""
    answer = player.client.post(BUNDLE, {"do": "take", **asked})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    whole = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(whole)
    return zipfile.ZipFile(io.BytesIO(whole))


def refused(player: Player, **asked: Any) -> str:
    """The page that says why there is no bundle."""
    answer = player.client.post(BUNDLE, {"do": "take", "next": "/screenshots/", **asked}, follow=True)
    assert answer.redirect_chain == [("/screenshots/", 302)]
    return answer.content.decode()


def looked(cast: Cast) -> list[tuple[str, int | None]]:
    """Who looked at which pictures of the employee, as the employee reads it."""
    found = queries.who_looked(cast.employee.acting, cast.employee.id)
    return sorted((one.by, one.screenshot_id) for one in found)


def test_ticked_pictures_are_taken_away_and_each_is_a_look_that_its_person_sees(cast: Cast) -> None:
    ids = [pictured(cast, 2), pictured(cast, 1)]
    found = taken(cast.admin, ids=ids)
    names = found.namelist()
    assert names[0] == "screenshots.csv"
    assert [int(name.removesuffix(".webp").rpartition("_")[2]) for name in names[1:]] == ids
    for name, one in zip(names[1:], ids, strict=True):
        assert found.read(name) == actions.open_picture(acting=cast.employee.acting, screenshot_id=one, now=clock.now())
    assert found.read("screenshots.csv").decode().count("\n") == 3
    assert looked(cast) == [(cast.admin.email, one) for one in sorted(ids)]


def test_a_whole_day_of_one_person_is_taken_and_nothing_of_another_day(cast: Cast) -> None:
    young, _old = pictured(cast, 2), pictured(cast, 3)
    day = clock.now().date() - timedelta(days=2)
    page = cast.manager.client.get(f"/screenshots/?date={day}&person={cast.employee.id}").content.decode()
    assert f'name="date" value="{day}"' in page
    names = taken(cast.manager, person=cast.employee.id, date=day.isoformat()).namelist()
    assert len(names) == 2
    assert names[1].endswith(f"_{young}.webp")
    assert len(taken(cast.employee, person=cast.employee.id, date=day.isoformat()).namelist()) == 2


def test_pictures_that_one_may_not_see_are_none(cast: Cast) -> None:
    one, day = pictured(cast, 1), clock.now().date() - timedelta(days=1)
    assert "There are no pictures to take" in refused(cast.stranger, ids=[one])
    assert "There are no pictures to take" in refused(cast.admin, person=cast.employee.id, date="2001-01-01")
    for wrong in ({}, {"ids": ["x", "-1"]}, {"person": "x", "date": day}, {"person": cast.employee.id}):
        assert "There are no pictures to take" in refused(cast.admin, **wrong)
    assert looked(cast) == [(cast.admin.email, one)], "in the gallery, to which they were led back"


def test_a_bundle_goes_straight_into_the_vault_and_opens_by_its_rule(cast: Cast) -> None:
    one = pictured(cast, 1)
    sent = cast.admin.client.post(BUNDLE, {"do": "keep", "ids": [one], "next": "/screenshots/?page=1"})
    assert sent.status_code == 302
    where = sent["Location"]
    assert where.startswith(f"/vault/keep/screenshots/?ids={one}&")
    assert "Put into the vault" in cast.admin.client.get(where).content.decode()
    kept = cast.admin.client.post(where, {"rule": "role = admin", "folder": ""})
    assert kept["Location"].startswith("/vault/files/")
    (file,) = vault.files(cast.admin.acting, Wanted(), now=clock.now()).files
    assert (file.media_type, file.rule_text) == ("application/zip", "role = admin")
    assert file.name.startswith("Screenshots of Employee Player, ")
    whole = b"".join(cast.admin.client.get(f"{kept['Location']}content/").streaming_content)
    assert zipfile.ZipFile(io.BytesIO(whole)).namelist()[1].endswith(f"_{one}.webp")
    assert looked(cast) == [(cast.admin.email, one)]
    nothing = cast.stranger.client.post(where, {"rule": "role = admin", "folder": ""})
    assert nothing.status_code == 422
