"""The addresses of the reports pages; each is listed, with who may open it, in tests/architecture/routes.py."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
