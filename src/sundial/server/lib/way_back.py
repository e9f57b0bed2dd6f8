"""Where a page goes on to when it is done: the address that was asked for, if it is one of ours."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, within: str = "", otherwise: str = "") -> str:
    """The address in `next`, if it leads to this host and begins with `within`; `otherwise` for every other."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if own and asked.startswith(within) else otherwise
