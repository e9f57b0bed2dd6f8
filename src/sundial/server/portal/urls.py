"""The addresses of the pages; each is listed, with who may open it, in tests/architecture/test_routes.py."""

from django.urls import path

from sundial.server.portal.views import audit, dashboard, devices, home, owner, people, policy

_OWNER_POLICY = "owner/company/<id:company_id>/policy"

urlpatterns = [
    path("", home.home, name="home"),
    path("admin/", home.home, name="admin"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("owner/", owner.owner, name="owner"),
    path("owner/company/new/", owner.new_company, name="owner-company-new"),
    path("owner/company/<id:company_id>/", owner.company, name="owner-company"),
    path("owner/company/<id:company_id>/suspend/", owner.suspend, name="owner-suspend"),
    path("owner/company/<id:company_id>/reactivate/", owner.reactivate, name="owner-reactivate"),
    path("owner/company/<id:company_id>/switches/", owner.switches, name="owner-switches"),
    path(f"{_OWNER_POLICY}/", policy.policy, name="owner-policy"),
    path(f"{_OWNER_POLICY}/progress/", policy.progress, name="owner-policy-progress"),
    path(f"{_OWNER_POLICY}/meaning/", policy.meaning, name="owner-policy-meaning"),
    path(f"{_OWNER_POLICY}/versions/", policy.versions, name="owner-policy-versions"),
    path(f"{_OWNER_POLICY}/restore/", policy.restore, name="owner-policy-restore"),
    path("policy/", policy.policy, name="policy"),
    path("policy-configuration/", policy.policy, name="policy-configuration"),
    path("policy/progress/", policy.progress, name="policy-progress"),
    path("policy/meaning/", policy.meaning, name="policy-meaning"),
    path("policy/versions/", policy.versions, name="policy-versions"),
    path("policy/restore/", policy.restore, name="policy-restore"),
    path("employees/", people.people, name="people"),
    path("employees/new/", people.add, name="person-new"),
    path("employees/<id:user_id>/", people.person, name="person"),
    path("employees/<id:user_id>/password-link/", people.password_link, name="person-password-link"),
    path("employees/<id:user_id>/enrolment-code/", people.enrolment_code, name="person-enrolment-code"),
    path("employees/<id:user_id>/<slug:what>/", people.change_status, name="person-status"),
    path("devices/", devices.devices, name="devices"),
    path("devices/enrolment-code/", devices.my_code, name="my-enrolment-code"),
    path("devices/<id:device_id>/revoke/", devices.revoke, name="device-revoke"),
    path("audit-logs/", audit.entries, name="audit"),
    path("audit-logs/export/", audit.export, name="audit-export"),
    path("audit-logs/<id:seq>/", audit.entry, name="audit-entry"),
]
