"""Two administrators on one row: whoever saves second is told what the first one changed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sundial.server.companies import queries
from sundial.server.companies.actions.people import locked_person
from sundial.server.companies.queries.revisions import editable_of, revision_of
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict

CHANGED = "Somebody else changed this person while you were editing. Nothing of yours was saved."


def require_revision(
    *, acting: Acting, user_id: int, is_it: Callable[[str], bool], asked: Mapping[str, Any], now: datetime
) -> None:
    """Hold the row until the transaction ends; raises Conflict, with what differs, unless `is_it` says yes to its mark.

    The difference names every field as it stands now and as it was asked for, and says which revision it is now.
    """
    row = locked_person(acting, user_id)
    held = queries.attributes_of([user_id], now=now).get(user_id, [])
    current = revision_of(row, held)
    if is_it(current):
        return
    stands = editable_of(row, held)
    wanted = {**asked, **({"attributes": sorted(asked["attributes"])} if "attributes" in asked else {})}
    fields = {
        name: {"now": stands[name], "asked": value}
        for name, value in wanted.items()
        if name in stands and stands[name] != value
    }
    raise Conflict(CHANGED, {"revision": current, "fields": fields, "now": stands})
