"""The first system's addresses, each with and without the final slash, some also without /api."""

from django.urls import path, re_path

from sundial.server.classic.views import alerts, tasks, work
from sundial.server.classic.views import doors as views

app_name = "classic"

urlpatterns = [
    path("login", views.login_without_slash, name="login-bare"),
    path("logout", views.logout, name="logout-bare"),
    re_path(r"^(?:api/)?login-check/?$", views.login_check, name="login-check"),
    re_path(r"^api/login/?$", views.login, name="login"),
    re_path(r"^api/logout/?$", views.logout, name="logout"),
    re_path(r"^api/agent/heartbeat/?$", views.heartbeat, name="heartbeat"),
    re_path(r"^api/dashboard-alerts/?$", alerts.dashboard_alerts, name="dashboard-alerts"),
    re_path(r"^api/policy/?$", views.policy, name="policy"),
    re_path(r"^api/update-company-policy/?$", views.update_company_policy, name="update-company-policy"),
    re_path(r"^(?:api/)?work-session/create/?$", work.create_session, name="work-session-create"),
    re_path(r"^(?:api/)?work-session/stop/?$", work.stop_session, name="work-session-stop"),
    re_path(r"^(?:api/)?check-session-active/?$", work.check_session, name="check-session-active"),
    re_path(r"^(?:api/)?upload/employee-activity/?$", work.upload_activity, name="upload-employee-activity"),
    re_path(r"^(?:api/)?screenshot/upload/?$", work.upload_screenshot, name="screenshot-upload"),
    re_path(r"^(?:api/)?tasks/get/?$", tasks.get_tasks, name="tasks-get"),
    re_path(r"^(?:api/)?tasks/update/?$", tasks.update_task, name="tasks-update"),
    re_path(r"^api/(?!v1(?:/|$))", views.unknown, name="unknown"),
]
