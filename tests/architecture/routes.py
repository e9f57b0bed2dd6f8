"""Who may do what, address by address: the table that every route has to stand in.

A row is a method, an address with its placeholders, what is sent, and what each of six callers is answered:
nobody signed in, the OWNER, the company's ADMIN, MANAGER and EMPLOYEE, and the ADMIN of another company
(the stranger). `{company}`, `{employee}` and `{device}` are the first company's; to the stranger they are foreign.
"""

from dataclasses import dataclass, field
from typing import Any

CALLERS = ("nobody", "owner", "admin", "manager", "employee", "stranger")
NEW_PASSWORD = "seven purple window frames"


@dataclass(frozen=True)
class Row:
    """One line of the table. `audited` is False, with the reason, for the few writes that leave no entry."""

    method: str
    path: str
    answers: str
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    unaudited: str = ""

    @property
    def expected(self) -> dict[str, int]:
        """The status that each caller gets."""
        return dict(zip(CALLERS, map(int, self.answers.split()), strict=True))

    @property
    def writes(self) -> bool:
        """Whether somebody changes something by it."""
        return self.method not in {"GET", "HEAD"} and any(int(status) < 400 for status in self.answers.split()[1:])

    @property
    def is_json(self) -> bool:
        """Whether it is a program's door."""
        return self.path in {"login", "logout"} or self.path.startswith(("api/", "agent/"))

    @property
    def by_token(self) -> bool:
        """Whether it is one of the first system's doors, which know no sessions."""
        return self.is_json and not self.path.startswith(("api/v1", "agent/"))

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"


def get(path: str, answers: str) -> Row:
    """A row for reading."""
    return Row("GET", path, answers)


def post(path: str, answers: str, body: dict[str, Any] | None = None, unaudited: str = "", **headers: str) -> Row:
    """A row for writing."""
    return Row("POST", path, answers, body or {}, headers, unaudited)


def patch(path: str, answers: str, body: dict[str, Any], **headers: str) -> Row:
    """A row for changing."""
    return Row("PATCH", path, answers, body, headers)


