"""The door of every page: who may come in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def allow(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let only these roles in: nobody signed in goes to the sign-in page, any other role is refused with 403."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            acting: Acting | None = getattr(request, "acting", None)
            if acting is None:
                return redirect_to_login(request.get_full_path())
            if acting.role not in roles:
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined] # read by the table of routes
        return guarded  # type: ignore[return-value] # the same call, with names

    return guard


def acting_of_page(request: HttpRequest) -> Acting:
    """Who is acting on a page guarded by `allow`."""
    acting: Any = request.acting  # type: ignore[attr-defined] # set by the middleware
    if not isinstance(acting, Acting):
        raise NotAllowed
    return acting
