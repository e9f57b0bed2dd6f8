"""The way back from what was done to many: a page keeps what was before, signed, and brings it within the hour."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid

UNDO_WITHIN = 3600  # seconds


def undo_token(acting: Acting, what: str, before: Any) -> str:
    """What `before` takes to come back, as the page keeps it; it is good for this company alone."""
    return signing.dumps(before, salt=_salt(acting, what), compress=True)


def undone(acting: Acting, what: str, token: Any) -> Any:
    """What was before; raises Invalid for what is too old, or was never given to this company."""
    try:
        return signing.loads(str(token), salt=_salt(acting, what), max_age=UNDO_WITHIN)
    except signing.BadSignature as error:
        words = _("It is too late to undo this.")
        raise Invalid({"undo": words}, words) from error


def _salt(acting: Acting, what: str) -> str:
    return f"undo-{what}-{acting.company_id}"
