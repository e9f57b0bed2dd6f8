"""Files of reports say what their pages say, cell by cell, in the programs that people open them with."""

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from django.db import connection, transaction
from PIL import Image

from sundial.server.audit.models import Entry
from sundial.server.companies.models import Branding, Membership
from sundial.server.companies.types import Looks
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.reports.actions.pdf_file import pdf_file
from sundial.server.reports.types import Column, Line, Period, Report, Sheet
from tests.cast import Cast, Player, make_cast, make_person
from tests.server.reports.plays import HOSTILE, LATER, MONDAY, at, cells_of, page, table, ways, work

QUERY = "from=2026-11-02&to=2026-11-08"
NAMES = ("daily", "monthly", "top", "utilisation", "heatmap", "comparison", "attendance")
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1")


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: object) -> Iterator[Cast]:
    """A company with a week of work, hostile names, and looks of its own."""
    with django_db_blocker.unblock():
        yield _cast()
        connection.close()


def _cast() -> Cast:
    made = make_cast()
    ways(made.company)
    evil = make_person(made.admin, Role.EMPLOYEE, "evil")
    written = io.BytesIO()
    Image.new("RGB", (120, 40), "teal").save(written, "PNG")
    with acting_for(made.company.pk), transaction.atomic():
        Membership.objects.filter(user_id=evil.id).update(first_name=HOSTILE, last_name="Żółć Ωμέγα Иван বাংলা 漢字")
        Branding.objects.create(
            company_id=made.company.pk,
            display_name="Ω & Söhne",
            colour="#0a6b5d",
            logo=written.getvalue(),
            updated_at=clock.now(),
        )
    work(made, made.employee, at(MONDAY, 9), 27125.9, away=620, private=61, name=FORMULAS[0])
    work(made, made.manager, at(MONDAY, 22), 3 * 3600, name=FORMULAS[1])
    work(made, evil, at(MONDAY, 8, 58), 30_000.4, name=FORMULAS[2])
    return made


def file(player: Player, name: str, form: str) -> bytes:
    """The report as a file."""
    answer = player.client.get(f"/reports/{name}/?{QUERY}&format={form}")
    assert answer.status_code == 200
    return answer.content


def shown(player: Player, name: str) -> list[list[str]]:
    """What the page says, with its dashes as what they mean: nothing known or, in the map of hours, no time."""
    rows = table(page(player, f"/reports/{name}/?{QUERY}"))
    dash = "0:00:00" if name == "heatmap" else ""
    return [[dash if cell == "–" else cell for cell in row] for row in rows]


def alike(cell: str) -> str:
    """A cell as everyone writes it: days in one way, formulas without the mark that makes them text."""
    named = re.fullmatch(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d+) Nov 2026", cell)
    if named:
        return date(2026, 11, int(named[1])).isoformat()
    return re.sub(r"^'(?=[=+\-@\t\r])", "", cell)


def same(one: list[list[str]], other: list[list[str]]) -> None:
    """Row by row, cell by cell."""
    assert [[alike(cell) for cell in row] for row in one] == [[alike(cell) for cell in row] for row in other]


@pytest.mark.parametrize("name", NAMES)
def test_csv_says_what_the_page_says(cast: Cast, name: str) -> None:
    text = file(cast.admin, name, "csv").decode("utf-8-sig")
    same(list(csv.reader(io.StringIO(text))), shown(cast.admin, name))


