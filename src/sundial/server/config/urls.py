"""Every address of the server, composed from the apps."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sundial.server.companies.urls")),
    path("", include("sundial.server.classic.urls")),
    path("", include("sundial.server.portal.api.urls")),
    path("", include("sundial.server.devices.urls")),
    path("", include("sundial.server.portal.urls")),
]
