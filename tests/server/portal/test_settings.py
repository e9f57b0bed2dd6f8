"""Settings, looks and the agent's file, as each role meets them."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from sundial.server.companies import queries
from tests.cast import Cast, Player
from tests.server.companies.pictures import png

WHEEL = "sundial-1.2.3-py3-none-any.whl"


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_an_administrator_says_how_the_company_works(cast: Cast) -> None:
    sent = {"time_zone": "Asia/Dhaka", "day_minutes": "450", "mon_from": "09:00", "mon_to": "17:30"}
    assert cast.admin.client.post("/settings/", sent).status_code == 302
    row = queries.company(cast.company.pk)
    assert (row.time_zone, row.day_minutes, row.people_delete_screenshots) == ("Asia/Dhaka", 450, False)
    assert row.working_hours == {"mon": ["09:00", "17:30"]}
    html = page(cast.admin, "/settings/")
    assert 'name="mon_from" value="09:00"' in html
    assert "Times are in Asia/Dhaka" in html


@pytest.mark.parametrize(
    "wrong",
    [{"mon_to": "17:00"}, {"mon_from": "17:00", "mon_to": "09:00"}, {"day_minutes": "5"}, {"time_zone": "Moon/Sea"}],
)
def test_what_does_not_fit_is_said_beside_it_and_nothing_is_saved(cast: Cast, wrong: dict[str, str]) -> None:
    sent = {"time_zone": "Asia/Dhaka", "day_minutes": "450", **wrong}
    answer = cast.admin.client.post("/settings/", sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "field-error" in html
    assert 'aria-invalid="true"' in html
    assert queries.company(cast.company.pk).day_minutes == 480


def test_a_company_s_looks_are_on_its_pages_and_on_nobody_else_s(cast: Cast) -> None:
    assert "/branding/" not in page(cast.employee, "/me/")
    sent = {"display_name": "Maps & Co", "colour": "#b35900", "logo": ContentFile(png(60, 20), "logo.png")}
    assert cast.admin.client.post("/settings/branding/", sent).status_code == 302
    html, mark = page(cast.employee, "/me/"), queries.face(cast.company.pk).mark
    sheet, logo = f"/branding/{cast.company.pk}.css", f"/branding/{cast.company.pk}.png"
    assert f'<link rel="stylesheet" href="{sheet}?{mark}">' in html
    assert f'src="{logo}?{mark}"' in html
    assert "Maps &amp; Co" in html
    assert "/branding/" not in page(cast.stranger, "/dashboard/")
    style = cast.employee.client.get(sheet)
    assert (style["Content-Type"], style["ETag"]) == ("text/css; charset=utf-8", f'"{mark}"')
    assert b"--accent: #b35900;" in style.content
    assert cast.employee.client.get(sheet, headers={"If-None-Match": style["ETag"]}).status_code == 304
    assert cast.employee.client.get(logo)["Content-Type"] == "image/png"
    for path in (sheet, logo):
        assert cast.stranger.client.get(path).status_code == 404
        assert Client().get(path).status_code == 302


def test_a_colour_that_is_hard_to_see_offers_the_nearest(cast: Cast) -> None:
    answer = cast.admin.client.post("/settings/branding/", {"colour": "#ffee00"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Hard to see on light pages." in html
    near = html.split('name="instead" value="')[1][:7]
    taken = cast.admin.client.post("/settings/branding/", {"colour": "#ffee00", "instead": near})
    assert taken.status_code == 302
    assert queries.looks(cast.company.pk).colour == near
    for wrong in ({"colour": "amber"}, {"logo": ContentFile(b"no picture", "logo.png")}):
        assert cast.admin.client.post("/settings/branding/", wrong).status_code == 422


@pytest.fixture
def shelf(tmp_path: Path, settings: Settings) -> Path:
    """Where the agent's file lies in this test."""
    settings.AGENT_DIRS = (tmp_path,)
    return tmp_path


def test_without_a_file_the_page_says_so(cast: Cast, shelf: Path) -> None:
    html = page(cast.employee, "/download/")
    assert "The agent is not on this server yet" in html
    assert "pip install" not in html
    assert "Make my code" in html


def test_the_file_is_there_for_everyone_with_its_checksum(cast: Cast, shelf: Path) -> None:
    (shelf / WHEEL).write_bytes(b"a wheel")
    (shelf / "sundial-9.whl").write_bytes(b"not one of ours")
    checksum = hashlib.sha256(b"a wheel").hexdigest()
    anyone = Client().get("/download/").content.decode()
    for html in (anyone, page(cast.employee, "/download/"), page(cast.owner, "/download/")):
        assert f"{WHEEL}#sha256={checksum}" in html
    assert cast.company.name not in anyone
    taken = Client().get(f"/download/{WHEEL}")
    assert b"".join(taken) == b"a wheel"
    assert taken["Content-Disposition"] == f'attachment; filename="{WHEEL}"'
    for other in ("sundial-9.whl", "demo.json", "..", "%2e%2e%2fsecret_key", "x.whl"):
        assert Client().get(f"/download/{other}").status_code == 404


def test_a_file_that_was_replaced_has_the_new_checksum(cast: Cast, shelf: Path) -> None:
    for content in (b"the first", b"the second one"):
        (shelf / WHEEL).write_bytes(content)
        assert hashlib.sha256(content).hexdigest() in Client().get("/download/").content.decode()
