"""Input that every action of this app checks the same way."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sundial.server.companies import rules
from sundial.server.companies.models import Department
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.words import is_storable

LONGEST_EMAIL = 254


def checked_email(email: str) -> str:
    """The address in its one spelling; raises Invalid."""
    if len(email.strip()) > LONGEST_EMAIL:
        raise Invalid({"email": f"An e-mail address has at most {LONGEST_EMAIL} characters."})
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise Invalid({"email": "This is not an e-mail address."}) from error
    return email.strip().lower()


def checked_text(name: str, value: str, limit: int, *, required: bool = False) -> str:
    """The text, trimmed; raises Invalid under the field's name."""
    text = value.strip()
    if not is_storable(text) or len(text) > limit or (required and not text):
        raise Invalid({name: f"Write 1 to {limit} characters." if required else f"At most {limit} characters."})
    return text


def checked_role(role: str) -> Role:
    """A role inside a company; raises Invalid."""
    found = rules.role_from(role)
    if found is None:
        raise Invalid({"role": "Choose ADMIN, MANAGER or EMPLOYEE."})
    return found


def require_admin(acting: Acting, why: str = "Only an administrator of the company may do this.") -> int:
    """The company that `acting` administers; raises NotAllowed."""
    if acting.company_id is None or not rules.may_manage_people(acting, acting.company_id):
        raise NotAllowed(why)
    return acting.company_id


def checked_department(department_id: int | None) -> int | None:
    """A department of the company in scope, or none; raises Invalid."""
    if department_id is None:
        return None
    if not Department.objects.filter(id=department_id).exists():
        raise Invalid({"department_id": "There is no such department."})
    return department_id
