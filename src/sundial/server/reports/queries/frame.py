"""What every report needs to know first: whom it is about, in whose time, and what was expected."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sundial.server.activity.queries.waiting import last_drain
from sundial.server.activity.queries.whole import Totals
from sundial.server.companies import queries as companies
from sundial.server.companies.types import RosterRow
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.words import holds
from sundial.server.reports import rules
from sundial.server.reports.types import Asked, Period, Report


@dataclass(frozen=True, slots=True)
class Frame:
    """One question, asked by somebody at some moment; `ids` None is everyone, those who left included."""

    acting: Acting
    asked: Asked
    zone: str
    today: date
    as_of: datetime
    hours: rules.Hours
    people: tuple[RosterRow, ...]
    ids: tuple[int, ...] | None
    about: str

    @property
    def period(self) -> Period:
        """The days that are asked about."""
        return self.asked.period

    def stay(self, person: RosterRow, found: Totals) -> rules.Stay:
        """When this person belonged to the company, on its own walls: from when they worked, if that is earlier."""
        place = ZoneInfo(self.zone)
        left = person.until.astimezone(place).date() if person.until else None
        came = person.since.astimezone(place).date()
        return rules.Stay(min(came, found.first_days.get(person.id, came)), left)

    @property
    def working(self) -> list[date]:
        """The days of the period on which the company works, today's included."""
        return [day for day in rules.working_days(self.hours, rules.days_of(self.period)) if day <= self.today]

    def target(self, person: RosterRow, working: list[date], found: Totals) -> int | None:
        """How many seconds were expected of this person on these days; None where nothing ever is."""
        if not self.hours.known:
            return None
        return rules.expected_days(self.stay(person, found), working) * self.hours.day_seconds


def today_of(acting: Acting, now: datetime) -> date:
    """The date on the walls of this person's company."""
    return now.astimezone(ZoneInfo(companies.company(acting.company_id or 0).time_zone)).date()


def frame(acting: Acting, asked: Asked, *, now: datetime) -> Frame:
    """Who is asked about, and all else that reports share; NotFound for a person or team that one may not see."""
    company = companies.company(acting.company_id or 0)
    everyone = companies.roster(acting)
    people, about = _narrowed(acting, asked, everyone)
    whole = len(people) == len(everyone) and acting.role is Role.ADMIN
    return Frame(
        acting=acting,
        asked=asked,
        zone=company.time_zone,
        today=now.astimezone(ZoneInfo(company.time_zone)).date(),
        as_of=last_drain(company.pk, now=now),
        hours=rules.hours_from(company.working_hours, company.day_minutes),
        people=tuple(people),
        ids=None if whole else tuple(one.id for one in people),
        about=about,
    )


def _narrowed(acting: Acting, asked: Asked, people: list[RosterRow]) -> tuple[list[RosterRow], str]:
    """The people who are asked about, and in words who they are."""
    about = []
    if asked.person is not None:
        people = [one for one in people if one.id == asked.person]
        if not people:
            raise NotFound
        about.append(people[0].name)
    if asked.team is not None:
        about.append(companies.team(acting, asked.team).name)
        people = [one for one in people if asked.team in one.team_ids]
    if asked.department is not None:
        about.append(companies.department(asked.department).name)
        below = companies.with_those_below(asked.department)
        people = [one for one in people if one.department_id in below]
    if asked.search and asked.report is not Report.TOP:
        people = [one for one in people if holds(f"{one.name} {one.email}", asked.search)]
    return people, " · ".join(about)
