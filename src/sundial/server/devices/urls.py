"""The ordinary doors of devices; config includes them at the root."""

from django.urls import path

from sundial.server.devices import api

app_name = "devices"

urlpatterns = [
    path("agent/v1/enrol", api.enrol, name="enrol"),
    path("agent/v1/notices", api.notices, name="notices"),
    path("agent/v1/acknowledgements", api.acknowledgements, name="acknowledgements"),
]
