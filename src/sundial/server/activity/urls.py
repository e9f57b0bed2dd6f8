"""The ordinary door of activity; config includes it at the root."""

from django.urls import path

from sundial.server.activity import api

app_name = "activity"

urlpatterns = [
    path("agent/v1/screenshots", api.screenshots, name="agent-screenshots"),
]
