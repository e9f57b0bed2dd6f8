"""What a person's row said when somebody began to edit it, as a short mark: two edits of the same row meet by it."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sundial.server.companies.models import Membership
from sundial.server.companies.types import Held

EDITED = ("first_name", "last_name", "role", "status", "department_id", "attributes")
_said = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def editable_of(row: Membership, held: Iterable[Held]) -> dict[str, Any]:
    """What of a person is edited, by the names of the API."""
    said: dict[str, Any] = {name: getattr(row, name) for name in EDITED if name != "attributes"}
    return {**said, "role": str(row.role), "status": str(row.status), "attributes": sorted(one.text for one in held)}


def revision_of(row: Membership, held: Iterable[Held]) -> str:
    """A mark that differs whenever anything that is edited differs."""
    return hashlib.sha256(_said(editable_of(row, held)).encode()).hexdigest()[:16]
