"""The first system's addresses, each with and without the final slash, some also without /api."""

from django.urls import path, re_path

from sundial.server.classic import views

app_name = "classic"

urlpatterns = [
    path("login", views.login_without_slash, name="login-bare"),
    path("logout", views.logout, name="logout-bare"),
    re_path(r"^(?:api/)?login-check/?$", views.login_check, name="login-check"),
    re_path(r"^api/login/?$", views.login, name="login"),
    re_path(r"^api/logout/?$", views.logout, name="logout"),
    re_path(r"^api/agent/heartbeat/?$", views.heartbeat, name="heartbeat"),
    re_path(r"^api/policy/?$", views.policy, name="policy"),
    re_path(r"^api/update-company-policy/?$", views.update_company_policy, name="update-company-policy"),
    re_path(r"^api/(?!v1(?:/|$))", views.unknown, name="unknown"),
]
