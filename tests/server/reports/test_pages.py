"""Pages of reports: for whom they are, what an address asks, and what they say where there is nothing."""

import html as markup
import json
import re
from datetime import timedelta

import pytest
from django.db import transaction

from sundial.server.accounts.models import User
from sundial.server.companies.actions import make_team
from sundial.server.companies.models import Department, Membership
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, address, make_person
from tests.server.reports.plays import MONDAY, at, page, table, ways, work

DAYS = "from=2026-11-02&to=2026-11-08"
NAMES = ("daily", "monthly", "top", "utilisation", "heatmap", "comparison", "attendance")
CARDS = {"worked": "Worked", "active": "Active", "away": "Away", "private": "Private", "paused": "Breaks"}


@pytest.fixture
def week(cast: Cast) -> Cast:
    """Three people worked on a Monday, one of whom no team has."""
    ways(cast.company)
    loner = make_person(cast.admin, Role.EMPLOYEE, "loner")
    work(cast, cast.employee, at(MONDAY, 9), 3600, name="Editor")
    work(cast, cast.manager, at(MONDAY, 10), 7200, name="Browser")
    work(cast, loner, at(MONDAY + timedelta(days=1), 9), 1800, name="Mail")
    return cast


def people(rows: list[list[str]], column: int = 1) -> list[str]:
    """The names between head and total."""
    return [row[column].removesuffix(" Player") for row in rows[1:-1]]


def test_an_admin_reads_of_all_a_manager_of_their_teams_and_everyone_of_themselves(week: Cast) -> None:
    readers = (week.admin, week.manager, week.employee)
    found = [people(table(page(player, f"/reports/daily/?{DAYS}"))) for player in readers]
    assert found == [["Loner", "Employee", "Manager"], ["Employee", "Manager"], ["Employee"]]
    assert page(week.manager, f"/reports/daily/?{DAYS}").count("Loner") == 0
    html = page(week.employee, f"/reports/top/?{DAYS}")
    assert "Editor" in html
    assert "Browser" not in html


def test_a_report_is_narrowed_to_a_person_a_team_a_department_and_words(week: Cast) -> None:
    team = make_team(company_id=week.company.pk, name="Alone", members=[week.manager.id], managers=[])
    with acting_for(week.company.pk), transaction.atomic():
        upper = Department.objects.create(company_id=week.company.pk, name="Works")
        lower = Department.objects.create(company_id=week.company.pk, name="Shop", parent=upper)
        Membership.objects.filter(user_id=week.employee.id).update(department=lower)
    asked = {
        f"person={week.employee.id}": ["Employee"], f"team={team.pk}": ["Manager"],
        f"department={upper.pk}": ["Employee"], "search=PLAYER+lon": ["Loner"],
    }  # fmt: skip
    for query, names in asked.items():
        assert people(table(page(week.admin, f"/reports/daily/?{DAYS}&{query}"))) == names
    assert "Nothing fits" in page(week.admin, f"/reports/daily/?{DAYS}&search=nobody")
    for query in ("person=x", "person=999999999", "team=999999999", "department=1x"):
        page(week.admin, f"/reports/daily/?{query}", status=404)


def test_whoever_left_is_still_in_the_months_that_they_worked(week: Cast) -> None:
    with acting_for(week.company.pk), transaction.atomic():
        Membership.objects.filter(user_id=week.employee.id).update(
            status="LEFT", created_at=at(MONDAY, 0), ended_at=at(MONDAY, 18)
        )
    rows = table(page(week.admin, "/reports/monthly/?month=2026-11"))
    (gone,) = [row for row in rows if row[0] == "Employee Player"]
    assert gone[-4:-2] == ["1:00:00", "8:00:00"]  # expected on that Monday alone
    assert people(table(page(week.manager, f"/reports/daily/?{DAYS}"))) == ["Manager"]


def test_of_whoever_worked_before_they_were_entered_days_are_expected_from_then(week: Cast) -> None:
    rows = {row[0]: row for row in table(page(week.admin, f"/reports/attendance/?{DAYS}"))}
    assert rows["Employee Player"][1:5] == ["5", "1", "0", "4"]
    assert rows["Loner Player"][1:5] == ["4", "1", "0", "3"]  # who first worked on Tuesday


def test_lists_have_pages_of_twenty_and_a_total_of_all(week: Cast) -> None:
    for count in range(21):
        make_person(week.admin, Role.EMPLOYEE, f"p{count:02}")
    html = page(week.admin, "/reports/utilisation/?range=today")
    assert len(people(table(html), 0)) == 20
    second = people(table(page(week.admin, "/reports/utilisation/?range=today&page=2")), 0)
    assert len(second) == 4  # with the employee, the manager and the loner; administrators only where they worked
    assert not set(second) & set(people(table(html), 0))


