"""What a plan brings beyond room: whether a company may use it, and if not, why and with which plan."""

from django.utils.translation import gettext as _

from sundial.server.billing.models import Plan
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Feature


def why_not(company_id: int, feature: Feature) -> str:
    """Why this company may not use a feature, and which plans bring it; empty where it may."""
    limits = companies.limits_of(company_id)
    if limits.allows(feature):
        return ""
    told = {"what": _words(feature), "plan": limits.plan_name, "plans": _named(feature)}
    if not told["plans"]:
        return _("%(what)s are not part of the plan %(plan)s.") % told
    words = _("%(what)s come with %(plans)s. Your company is on %(plan)s; whoever runs the platform can change that.")
    return words % told


def _words(feature: Feature) -> str:
    return {Feature.PDF: _("Reports as PDF"), Feature.BRANDING: _("A colour and a logo of your own")}[feature]


def _named(feature: Feature) -> str:
    """The plans that bring it, the cheapest first."""
    rows = Plan.objects.order_by("price_cents", "id").values_list("name", "features")
    found = [str(name) for name, features in rows if feature in features]
    *first, last = found or [""]
    return _("%(some)s or %(last)s") % {"some": ", ".join(first), "last": last} if first else last
