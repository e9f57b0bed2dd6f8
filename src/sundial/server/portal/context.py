"""What the frame around every page shows: who is signed in, where they may go."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The signed-in actor for the templates; None on public pages."""
    return {"acting": getattr(request, "acting", None)}
