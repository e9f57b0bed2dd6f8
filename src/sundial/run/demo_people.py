"""How the people of the demo are arranged: departments in one another, and who has come in yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sundial.server.alerts.actions import note_place
from sundial.server.companies import actions as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for

# Each department, and the one that it lies in.
DEPARTMENTS = (("Production", ""), ("Weaving", "Production"), ("Dyeing", "Production"), ("Design", ""), ("Office", ""))
NOT_YET_HERE = 2  # the newest people have not signed in


USUAL, AWAY = "103.48.16.20", ("37.111.200.9", "180.211.137.44")  # where people sign in from, and where not before
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def settle(*, admin: Acting, people: Sequence[tuple[int, str, Role]], start: datetime) -> None:
    """Put people (id, address, role; the newest last) into departments; all but the newest have signed in."""
    company_id = admin.company_id or 0
    with acting_for(company_id):
        made: dict[str, int] = {}
        for name, parent in DEPARTMENTS:
            row = companies.add_department(
                acting=admin, name=name, parent_id=made.get(parent), now=start + timedelta(hours=1)
            )
            made[name] = row.pk
        places = sorted(made.values())
        for count, (user_id, _email, _role) in enumerate(people):
            moment = start + timedelta(hours=36)
            changes = {"department_id": places[count % len(places)]}
            companies.edit_person(acting=admin, user_id=user_id, changes=changes, now=moment)
    for user_id, email, role in people[: -NOT_YET_HERE or None]:
        acting = Acting("person", user_id, email, role, company_id)  # from nowhere: the first real sign-in is no news
        companies.note_sign_in(acting=acting, door="page", now=start + timedelta(hours=37))


def travel(*, company_id: int, people: Sequence[tuple[int, str]], start: datetime, now: datetime) -> None:
    """These people (id, address) sign in from somewhere new, within the last two days: something to look into."""
    for count, (user_id, email) in enumerate(people):
        moments = (USUAL, start + timedelta(hours=38)), (AWAY[count % len(AWAY)], now - timedelta(hours=5 + 26 * count))
        for ip, moment in moments:
            acting = Acting("person", user_id, email, Role.EMPLOYEE, company_id, ip)
            companies.note_sign_in(acting=acting, door="page", agent=BROWSER, now=moment)
            note_place(acting=acting, agent=BROWSER, now=moment)