def test_a_spreadsheet_opens_in_libreoffice_and_shows_what_the_page_says(cast: Cast, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.xlsx").write_bytes(file(cast.admin, name, "xlsx"))
    # As HTML, which has each cell as it is shown; CSV of LibreOffice writes short lengths as times of day.
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "html"]
    files = [str(tmp_path / f"{name}.xlsx") for name in NAMES]
    subprocess.run([*command, "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=240)
    for name in NAMES:
        opened = (tmp_path / f"{name}.html").read_text("utf-8")
        first = opened[opened.index("<table") : opened.index("</table>")]
        same([cells_of(row) for row in re.findall(r"<tr>(.*?)</tr>", first, re.DOTALL)], shown(cast.admin, name))


def test_lengths_days_and_shares_are_values_and_words_never_are_formulas(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(file(cast.admin, "daily", "xlsx")))
    daily = book.worksheets[0]
    assert daily.freeze_panes == "B2"
    length = daily["C2"]
    assert (daily["A2"].is_date, daily["A2"].number_format) == (True, "yyyy-mm-dd")
    assert length.number_format == "[h]:mm:ss"
    top = openpyxl.load_workbook(io.BytesIO(file(cast.admin, "top", "xlsx"))).worksheets[0]
    named = {top.cell(row, 1).value: top.cell(row, 1) for row in range(2, 5)}
    assert set(named) == set(FORMULAS[:3])
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in named.values())
    assert top["C2"].number_format == r"0.0\ %"
    assert book.worksheets[1]["B2"].value == "2026-11-02"


def test_csv_makes_formulas_harmless(cast: Cast) -> None:
    text = file(cast.admin, "top", "csv").decode()
    assert f"'{FORMULAS[0]}" in text
    assert not re.search(r'(^|[,"])[=+@\-]', text, re.MULTILINE)


@pytest.mark.parametrize("name", ["daily", "monthly", "top"])
def test_pdf_is_a_document_with_the_company_s_name_and_every_line(cast: Cast, name: str, tmp_path: Path) -> None:
    made = file(cast.admin, name, "pdf")
    told = "".join(pages_of(made, tmp_path))
    assert "Ω & Söhne" in told
    assert "1 of 1" in told
    for row in shown(cast.admin, name)[1:]:
        assert alike(row[0])[:15] in told
        assert all(alike(cell) in told for cell in row[1:] if ":" in cell or "%" in cell)
    assert "Żółć Ωμέγα Иван বাংলা ??" in told or name == "top"  # what no font has is said to be missing
    looks = subprocess.run(["pdfimages", "-list", str(tmp_path / "report.pdf")], check=True, capture_output=True)
    assert b"image" in looks.stdout


def test_a_long_pdf_has_its_head_on_every_page(tmp_path: Path) -> None:
    columns = (Column("person", "Who"), Column("worked", "Worked", "length"))
    lines = [Line((f"Person {at}", at)) for at in range(90)]
    period = Period(MONDAY, MONDAY)
    made = pdf_file(
        Sheet(Report.DAILY, "Long", period, "UTC", MONDAY, LATER, columns, lines, 90, ("Total", 4005)), Looks("Maps")
    )
    told = pages_of(made, tmp_path)
    assert len(told) > 2
    assert all("Who" in one and f"{at} of {len(told)}" in one for at, one in enumerate(told, 1))
    assert [at for at in range(90) if not any(f"Person {at} " in one for one in told)] == []


def pages_of(document: bytes, folder: Path) -> list[str]:
    """The words of each page."""
    place = folder / "report.pdf"
    place.write_bytes(document)
    told = subprocess.run(["pdftotext", "-layout", str(place), "-"], check=True, capture_output=True).stdout.decode()
    return told.split("\f")[:-1]


def test_taking_a_report_away_is_written_down_with_what_and_which_days(cast: Cast) -> None:
    query = f"{QUERY}&person={cast.employee.id}&search={quote('employee')}"
    assert cast.manager.client.get(f"/reports/daily/?{query}&format=csv").status_code == 200
    with acting_for(cast.company.pk), transaction.atomic():
        entry = Entry.objects.filter(action="REPORT_EXPORTED").order_by("-seq")[0]
    assert entry.actor_id == cast.manager.id
    assert (entry.target_kind, entry.target_id) == ("person", cast.employee.id)
    details = entry.details if isinstance(entry.details, str) else str(entry.details)
    assert all(word in details for word in ("daily", "csv", "2026-11-02", "2026-11-08"))
    assert "employee" not in details.replace("EMPLOYEE", "")


def test_nothing_is_taken_away_that_is_not_written_down(cast: Cast) -> None:
    before = _exported(cast)
    assert cast.admin.client.get(f"/reports/daily/?{QUERY}&format=exe").status_code == 200  # the page: no such form
    assert cast.stranger.client.get(f"/reports/daily/?person={cast.employee.id}&format=csv").status_code == 404
    assert _exported(cast) == before


def _exported(cast: Cast) -> int:
    with acting_for(cast.company.pk), transaction.atomic():
        return Entry.objects.filter(action="REPORT_EXPORTED").count()


def test_a_spreadsheet_is_a_zip_without_anything_that_runs(cast: Cast) -> None:
    with zipfile.ZipFile(io.BytesIO(file(cast.admin, "daily", "xlsx"))) as book:
        assert not [name for name in book.namelist() if "vba" in name.lower() or "externalLink" in name]
        assert not [name for name in book.namelist() if b"<f>" in book.read(name)]
