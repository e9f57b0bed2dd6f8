"""The addresses of the alerts pages; each is listed, with who may open it, in tests/architecture/routes.py."""

from django.urls import path

from sundial.server.alerts.views import alerts, wanted

urlpatterns = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/unread/", alerts.unread, name="alerts-unread"),
    path("alerts/read/", alerts.read, name="alerts-read"),
    path("alerts/mails/", wanted.mails, name="alerts-mails"),
    path("alerts/settings/", wanted.wanted, name="alerts-settings"),
    path("alerts/<id:alert_id>/snooze/", alerts.snooze, name="alert-snooze"),
]
