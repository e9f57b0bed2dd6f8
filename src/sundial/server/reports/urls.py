"""The addresses of the reports pages; each is listed, with who may open it, in tests/architecture/routes.py."""

from django.urls import path

from sundial.server.reports.views import exports, pages

urlpatterns = [
    path("reports/", pages.index, name="reports"),
    path("reports/exports/", exports.exports, name="report-exports"),
    path("reports/exports/<id:export_id>/", exports.export, name="report-export"),
    path("reports/<slug:name>/", pages.report, name="report"),
]
