"""The way from the bare address, and from old ones, to one's own dashboard."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib.acting import Role

EVERYONE = (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@allow(*EVERYONE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send everyone to their own dashboard."""
    return redirect("owner" if acting_of_page(request).is_owner else "dashboard")


@allow(*EVERYONE)
@require_safe
def admin(request: HttpRequest) -> HttpResponse:
    """Administrators work on the console; everyone else is sent to their own dashboard."""
    acting = acting_of_page(request)
    return redirect("console" if acting.role is Role.ADMIN else "owner" if acting.is_owner else "dashboard")
