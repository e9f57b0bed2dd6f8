"""How the platform stands: processes, database, jobs, streams, versions; numbers of nobody."""

import platform
import shutil

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

import sundial
from sundial.server.billing import queries as billing
from sundial.server.billing.queries import size
from sundial.server.billing.queries.plans import MEGABYTE
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.portal import queries
from sundial.server.portal.views.console_health import of_platform


@allow(Role.OWNER)
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """The numbers of this moment; the page asks again by itself."""
    acting, now = acting_of_page(request), clock.now()
    newest = billing.newest(acting).values()
    disk = shutil.disk_usage(settings.PICTURES_DIR.parent)
    jobs = queries.jobs()
    database = queries.database()
    context = {
        **of_platform(now),
        "webs": queries.web_processes(now),
        "workers": queries.workers(now),
        "jobs": jobs,
        "waiting": sum(one.waiting for one in jobs),
        "failed": sum(one.failed for one in jobs),
        "database": database,
        "database_size": _size(database.bytes),
        "tables": [(one.name, _size(one.bytes)) for one in queries.largest_tables()],
        "streams": queries.streams(),
        "pictures": _size(sum(day.storage_bytes for day in newest)),
        "counted_at": max((day.as_of for day in newest if day.as_of), default=None),
        "disk_free": _size(disk.free),
        "disk_low": disk.free * 10 < disk.total,
        "agents": _versions([day.versions for day in newest]),
        "software": (
            ("Sundial", sundial.__version__),
            ("Python", platform.python_version()),
            ("Django", django.get_version()),
            ("PostgreSQL", database.version),
        ),
    }
    return render(request, "portal/owner_health.html", context)


def _size(count: int) -> str:
    return size(-(-count // MEGABYTE))


def _versions(told: list[dict[str, int]]) -> list[tuple[str, int]]:
    """How many agents run which version, over all companies."""
    found: dict[str, int] = {}
    for versions in told:
        for version, count in versions.items():
            found[version] = found.get(version, 0) + count
    return sorted(found.items(), reverse=True)
