"""Every address of the server, composed from the apps."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from sundial.server.alerts.actions import note_place
from sundial.server.companies.actions import watch_sign_ins
from sundial.server.config.settings import ENV
from sundial.server.lib.ids import IdInAddress

register_converter(IdInAddress, "id")  # before the apps' own addresses are read
watch_sign_ins(note_place)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sundial.server.companies.urls")),
    path("", include("sundial.server.classic.urls")),
    path("", include("sundial.server.portal.api.urls")),
    path("", include("sundial.server.devices.urls")),
    path("", include("sundial.server.activity.urls")),
    path("", include("sundial.server.tasks.urls")),
    path("", include("sundial.server.vault.urls")),
    path("", include("sundial.server.billing.urls")),
    path("", include("sundial.server.alerts.urls")),
    path("", include("sundial.server.reports.urls")),
    path("", include("sundial.server.portal.urls")),
]
if not ENV.production:
    urlpatterns.append(path("", include("sundial.server.ui.urls")))

handler400 = "sundial.server.config.refusals.bad_request"
handler403 = "sundial.server.config.refusals.forbidden"
handler404 = "sundial.server.config.refusals.not_found"
handler500 = "sundial.server.config.refusals.failed"