_SIGN_IN = {"email": "{employee_email}", "password": "{password}"}
_COMPANY = {"name": "Newly founded", "admin_email": "{fresh_email}", "time_zone": "UTC", "status": "TRIAL"}
_PERSON = {"email": "{fresh_email}", "first_name": "New", "last_name": "One", "role": "EMPLOYEE"}
_INVOICE = {"period_start": "2026-11-01", "period_end": "2026-11-30", "lines": "Help | 2 x 50"}
_PLAN = {"name": "Made just now", "price": "4.50", "currency": "EUR"}
_TIME = {"started_at": "{yesterday_six}", "ended_at": "{yesterday_seven}", "reason": "On a train"}
_MANUAL = {"day": "{yesterday}", "start": "08:00", "end": "09:00", "kind": "work", "reason": "On a train"}
_PASSWORD = {"current": "{password}", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
_WANTED = {"offline_minutes": "30", "never_synced_days": "3", "silent_minutes": "45"}
_OWN_MARK = "nobody else sees what somebody has read, or when they want to be written to"

# fmt: off
#                                                 nobody owner admin manager employee stranger
SIGNING = [
    get("login/",                                     "200 302 302 302 302 302"),
    get("owner/login/",                               "200 302 302 302 302 302"),
    get("admin/login/",                               "200 302 302 302 302 302"),
    get("user/login/",                                "200 302 302 302 302 302"),
    post("login/",                                    "302 302 302 302 302 302", _SIGN_IN),
    post("owner/login/",                              "302 302 302 302 302 302", _SIGN_IN),
    post("admin/login/",                              "302 302 302 302 302 302", _SIGN_IN),
    post("user/login/",                               "302 302 302 302 302 302", _SIGN_IN),
    get("login/company/",                             "302 302 200 200 200 200"),
    post("login/company/",                            "302 302 302 302 302 422", {"company": "{company}"}),
    post("logout/",                                   "302 302 302 302 302 302"),
    get("password/reset/",                            "200 200 200 200 200 200"),
    post("password/reset/",                           "200 200 200 200 200 200", {"email": "{employee_email}"},
         unaudited="asking changes nothing; setting the password is audited"),
    get("password/set/{link}/",                       "302 302 302 302 302 302"),
    get("password/set/MQ/no-such/",                   "404 404 404 404 404 404"),
    post("password/set/{link}/",                      "200 200 200 200 200 200", _PASSWORD),
    get("account/",                                   "302 200 200 200 200 200"),
    post("account/password/",                         "302 302 302 302 302 302", _PASSWORD),
    post("account/names/",                            "302 403 302 302 302 302", {"first_name": "Other"}),
    post("account/photo/",                            "302 403 302 302 302 302", {"remove": "yes"},
         unaudited="nobody here has a photo to remove"),
]
CLASSIC = [
    get("login",                                      "301 301 301 301 301 301"),
    post("login",                                     "200 200 200 200 200 200", _SIGN_IN),
    post("api/login",                                 "200 200 200 200 200 200", _SIGN_IN),
    post("logout",                                    "401 200 200 200 200 200"),
    post("api/logout/",                               "401 200 200 200 200 200"),
    post("api/login-check",                           "200 200 200 200 200 200", {"id": "1", "token": "x"},
         unaudited="it only looks"),
    post("api/agent/heartbeat/",                      "401 403 200 200 200 200",
         unaudited="a sign of life, every few minutes"),
    get("api/dashboard-alerts/",                      "401 200 200 200 403 200"),
    get("api/policy/",                                "401 403 200 200 200 200"),
    post("api/update-company-policy/",                "401 200 403 403 403 403",
         {"company_id": "{company}", "screenshots_enabled": False}),
    post("api/work-session/create",                   "401 403 200 200 200 403",
         unaudited="facts of the person's own, not acts on others"),
    post("api/work-session/stop/",                    "401 403 404 404 200 403", {"session_id": "{session}"},
         unaudited="the person's own"),
    post("api/check-session-active/",                 "401 403 404 404 200 403", {"session_id": "{session}"},
         unaudited="it only looks"),
    post("api/upload/employee-activity",              "401 403 404 404 200 403", {"work_session_id": "{session}"},
         unaudited="facts of the person's own"),
    post("api/screenshot/upload",                     "401 403 404 404 200 403",
         {"work_session_id": "{session}", "capture_time": "2026-01-01T00:00:00", "photo": "{photo}"},
         unaudited="facts of the person's own"),
    post("api/tasks/get",                             "401 403 200 200 200 200",
         unaudited="it only looks"),
    post("api/tasks/update/",                         "401 403 404 404 200 404",
         {"task_id": "{task}", "status": "IN_PROGRESS"}),
    get("api/no-such",                                "404 404 404 404 404 404"),
    post("api/no-such",                               "404 404 404 404 404 404"),
]
API = [
    get("api/v1/openapi.json",                        "200 200 200 200 200 200"),
    get("api/v1/docs",                                "200 200 200 200 200 200"),
    get("api/v1/docs/",                               "200 200 200 200 200 200"),
    get("api/v1/",                                    "404 404 404 404 404 404"),
    get("api/v1",                                     "404 404 404 404 404 404"),
    get("api/v1/no-such",                             "404 404 404 404 404 404"),
    post("api/v1/no-such",                            "404 404 404 404 404 404"),
    get("api/v1/companies",                           "401 200 200 200 200 200"),
    post("api/v1/companies",                          "401 201 403 403 403 403", _COMPANY),
    get("api/v1/companies/{company}",                 "401 200 200 200 200 404"),
    patch("api/v1/companies/{company}",               "401 200 403 403 403 404", {"policy_delegated": True}),
    post("api/v1/companies/{company}/rotate-key",     "401 200 403 403 403 404", {"grace_hours": 1}),
    post("api/v1/companies/{company}/reset-admin",    "401 200 403 403 403 404"),
    post("api/v1/companies/{company}/invoices",       "401 201 403 403 403 403",
         {"period_start": "2026-11-01", "period_end": "2026-11-30",
          "lines": [{"text": "Help", "quantity": 1, "unit_cents": 5}]}),
    get("api/v1/companies/{company}/invoices/{invoice}", "401 200 200 404 404 404"),
    post("api/v1/companies/{company}/invoices/{draft}/send", "401 200 403 403 403 403"),
    get("api/v1/invoices",                            "401 200 200 403 403 200"),
    get("api/v1/plans",                               "401 200 403 403 403 403"),
    post("api/v1/plans",                              "401 201 403 403 403 403", {"name": "Made by a program"}),
    get("api/v1/plans/{plan}",                        "401 200 403 403 403 403"),
    patch("api/v1/plans/{plan}",                      "401 200 403 403 403 403", {"seats": 3}),
    Row("DELETE", "api/v1/plans/{plan}",              "401 204 403 403 403 403"),
    post("api/v1/companies/{company}/suspend",        "401 200 403 403 403 404", {"reason": "unpaid"}),
    post("api/v1/companies/{company}/reactivate",     "401 409 403 403 403 404"),
    post("api/v1/companies/{suspended}/reactivate",   "401 200 404 404 404 404"),
    get("api/v1/companies/{company}/policy",          "401 200 200 200 200 404"),
    patch("api/v1/companies/{company}/policy",        "401 200 403 403 403 404", {"screenshots_enabled": False},
          **{"If-Match": "*"}),
    get("api/v1/companies/{company}/policy/versions", "401 200 200 200 200 404"),
    get("api/v1/users",                               "401 403 200 200 403 200"),
    post("api/v1/users",                              "401 403 201 403 403 201", _PERSON),
    get("api/v1/users/{employee}",                    "401 404 200 200 200 404"),
    patch("api/v1/users/{employee}",                  "401 404 200 403 403 404", {"role": "MANAGER"}),
    patch("api/v1/users/{employee}",                  "401 404 200 403 200 404", {"first_name": "Other"}),
    patch("api/v1/users/{employee}",                  "401 404 200 403 403 404", {"status": "INACTIVE"}),
    patch("api/v1/users/{inactive}",                  "401 404 200 404 404 404", {"status": "ACTIVE"}),
    patch("api/v1/users/{admin}",                     "401 404 422 404 404 404", {"role": "EMPLOYEE"}),
    Row("DELETE", "api/v1/users/{employee}",          "401 404 204 403 403 404"),
    Row("DELETE", "api/v1/users/{admin}",             "401 404 422 404 404 404"),
    post("api/v1/users/bulk-delete",                  "401 403 200 403 403 200", {"ids": ["{employee}"]}),
    post("api/v1/users/bulk-attributes",              "401 403 200 403 403 422",
         {"ids": ["{employee}"], "attributes": ["finance"]}),
    get("api/v1/attributes",                          "401 403 200 200 403 200"),
    post("api/v1/attributes",                         "401 403 201 403 403 201", {"name": "night", "kind": "flag"}),
    Row("DELETE", "api/v1/attributes/finance",        "401 403 200 403 403 404"),
    get("api/v1/departments",                         "401 403 200 200 403 200"),
    post("api/v1/departments",                        "401 403 201 403 403 201", {"name": "Sound"}),
    post("api/v1/departments",                        "401 403 201 403 403 422",
         {"name": "Sound", "parent_id": "{department}"}),
    get("api/v1/departments/{department}",            "401 404 200 200 404 404"),
    patch("api/v1/departments/{department}",          "401 404 200 403 403 404", {"name": "Sound"}),
    Row("DELETE", "api/v1/departments/{department}",  "401 404 204 403 403 404"),
    get("api/v1/teams",                               "401 403 200 200 403 200"),
    post("api/v1/teams",                              "401 403 201 403 403 201", {"name": "Night"}),
    get("api/v1/teams/{team}",                        "401 404 200 200 404 404"),
    patch("api/v1/teams/{team}",                      "401 404 200 403 404 404", {"name": "Night"}),
    Row("DELETE", "api/v1/teams/{team}",              "401 404 204 403 404 404"),
    get("api/v1/devices",                             "401 403 200 200 200 200"),
    post("api/v1/devices/enrolment-codes",            "401 403 201 403 201 404", {"user_id": "{employee}"}),
    get("api/v1/devices/{device}",                    "401 404 200 200 200 404"),
    post("api/v1/devices/{device}/revoke",            "401 404 200 403 200 404"),
    get("api/v1/sessions",                            "401 403 200 200 200 200"),
    get("api/v1/sessions/{session}",                  "401 404 200 200 200 404"),
    post("api/v1/sessions/{session}/end",             "401 404 200 200 403 404", {"reason": "late"}),
    get("api/v1/manual-time",                         "401 403 200 200 200 200"),
    post("api/v1/manual-time",                        "401 403 201 201 201 201", _TIME),
    get("api/v1/manual-time/{manual}",                "401 404 200 200 200 404"),
    post("api/v1/manual-time/{manual}/approve",       "401 403 200 200 403 404"),
    post("api/v1/manual-time/{manual}/refuse",        "401 403 200 200 403 404", {"answer": "It was recorded."}),
    post("api/v1/manual-time/{manual}/withdraw",      "401 403 403 403 200 404"),
    get("api/v1/usage",                               "401 403 200 200 200 200"),
    get("api/v1/reports",                             "401 403 200 200 200 200"),
    get("api/v1/reports/daily",                       "401 403 200 200 200 200"),
    get("api/v1/reports/monthly",                     "401 403 200 200 200 200"),
    get("api/v1/reports/top",                         "401 403 200 200 200 200"),
    get("api/v1/reports/utilisation",                 "401 403 200 200 200 200"),
    get("api/v1/reports/heatmap",                     "401 403 200 200 200 200"),
    get("api/v1/reports/comparison",                  "401 403 200 200 403 200"),
    get("api/v1/reports/attendance",                  "401 403 200 200 200 200"),
    get("api/v1/reports/no-such",                     "401 403 404 404 404 404"),
    get("api/v1/screenshots",                         "401 403 200 200 200 200"),
    get("api/v1/screenshots/{screenshot}",            "401 404 200 200 200 404"),
    get("api/v1/screenshots/{screenshot}/image",      "401 404 200 200 200 404"),
    Row("DELETE", "api/v1/screenshots/{screenshot}",  "401 404 204 403 204 404"),
    get("api/v1/tasks",                               "401 403 200 200 200 200"),
    post("api/v1/tasks",                              "401 403 201 201 403 201", {"title": "Curtain"}),
    post("api/v1/tasks",                              "401 403 201 201 403 422",
         {"title": "Curtain", "assigned_to_id": "{employee}"}),
    post("api/v1/tasks",                              "401 403 201 201 403 422",
         {"title": "Curtain", "project_id": "{project}"}),
    get("api/v1/tasks/{task}",                        "401 404 200 200 200 404"),
    patch("api/v1/tasks/{task}",                      "401 404 200 200 403 404", {"title": "Sound"}),
    patch("api/v1/tasks/{task}",                      "401 404 200 200 200 404", {"status": "DONE"}),
    patch("api/v1/tasks/{task}",                      "401 404 200 200 200 404", {"progress": 40}),
    Row("DELETE", "api/v1/tasks/{task}",              "401 404 204 204 403 404"),
    post("api/v1/tasks/{struck}/restore",             "401 404 200 200 404 404"),
    get("api/v1/tasks/{task}/comments",               "401 404 200 200 200 404"),
    post("api/v1/tasks/{task}/comments",              "401 404 201 201 201 404", {"text": "Soon."}),
    get("api/v1/projects",                            "401 403 200 200 403 200"),
    post("api/v1/projects",                           "401 403 201 201 403 201", {"name": "Second act"}),
    get("api/v1/projects/{project}",                  "401 404 200 200 404 404"),
    patch("api/v1/projects/{project}",                "401 404 200 403 404 404", {"name": "Third act"}),
    Row("DELETE", "api/v1/projects/{project}",        "401 404 204 403 404 404"),
    get("api/v1/alerts",                              "401 200 200 200 403 200"),
    get("api/v1/alerts/unread",                       "401 200 200 200 403 200"),
    post("api/v1/alerts/read",                        "401 200 200 200 403 200", {"ids": []}, unaudited=_OWN_MARK),
    post("api/v1/alerts/{alert}/snooze",              "401 404 200 200 403 404", {"hours": 24}),
    post("api/v1/alerts/notify",                      "401 403 200 200 403 200", {"user_ids": ["{employee}"]}),
    post("api/v1/alerts/contact",                     "401 403 200 200 403 200",
         {"user_ids": ["{employee}"], "subject": "Hello", "words": "Is your computer on?"}),
    get("api/v1/audit",                               "401 200 200 403 200 200"),
    get("api/v1/audit/own-acts",                      "401 200 403 403 403 403"),
    get("api/v1/audit/export",                        "401 200 200 403 403 200"),
    get("api/v1/audit/archives",                      "401 200 200 403 403 200"),
    get("api/v1/audit/archives/1/file",               "401 404 404 403 403 404"),
]
AGENTS = [
    post("agent/v1/enrol",                            "404 404 404 404 404 404",
         {"code": "AAAA-AAAA-AAAA", "hostname": "h", "os": "o", "app_version": "1", "boot_id": "b"}),
    get("agent/v1/notices",                           "401 401 401 401 401 401"),
    post("agent/v1/acknowledgements",                 "401 401 401 401 401 401",
         {"etag": "e", "kinds": ["idle"], "text_sha256": "0" * 64, "at": "2026-01-01T00:00:00Z"}),
    post("agent/v1/screenshots",                      "401 401 401 401 401 401"),
    get("agent/v1/tasks",                             "401 401 401 401 401 401"),
    post("agent/v1/tasks/{task}",                     "401 401 401 401 401 401", {"status": "DONE"}),
]
_POLICY = {"screenshots_enabled": "off", "etag": "{etag}"}
PAGES = [
    get("",                                           "302 302 302 302 302 302"),
    get("admin/",                                     "302 302 302 302 302 302"),
    get("dashboard/",                                 "302 302 200 200 200 200"),
    get("owner/",                                     "302 200 403 403 403 403"),
    get("owner/company/new/",                         "302 200 403 403 403 403"),
    post("owner/company/new/",                        "302 201 403 403 403 403", _COMPANY),
    get("owner/company/{company}/",                   "302 200 403 403 403 403"),
    post("owner/company/{company}/suspend/",          "302 302 403 403 403 403", {"reason": "unpaid"}),
    post("owner/company/{suspended}/reactivate/",     "302 302 403 403 403 403"),
    post("owner/company/{company}/switches/",         "302 302 403 403 403 403",
         {"policy_delegated": "on", "name": "Renamed", "time_zone": "UTC"}),
    post("owner/company/{company}/trial/",            "302 302 403 403 403 403", {"ends": "2090-01-01"}),
    post("owner/company/{company}/key/",              "302 302 403 403 403 403", {"grace_hours": "24"}),
    post("owner/company/{company}/admins/",           "302 302 403 403 403 403"),
    post("owner/company/{company}/admins/",           "302 302 403 403 403 403", {"email": "{fresh_email}"}),
    get("owner/company/{company}/plan/",              "302 200 403 403 403 403"),
    post("owner/company/{company}/plan/",             "302 302 403 403 403 403", {"plan": "{plan}"}),
    get("owner/company/{company}/invoices/new/",      "302 200 403 403 403 403"),
    post("owner/company/{company}/invoices/new/",     "302 302 403 403 403 403", _INVOICE),
    get("owner/company/{company}/invoices/{invoice}/", "302 200 403 403 403 403"),
    get("owner/company/{company}/invoices/{invoice}/pdf/", "302 200 403 403 403 403"),
    post("owner/company/{company}/invoices/{invoice}/paid/", "302 302 403 403 403 403"),
    post("owner/company/{company}/invoices/{draft}/send/", "302 302 403 403 403 403"),
    post("owner/company/{company}/invoices/{draft}/no-such/", "302 404 403 403 403 403"),
    get("owner/plans/",                               "302 200 403 403 403 403"),
    get("owner/plans/new/",                           "302 200 403 403 403 403"),
    post("owner/plans/new/",                          "302 302 403 403 403 403", _PLAN),
    get("owner/plans/{plan}/",                        "302 200 403 403 403 403"),
    post("owner/plans/{plan}/",                       "302 302 403 403 403 403", _PLAN),
    post("owner/plans/{plan}/delete/",                "302 302 403 403 403 403"),
    get("owner/invoices/",                            "302 200 403 403 403 403"),
    get("owner/health/",                              "302 200 403 403 403 403"),
    post("owner/company/{company}/export/",           "302 302 403 403 403 403"),
    post("owner/company/{exported}/close/",           "302 302 403 403 403 403", {"typed": "{exported_name}"}),
    get("settings/export/",                           "302 403 200 403 403 200"),
    post("settings/export/",                          "302 403 302 403 403 302"),
    get("settings/export/{company_export}/",          "302 403 200 403 403 404"),
    get("plan/",                                      "302 403 200 403 403 200"),
    get("plan/invoices/{invoice}/",                   "302 403 200 403 403 404"),
    get("plan/invoices/{invoice}/pdf/",               "302 403 200 403 403 404"),
    get("owner/company/{company}/policy/",            "302 200 404 404 404 404"),
    post("owner/company/{company}/policy/",           "302 302 404 404 404 404", _POLICY),
    get("owner/company/{company}/policy/progress/",   "302 200 404 403 403 404"),
    get("owner/company/{company}/policy/meaning/",    "302 200 404 404 404 404"),
    get("owner/company/{company}/policy/versions/",   "302 200 404 404 404 404"),
    post("owner/company/{company}/policy/restore/",   "302 302 404 403 403 404", {"id": "1"}),
    get("policy/",                                    "302 404 200 200 200 200"),
    post("policy/",                                   "302 404 403 403 403 403", _POLICY),
    get("policy-configuration/",                      "302 404 200 200 200 200"),
    post("policy-configuration/",                     "302 404 403 403 403 403", _POLICY),
    get("policy/progress/",                           "302 404 200 403 403 200"),
    get("policy/meaning/",                            "302 404 200 200 200 200"),
    get("policy/versions/",                           "302 404 200 200 200 200"),
    post("policy/restore/",                           "302 404 403 403 403 403", {"id": "1"}),
    get("employees/",                                 "302 403 200 200 403 200"),
    get("employees/new/",                             "302 403 200 403 403 200"),
    post("employees/new/",                            "302 403 201 403 403 201", _PERSON),
    get("employees/{employee}/",                      "302 403 200 200 403 404"),
    post("employees/{employee}/",                     "302 403 302 403 403 404",
         {"first_name": "Other", "last_name": "Name", "role": "EMPLOYEE"}),
    get("employees/import/",                          "302 403 200 403 403 200"),
    post("employees/import/",                         "302 403 422 403 403 422"),
    post("employees/import/confirm/",                 "302 403 302 403 403 302", {"text": "{list_of_people}"}),
    get("employees/import/template.csv",              "302 403 200 403 403 200"),
    post("employees/bulk/",                           "302 403 200 403 403 302",
         {"what": "{into_department}", "ids": "{employee}"}),
    post("employees/bulk/undo/",                      "302 403 422 403 403 422", {"undo": "nothing of ours"}),
    get("employees/{employee}/photo.webp",            "302 403 404 404 404 404"),
    post("employees/{employee}/photo/",               "302 403 302 403 403 404", {"remove": "yes"},
         unaudited="nobody here has a photo to remove"),
    post("employees/{employee}/password-link/",       "302 403 200 403 403 404"),
    post("employees/{employee}/enrolment-code/",      "302 403 200 403 403 404"),
    post("employees/{employee}/deactivate/",          "302 403 302 403 403 404"),
    post("employees/{inactive}/reactivate/",          "302 403 302 403 403 404"),
    post("employees/{employee}/let-go/",              "302 403 302 403 403 404"),
    post("employees/{employee}/no-such/",             "302 403 404 403 403 404"),
    get("departments/",                               "302 403 200 200 403 200"),
    post("departments/",                              "302 403 302 403 403 302", {"name": "New"}),
    get("departments/{department}/",                  "302 403 200 403 403 404"),
    post("departments/{department}/",                 "302 403 302 403 403 404", {"name": "Other"}),
    post("departments/{department}/delete/",          "302 403 302 403 403 404"),
    get("teams/",                                     "302 403 200 200 403 200"),
    post("teams/",                                    "302 403 302 403 403 302", {"name": "New"}),
    get("teams/{team}/",                              "302 403 200 200 403 404"),
    post("teams/{team}/",                             "302 403 302 403 403 404", {"name": "Other"}),
    post("teams/{team}/member/",                      "302 403 302 403 403 404",
         {"user": "{employee}", "what": "out"}),
    post("teams/{team}/delete/",                      "302 403 302 403 403 404"),
    get("settings/",                                  "302 403 200 403 403 200"),
    post("settings/",                                 "302 403 302 403 403 302",
         {"time_zone": "Asia/Dhaka", "day_minutes": "450"}),
    get("settings/branding/",                         "302 403 200 403 403 200"),
    post("settings/branding/",                        "302 403 302 403 403 302", {"display_name": "Other"}),
    get("branding/{company}.css",                     "302 403 200 200 200 404"),
    get("branding/{company}.png",                     "302 403 404 404 404 404"),
    get("download/",                                  "200 200 200 200 200 200"),
    get("download/no-such.whl",                       "404 404 404 404 404 404"),
    get("devices/",                                   "302 403 200 200 200 200"),
    post("devices/enrolment-code/",                   "302 403 200 200 200 200"),
    post("devices/{device}/revoke/",                  "302 403 302 403 302 404"),
    get("employees/{employee}/day/",                  "302 403 200 200 403 404"),
    get("me/",                                        "302 403 200 200 200 200"),
    get("me/day/",                                    "302 403 200 200 200 200"),
    get("me/export/",                                 "302 403 200 200 200 200"),
    get("sessions/",                                  "302 403 200 200 200 200"),
    get("sessions/{session}/",                        "302 403 200 200 200 404"),
    post("sessions/{session}/end/",                   "302 403 302 302 403 404", {"reason": "late"}),
    post("sessions/{session}/mend/",                  "302 403 422 422 403 404"),
    post("sessions/{session}/delete/",                "302 403 302 403 403 404", {"reason": "a test"}),
    get("activity/",                                  "302 403 200 200 200 200"),
    get("activity/name/?name=none",                   "302 403 404 404 404 404"),
    get("manual-time/",                               "302 403 200 200 200 200"),
    get("manual-time/new/",                           "302 403 200 200 200 200"),
    post("manual-time/new/",                          "302 403 422 302 302 422", _MANUAL),  # an ADMIN says whose
    post("manual-time/{manual}/approve/",             "302 403 302 302 403 404"),
    post("manual-time/{manual}/refuse/",              "302 403 302 302 403 404", {"reason": "It was recorded."}),
    post("manual-time/{manual}/withdraw/",            "302 403 403 403 302 404"),
    get("tasks/",                                     "302 403 200 200 200 200"),
    get("tasks/?view=board",                          "302 403 200 200 200 200"),
    get("tasks/new/",                                 "302 403 200 200 403 200"),
    post("tasks/new/",                                "302 403 302 302 403 422",
         {"title": "Curtain", "assigned_to_id": "{employee}"}),
    post("tasks/several/",                            "302 403 302 302 302 302", {"ids": "{task}", "status": "DONE"}),
    post("tasks/mail/",                               "302 403 302 302 302 302", {"wanted": "off"}),
    get("tasks/{task}/",                              "302 403 200 200 200 404"),
    get("tasks/{task}/edit/",                         "302 403 200 200 403 404"),
    post("tasks/{task}/edit/",                        "302 403 302 302 403 404", {"title": "Sound"}),
    post("tasks/{task}/move/",                        "302 403 302 302 302 404", {"status": "DONE"}),
    post("tasks/{task}/comment/",                     "302 403 302 302 302 404", {"text": "Soon."}),
    post("tasks/{task}/delete/",                      "302 403 302 302 403 404"),
    post("tasks/{struck}/restore/",                   "302 403 302 302 403 404"),
    get("projects/",                                  "302 403 200 200 403 200"),
    get("projects/new/",                              "302 403 200 200 403 200"),
    post("projects/new/",                             "302 403 302 302 403 302", {"name": "Second act", "hue": "2"}),
    get("projects/{project}/",                        "302 403 200 200 403 404"),
    get("projects/{project}/edit/",                   "302 403 200 200 403 404"),
    post("projects/{project}/edit/",                  "302 403 302 403 403 404", {"name": "Third act", "hue": "0"}),
    post("projects/{project}/archive/",               "302 403 302 403 403 404"),
    get("screenshots/",                               "302 403 200 200 200 200"),
    get("screenshots/{screenshot}/",                  "302 403 200 200 200 404"),
    get("screenshots/{screenshot}/image/",            "302 403 200 200 200 404"),
    get("screenshots/{screenshot}/thumb/",            "302 403 200 200 200 404"),
    post("screenshots/{screenshot}/delete/",          "302 403 302 403 302 404"),
    get("alerts/",                                    "302 200 200 200 403 200"),
    get("alerts/unread/",                             "302 200 200 200 403 200"),
    post("alerts/read/",                              "302 302 302 302 403 302", {"all": "1"}, unaudited=_OWN_MARK),
    post("alerts/mails/",                             "302 302 302 302 403 302", {"mails": "never"},
         unaudited=_OWN_MARK),
    get("alerts/settings/",                           "302 403 200 403 403 200"),
    post("alerts/settings/",                          "302 403 302 403 403 302", _WANTED),
    post("alerts/{alert}/snooze/",                    "302 404 302 302 403 404", {"hours": "24"}),
    get("agent-sync-status/",                         "302 403 200 200 403 200"),
    get("agent-sync-status/history/",                 "302 403 200 200 403 200"),
    post("agent-sync-status/notify/",                 "302 403 200 200 403 200", {"ids": "{employee}"}),
    get("agent-sync-status/contact/",                 "302 403 404 404 403 404"),
    post("agent-sync-status/contact/",                "302 403 200 200 403 404",
         {"ids": "{employee}", "subject": "Hello", "words": "Is your computer on?"}),
    post("screenshots/delete/",                       "302 403 302 302 302 302", {"ids": ["999999999"]},
         unaudited="none of these is there; deleting is audited one by one"),
    get("settings/retention/",                        "302 403 200 403 403 200"),
    post("settings/retention/",                       "302 403 302 403 403 302", {"screenshots": "400"}),
    get("reports/",                                   "302 403 200 200 200 200"),
    get("reports/daily/",                             "302 403 200 200 200 200"),
    get("reports/monthly/",                           "302 403 200 200 200 200"),
    get("reports/top/",                               "302 403 200 200 200 200"),
    get("reports/utilisation/",                       "302 403 200 200 200 200"),
    get("reports/heatmap/",                           "302 403 200 200 200 200"),
    get("reports/comparison/",                        "302 403 200 200 403 200"),
    get("reports/attendance/",                        "302 403 200 200 200 200"),
    get("reports/daily/?person={employee}",           "302 403 200 200 200 404"),
    get("reports/daily/?format=csv",                  "302 403 200 200 200 200"),
    get("reports/no-such/",                           "302 403 404 404 404 404"),
    get("reports/exports/",                           "302 403 200 200 200 200"),
    post("reports/exports/?format=csv",               "302 403 302 302 302 302", {"report": "daily"}),
    get("reports/exports/{report_export}/",           "302 403 200 404 404 404"),
    get("audit-logs/",                                "302 200 200 403 200 200"),
    get("audit-logs/1/",                              "302 200 200 403 404 200"),
    get("audit-logs/export/",                         "302 200 200 403 403 200"),
    get("audit-logs/archives/",                       "302 200 200 403 403 200"),
    post("audit-logs/archives/",                      "302 302 302 403 403 302", {"months": "24"}),
    get("audit-logs/archives/1/",                     "302 404 404 403 403 404"),
    get("audit-logs/archives/1/file/",                "302 404 404 403 403 404"),
    get("ui/",                                        "200 200 200 200 200 200"),
    get("ui/buttons/",                                "200 200 200 200 200 200"),
]
# fmt: on
ROUTES = [*SIGNING, *CLASSIC, *API, *AGENTS, *PAGES]

# What the gateway answers before Django is reached; what each does to whom is in tests/gateway.
GATEWAY = {
    ("GET", "/agent/v1/policy"): "tests/gateway/test_policy_door.py",
    ("POST", "/agent/v1/status"): "tests/gateway/test_status_door.py",
    ("GET", "/api/employee-config"): "tests/gateway/test_config_door.py",
    ("GET", "/api/employee-config/"): "tests/gateway/test_config_door.py",
}

# What a console may say, and where it is tested who is heard.
SOCKET_EVENTS = {
    "connect": "tests/server/realtime/test_sessions.py",
    "disconnect": "tests/server/realtime/test_presence.py",
    "join_admin": "tests/server/realtime/test_joining.py",
    "leave_admin": "tests/server/realtime/test_joining.py",
    "join_dashboard": "tests/server/realtime/test_joining.py",
    "leave_dashboard": "tests/server/realtime/test_joining.py",
}

# Timed and deferred work: whose data each touches, and where that is tested.
JOBS = {
    "activity.make_picture": ("one picture of one company", "tests/server/activity/test_pictures.py"),
    "activity.rebuild_usage": ("one person's sums", "tests/server/activity/test_sums.py"),
    "activity.sum_days": ("every company's day sums, one at a time", "tests/server/activity/test_days.py"),
    "activity.rebuild_days": ("one company's day sums", "tests/server/activity/test_days.py"),
    "activity.mail_manual_time": ("one person's address and manual time", "tests/server/activity/test_manual.py"),
    "activity.let_go_of_old": (
        "what every company keeps no longer, one at a time",
        "tests/server/activity/test_keeping.py",
    ),
    "activity.end_silence": ("every company's open sessions, one at a time", "tests/server/activity/test_upkeep.py"),
    "activity.make_partitions": ("nobody's: empty tables", "tests/server/activity/test_upkeep.py"),
    "activity.sweep_files": ("every company's files, one company at a time", "tests/server/activity/test_upkeep.py"),
    "accounts.mail_reset_link": ("one user's address", "tests/server/accounts/test_mail.py"),
    "accounts.forget_what_ended": ("everybody's ended tokens and sessions", "tests/server/accounts/test_tokens.py"),
    "companies.mail_invitation": ("one person of one company", "tests/server/companies/test_invitations.py"),
    "alerts.watch": ("every company, one at a time; the platform's numbers", "tests/server/alerts/test_watching.py"),
    "alerts.send_digests": ("who reads alerts, one company at a time", "tests/server/alerts/test_mail.py"),
    "alerts.mail_raised": ("one reader's alerts", "tests/server/alerts/test_mail.py"),
    "alerts.forget_old": ("what is long over, one company at a time", "tests/server/alerts/test_forgetting.py"),
    "alerts.mail_new_place": ("one person who signed in", "tests/server/alerts/test_places.py"),
    "alerts.mail_words": ("one message to one person", "tests/server/alerts/test_reaching.py"),
    "alerts.mail_digest": ("one reader's alerts", "tests/server/alerts/test_mail.py"),
    "audit.archive_old": (
        "which logs have a rule; then one log at a time",
        "tests/server/audit/test_archiving_nightly.py",
    ),
    "audit.write_checkpoints": (
        "every log, one at a time, no personal values",
        "tests/server/audit/test_checkpoints.py",
    ),
    "billing.count_companies": ("sums of every company, one at a time", "tests/server/billing/test_days.py"),
    "lifecycle.mail_checkpoints": ("which logs there are", "tests/server/lifecycle/test_checkpoint_mail.py"),
    "lifecycle.mail_checkpoints_to": ("one log's checkpoint", "tests/server/lifecycle/test_checkpoint_mail.py"),
    "tasks.mail_assigned": ("one person's address and one task", "tests/server/tasks/test_mail.py"),
    "lifecycle.make_company_export": ("one company, for its admins", "tests/server/lifecycle/test_closing.py"),
    "lifecycle.mail_company_export": ("one company's name", "tests/server/lifecycle/test_closing.py"),
    "lifecycle.delete_closed": ("closed companies, one at a time", "tests/server/lifecycle/test_closing.py"),
    "lifecycle.mail_trial_warning": ("one company's trial", "tests/server/lifecycle/test_trials.py"),
    "lifecycle.watch_trials": ("companies on trial, one at a time", "tests/server/lifecycle/test_trials.py"),
    "reports.make_export": ("one file of one person's", "tests/server/reports/test_prepared.py"),
    "reports.sweep_exports": ("every company's files, one at a time", "tests/server/reports/test_prepared.py"),
    "realtime.prune": ("every room, one at a time", "tests/server/realtime/test_jobs.py"),
}
