"""The owner's pages: companies in numbers, founded, set, suspended and brought back."""

import re

from django.db import transaction
from django.test import Client

from sundial.server.billing.jobs import count_companies
from sundial.server.companies.models import Company
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.portal.forms import CompanySettingsForm
from tests.cast import Cast, address, unique
from tests.server.billing.test_days import worked
from tests.server.devices.plays import enrol, report


def saved(cast: Cast) -> Company:
    with acting_for(cast.company.pk), transaction.atomic():
        return Company.objects.get(id=cast.company.pk)


def switch(cast: Cast, **values: str) -> tuple[int, str]:
    form = {"name": cast.company.name, "time_zone": "UTC"} | values
    answer = cast.owner.client.post(f"/owner/company/{cast.company.pk}/switches/", form)
    return answer.status_code, answer.content.decode()


def test_the_list_counts_agents_and_names_nobody(cast: Cast) -> None:
    device = enrol(cast)
    report(cast.company.pk, device.device_id, last_agent_sync_at=clock.now(), last_seen_at=clock.now())
    html = cast.owner.client.get(f"/owner/?search={cast.company.name}").content.decode()
    assert f'data-live-company="{cast.company.pk}"' in html
    assert '<td data-label="Online" data-align="end" data-fact="online">1</td>' in html
    for player in (cast.admin, cast.manager, cast.employee):
        assert player.email not in html


def test_the_list_is_exported_with_all_its_filters(cast: Cast) -> None:
    answer = cast.owner.client.get(f"/owner/?search={cast.company.name}&format=csv")
    body = answer.getvalue().decode()
    assert cast.company.name in body
    assert cast.other.name not in body


def test_a_company_needs_a_name_and_an_address(cast: Cast) -> None:
    answer = cast.owner.client.post("/owner/company/new/", {"name": "", "admin_email": "ada@"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "This field is required." in html
    assert "Enter a valid email address." in html


def test_the_link_for_the_new_administrator_is_shown_once_and_names_nobody(cast: Cast) -> None:
    email = address("first")
    form = {"name": unique("Harbour"), "time_zone": "Asia/Dhaka", "status": "TRIAL", "admin_email": email}
    answer = cast.owner.client.post("/owner/company/new/", form)
    html = answer.content.decode()
    assert answer.status_code == 201
    assert "/password/set/" in html
    assert email not in html


def test_settings_are_saved_and_audited(cast: Cast) -> None:
    status, _ = switch(cast, name="Renamed", time_zone="Asia/Dhaka", policy_delegated="on")
    assert status == 302
    company = saved(cast)
    assert (company.name, company.time_zone, company.policy_delegated) == ("Renamed", "Asia/Dhaka", True)


def test_settings_that_do_not_fit_are_marked_and_nothing_is_saved(cast: Cast) -> None:
    status, html = switch(cast, name="", policy_delegated="on")
    assert status == 422
    assert "This field is required." in html
    assert saved(cast).policy_delegated is False


def test_a_zone_that_the_list_does_not_name_stays_until_another_is_chosen() -> None:
    form = CompanySettingsForm({"name": "x", "time_zone": "Etc/GMT+3"}, initial={"name": "x", "time_zone": "Etc/GMT+3"})
    assert form.is_valid(), form.errors


def test_suspending_says_why_and_what_the_agents_confirm(cast: Cast) -> None:
    device = enrol(cast)
    now = clock.now()
    report(cast.company.pk, device.device_id, last_agent_sync_at=now, last_seen_at=now, state="applied")
    here: Client = cast.owner.client
    here.post(f"/owner/company/{cast.company.pk}/suspend/", {"reason": "Unpaid since August"})
    html = here.get(f"/owner/company/{cast.company.pk}/").content.decode()
    assert "Reason: Unpaid since August" in html
    told = devices.halted(cast.company.pk, now=clock.now())
    assert f"{told.confirmed} of {told.online} connected agents confirm that they record nothing" in html
    here.post(f"/owner/company/{cast.company.pk}/reactivate/")
    html = here.get(f"/owner/company/{cast.company.pk}/").content.decode()
    assert "connected agents confirm" not in html


def test_suspending_twice_is_refused_in_words(cast: Cast) -> None:
    path = f"/owner/company/{cast.company.pk}/suspend/"
    cast.owner.client.post(path)
    html = cast.owner.client.post(path, follow=True).content.decode()
    assert 'data-tone="bad"' in html


def test_an_unknown_company_is_nowhere(cast: Cast) -> None:
    assert cast.owner.client.get("/owner/company/999999999/").status_code == 404
    assert cast.admin.client.get(f"/owner/company/{cast.company.pk}/").status_code == 403


def column(html: str, chart: str) -> list[str]:
    """The table behind a chart, day by day."""
    return re.findall(r'<td data-align="end">([^<]*)</td>', html.split(f'id="{chart}-table"')[1].split("</table>")[0])


def test_what_a_company_came_to_is_drawn_day_by_day_with_gaps_where_nothing_is_known(cast: Cast) -> None:
    worked(cast, 0, 3_600_000)
    worked(cast, 3, 60_000)
    count_companies(timestamp=0)
    html = cast.owner.client.get(f"/owner/company/{cast.company.pk}/").content.decode()
    pictures, seats = column(html, "screenshots"), column(html, "seats")
    assert (pictures[-1], pictures[-4], pictures[-5]) == ("5", "5", "–")
    assert (seats[-1], seats[-4]) == ("3", "–"), "a day that was counted afterwards: its seats are not known"
    assert [column(html, one)[-1] for one in ("active", "working")] == ["1:00:00", "2"]
    assert 'id="storage-table"' not in html, "what was nothing on every day is not drawn"
