"""How the people of the demo are arranged: departments in one another, who has come in yet, and what they ask for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sundial.run.demo_story import Story
from sundial.server.activity.actions import Manual, ask_manual
from sundial.server.activity.types import ManualKind
from sundial.server.alerts.actions import note_place
from sundial.server.companies import actions as companies
from sundial.server.lib.acting import Acting, Role

DHAKA = ZoneInfo("Asia/Dhaka")
# Each department, and the one that it lies in.
DEPARTMENTS = (("Production", ""), ("Weaving", "Production"), ("Dyeing", "Production"), ("Design", ""), ("Office", ""))
NOT_YET_HERE = 2  # the newest people have not signed in
# Whose time, how many days ago, from which hour on, how many hours, what for and why.
ASKED = (
    (0, 9, 19, 1, ManualKind.MEETING, "Call with the buyers in Hamburg, on the telephone"),
    (4, 6, 7, 2, ManualKind.WORK, "Took the samples to the port in Chittagong"),
    (17, 5, 20, 1, ManualKind.WORK, "My computer was at the repair, wrote the list by hand"),
    (11, 3, 7, 1, ManualKind.MEETING, "Fire drill and the talk afterwards"),
)
USUAL, AWAY = "103.48.16.20", ("37.111.200.9", "180.211.137.44")  # where people sign in from, and where not before
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def found_departments(*, admin: Acting, now: datetime) -> list[int]:
    """The departments, none with people yet."""
    made: dict[str, int] = {}
    for name, parent in DEPARTMENTS:
        made[name] = companies.add_department(acting=admin, name=name, parent_id=made.get(parent), now=now).pk
    return sorted(made.values())


def settle(
    story: Story, *, admin: Acting, people: Sequence[tuple[int, str, Role]], places: Sequence[int], start: datetime
) -> None:
    """Put people (id, address, role; the newest last) into departments; all but the newest have signed in."""
    for count, (user_id, _email, _role) in enumerate(people):
        changes = {"department_id": places[count % len(places)]}
        story.at(start, partial(companies.edit_person, acting=admin, user_id=user_id, changes=changes))
    for count, (user_id, email, role) in enumerate(people[: -NOT_YET_HERE or None]):
        acting = Acting("person", user_id, email, role, admin.company_id)  # from nowhere: the first real one is no news
        moment = start + timedelta(hours=1, minutes=3 * count)
        story.at(moment, partial(companies.note_sign_in, acting=acting, door="page"))


def ask_for_time(story: Story, people: Sequence[Acting], *, now: datetime) -> None:
    """Some ask for time that nothing recorded, and wait for an answer."""
    for person, days_ago, hour, hours, kind, reason in ASKED:
        local = (now - timedelta(days=days_ago)).astimezone(DHAKA)
        begun = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        ended = begun + timedelta(hours=hours)
        manual = Manual(begun, ended, reason, kind)
        story.at(ended + timedelta(minutes=40), partial(ask_manual, acting=people[person], manual=manual))


def travel(story: Story, people: Sequence[Acting], *, start: datetime, now: datetime) -> None:
    """These people sign in from somewhere new, within the last two days: something to look into."""
    for count, person in enumerate(people):
        moments = (USUAL, start), (AWAY[count % len(AWAY)], now - timedelta(hours=5 + 26 * count))
        for ip, moment in moments:
            acting = replace(person, ip=ip)
            story.at(moment, partial(companies.note_sign_in, acting=acting, door="page", agent=BROWSER))
            story.at(moment, partial(note_place, acting=acting, agent=BROWSER))
