"""The style guide's addresses; config includes them outside production only."""

from django.urls import path

from sundial.server.ui import views

app_name = "ui"
urlpatterns = [
    path("ui/", views.style_guide, name="guide"),
    path("ui/<slug:part>/", views.style_guide, name="part"),
]
