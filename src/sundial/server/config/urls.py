"""Every address of the server, composed from the apps."""

from django.urls import include, path

urlpatterns = [
    path("", include("sundial.server.accounts.urls")),
]
