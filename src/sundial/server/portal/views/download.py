"""The agent to take home: the file with its checksum for everyone, a code of one's own for who has signed in."""

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sundial.server.lib import wheels
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """What there is for which system, how it is installed, and how a computer is connected to a person."""
    acting: Acting | None = getattr(request, "acting", None)
    found = wheels.newest(settings.AGENT_DIRS)
    address = f"{settings.BASE_URL}/download/{found.name}#sha256={found.sha256}" if found else ""
    context = {
        "file": found,
        "server": settings.BASE_URL,
        "pipx": f'pipx install "sundial[agent] @ {address}"',
        "pip": f'python3 -m pip install "sundial[agent] @ {address}"',
        "start": f"sundial-agent --server {settings.BASE_URL}",
        "in_company": acting is not None and acting.company_id is not None,
    }
    name = "portal/download.html" if acting else "portal/download_public.html"
    return render(request, name, context)


@require_safe
def wheel(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file itself; no other name than its own leads anywhere."""
    found = wheels.newest(settings.AGENT_DIRS)
    if found is None or found.name != name:
        raise NotFound
    answer = FileResponse(found.path.open("rb"), content_type="application/zip", as_attachment=True, filename=name)
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
