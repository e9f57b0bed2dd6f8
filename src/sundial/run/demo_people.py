"""How the people of the demo are arranged: departments in one another, and who has come in yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sundial.server.companies import actions as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for

# Each department, and the one that it lies in.
DEPARTMENTS = (("Production", ""), ("Weaving", "Production"), ("Dyeing", "Production"), ("Design", ""), ("Office", ""))
NOT_YET_HERE = 2  # the newest people have not signed in


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
        acting = Acting("person", user_id, email, role, company_id, "127.0.0.1")
        companies.note_sign_in(acting=acting, door="page", now=start + timedelta(hours=37))
