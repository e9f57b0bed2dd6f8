"""The console: people, attributes, file rules, the live log and the system's health on one page that stays true."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import AttributeKind
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.portal.views.console_health import of_company

TABS = ("people", "attributes", "rules", "audit", "health")
_KIND_WORDS = {"flag": _("Yes or no"), "value": _("Value"), "number": _("Number"), "word": _("Word")}
_READS = {"people", "attributes", "rules"}  # what a manager may look at


@allow(Role.ADMIN, Role.MANAGER, Role.OWNER)
@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """The frame of the page; its rows come by the doors and stay true by what the room tells."""
    acting = acting_of_page(request)
    if acting.is_owner:
        return redirect("owner-health")
    tabs = [name for name in TABS if acting.role is Role.ADMIN or name in _READS]
    asked = request.GET.get("tab", "")
    context = {
        **(of_company(acting, clock.now()) if acting.role is Role.ADMIN else {}),
        "tabs": tabs,
        "tab": asked if asked in tabs else tabs[0],
        "may_change": acting.role is Role.ADMIN,
        "kinds": [(str(kind), _KIND_WORDS.get(str(kind), str(kind).title())) for kind in AttributeKind],
    }
    return render(request, "portal/console.html", context)
