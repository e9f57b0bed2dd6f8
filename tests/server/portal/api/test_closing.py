"""Exporting and closing a company by the public API."""

import io
import zipfile

from sundial.server.lifecycle import actions, jobs
from tests.cast import Cast
from tests.server.companies.test_signing_in import actions_in
from tests.server.portal.api.knock import ask, problem


def test_an_export_is_asked_for_made_listed_and_fetched_by_the_company_alone(cast: Cast) -> None:
    base = f"/companies/{cast.company.pk}/exports"
    made = ask(cast.owner, "POST", base)
    told = made.json()
    assert (made.status_code, told["state"], told["asked_by_owner"]) == (201, "ASKED", True)
    assert problem(ask(cast.admin, "POST", base)) == (409, "conflict")
    jobs.make_company_export(cast.company.pk, told["id"])
    (listed,) = ask(cast.admin, "GET", base).json()["items"]
    assert (listed["state"], listed["percent"]) == ("READY", 100)
    file = f"{base}/{told['id']}/file"
    fetched = ask(cast.admin, "GET", file)
    assert fetched["Content-Type"] == "application/zip"
    whole = zipfile.ZipFile(io.BytesIO(fetched.getvalue()))
    assert "tables/accounts.jsonl" in whole.namelist()
    for player in (cast.owner, cast.manager, cast.stranger):
        assert ask(player, "GET", file).status_code == 404
    assert ask(cast.stranger, "GET", f"/companies/{cast.other.pk}/exports/{told['id']}/file").status_code == 404


def test_a_company_is_closed_after_an_export_and_opened_again_in_time(cast: Cast) -> None:
    place = f"/companies/{cast.company.pk}"
    assert problem(ask(cast.owner, "POST", f"{place}/close")) == (409, "conflict")
    jobs.make_company_export(cast.company.pk, ask(cast.owner, "POST", f"{place}/exports").json()["id"])
    closed = ask(cast.owner, "POST", f"{place}/close").json()
    assert (closed["deleted_at"], closed["delete_at"] > closed["closed_at"]) == (None, True)
    assert problem(ask(cast.owner, "POST", f"{place}/close")) == (409, "conflict")
    assert ask(cast.owner, "GET", place).json()["closed_at"] == closed["closed_at"]
    assert ask(cast.owner, "POST", f"{place}/reactivate").json()["closed_at"] is None
    assert {"COMPANY_CLOSED", "COMPANY_REACTIVATED"} <= set(actions_in(cast.company.pk))


def test_nothing_is_left_to_open_after_the_data_went(cast: Cast) -> None:
    place = f"/companies/{cast.company.pk}"
    jobs.make_company_export(cast.company.pk, ask(cast.owner, "POST", f"{place}/exports").json()["id"])
    ask(cast.owner, "POST", f"{place}/close")
    actions.delete_closed(now=cast.now.replace(year=cast.now.year + 1))
    assert ask(cast.owner, "GET", f"{place}/exports").json()["items"] == []
    assert problem(ask(cast.owner, "POST", f"{place}/reactivate")) == (409, "conflict")