def test_columns_sort_both_ways_and_the_address_keeps_it(week: Cast) -> None:
    query = f"/reports/utilisation/?{DAYS}&ordering="
    assert people(table(page(week.admin, f"{query}-worked")), 0) == ["Manager", "Employee", "Loner"]
    html = page(week.admin, f"{query}worked")
    assert people(table(html), 0) == ["Loner", "Employee", "Manager"]
    assert 'aria-sort="ascending"' in html
    assert f"{DAYS}&ordering=-worked" in markup.unescape(html)


def test_lines_lead_to_what_is_behind_them(week: Cast) -> None:
    html = markup.unescape(page(week.admin, f"/reports/daily/?{DAYS}"))
    assert f'href="/employees/{week.employee.id}/day/?date=2026-11-02"' in html
    assert 'href="/me/day/?date=2026-11-02"' in page(week.employee, f"/reports/daily/?{DAYS}")
    assert f"/reports/daily/?person={week.employee.id}&range=month" in markup.unescape(
        page(week.admin, f"/reports/attendance/?{DAYS}")
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_says_what_its_table_says_and_every_page_says_as_of_when(week: Cast, name: str) -> None:
    html = page(week.admin, f"/reports/{name}/?{DAYS}")
    told = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)[0])
    assert told["series"]
    assert all(len(one["values"]) == len(told["labels"]) == len(one["words"]) for one in told["series"])
    assert "as of" in html
    assert "Days in UTC" in html


@pytest.mark.parametrize("name", NAMES)
def test_without_anything_recorded_a_page_says_so_and_draws_nothing(cast: Cast, name: str) -> None:
    html = page(cast.admin, f"/reports/{name}/?from=2020-01-01&to=2020-01-31&month=2020-01")
    assert "Nothing was recorded in this time" in html
    assert "<canvas" not in html
    assert "data-chart=" not in html


def test_without_working_hours_nothing_is_expected_and_the_page_says_why(cast: Cast) -> None:
    work(cast, cast.employee, at(MONDAY, 9), 3600)
    rows = table(page(cast.admin, f"/reports/attendance/?{DAYS}"))
    assert rows[1][1:6] == ["–", "1", "–", "–", "–"]
    assert "working hours are not set" in page(cast.admin, f"/reports/utilisation/?{DAYS}")


def test_today_counts_as_missed_only_tomorrow(cast: Cast) -> None:
    everyday = {name: ["00:00", "23:59"] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    ways(cast.company, working_hours=everyday)
    with acting_for(cast.company.pk), transaction.atomic():
        Membership.objects.update(created_at=clock.now() - timedelta(days=1))
    day = clock.now().date()
    rows = table(page(cast.admin, f"/reports/attendance/?from={day - timedelta(days=1)}&to={day}"))
    expected, present, _late, absent = rows[1][1:5]
    assert (present, int(expected) - int(absent)) == ("0", 1)


def test_the_list_of_reports_has_what_one_may_read(cast: Cast) -> None:
    assert all(f'href="/reports/{name}/"' in page(cast.admin, "/reports/") for name in NAMES)
    assert 'href="/reports/comparison/"' not in page(cast.employee, "/reports/")


def test_a_large_file_is_offered_and_not_made_at_once(week: Cast) -> None:
    with acting_for(week.company.pk), transaction.atomic():
        users = User.objects.bulk_create([User(email=address("many"), created_at=clock.now()) for _count in range(501)])
        Membership.objects.bulk_create(
            Membership(company_id=week.company.pk, user=one, role="EMPLOYEE", created_at=at(MONDAY, 0)) for one in users
        )
    html = page(week.admin, f"/reports/utilisation/?{DAYS}&format=pdf")
    assert "504 lines, as PDF" in html
    assert "No prepared files" in page(week.admin, "/reports/exports/")
    action = markup.unescape(re.findall(r'<form method="post" action="(/reports/exports/[^"]*)"', html)[0])
    assert week.admin.client.post(action, {"report": "utilisation"}).status_code == 302
    assert "Waits" in page(week.admin, "/reports/exports/")


def test_hostile_addresses_are_no_fault(cast: Cast) -> None:
    for query in (
        "from=%00",
        "range=%FF",
        "search=%00%F0%9F%98%80",
        "page=-1",
        "page=99999999",
        "ordering=%27",
        "month=99",
    ):
        page(cast.admin, f"/reports/utilisation/?{query}")
        page(cast.admin, f"/reports/monthly/?{query}")


def test_the_page_of_a_day_says_the_same_figures_as_its_line_in_a_report(cast: Cast) -> None:
    ways(cast.company)
    work(cast, cast.employee, at(MONDAY, 9), 5000.9, away=100.6, private=50.7)
    told = page(cast.admin, f"/employees/{cast.employee.id}/day/?date={MONDAY}")
    shown = {key: re.search(rf'data-stat="{key}".*?<span data-value>(.*?)</span>', told, re.DOTALL) for key in CARDS}
    head, line, _total = table(page(cast.admin, f"/reports/daily/?{DAYS}"))
    by_name = dict(zip(head, line, strict=True))
    assert {key: found and found[1] for key, found in shown.items()} == {
        key: by_name[name].replace("–", "0:00:00") for key, name in CARDS.items()
    }
