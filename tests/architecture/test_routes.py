"""Every route × method × caller × (own, foreign, unknown), against the table in `routes`.

Each request runs in a transaction that is rolled back, so one cast serves them all.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from PIL import Image
from procrastinate.contrib.django import app
from pytest_django.plugin import DjangoDbBlocker

from sundial.gateway import app as gateway
from sundial.run.postgres import Cluster
from sundial.server.accounts import actions as accounts
from sundial.server.accounts.models import User
from sundial.server.activity import actions as activity
from sundial.server.activity.models import WorkSession
from sundial.server.alerts.models import Alert
from sundial.server.billing import actions as billing
from sundial.server.billing.types import Line
from sundial.server.companies import actions as companies
from sundial.server.devices import actions as devices
from sundial.server.devices.types import Installation
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.pictures import Remade
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.realtime.sockets import Sockets
from sundial.server.reports import actions as reports
from sundial.server.reports import queries as report_queries
from sundial.server.reports.types import Form, Report
from sundial.server.tasks import actions as tasks
from sundial.server.tracking import actions as policies
from sundial.server.tracking import queries as tracking
from sundial.server.vault import actions as vault
from sundial.server.vault.models import Share
from tests.architecture.routes import CALLERS, GATEWAY, JOBS, ROUTES, SOCKET_EVENTS, Row
from tests.cast import PASSWORD, Cast, Player, address, make_cast, make_company, make_person, unique

METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")
REFUSED = {401, 403, 404, 405}
NOBODY_S = 2**62
HANDLER = ClientHandler(enforce_csrf_checks=False)  # one for all requests: its middleware looks at every static file
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@dataclass(frozen=True)
class Stage:
    """The cast, what belongs to the first company, and tokens for the doors that take nothing else."""

    cast: Cast
    own: dict[str, Any]
    tokens: dict[str, str]
    sessions: dict[str, str]


def _device_of(player: Player) -> int:
    now = clock.now()
    with acting_for(player.acting.company_id or 0), transaction.atomic():
        code = devices.make_enrolment_code(acting=player.acting, user_id=player.id, now=now).code
    return devices.enrol(code=code, installation=Installation("h", "o", "1", "b"), ip=None, now=now).device_id


def _manual_of(player: Player) -> int:
    now = clock.now()
    manual = activity.Manual(now - timedelta(hours=60), now - timedelta(hours=59), "At the printer's")
    return activity.ask_manual(acting=player.acting, manual=manual, now=now)


def _yesterday() -> dict[str, str]:
    day = (clock.now() - timedelta(days=1)).date().isoformat()
    return {"yesterday": day, "yesterday_six": f"{day}T06:00:00Z", "yesterday_seven": f"{day}T07:00:00Z"}


def _screenshot_of(player: Player, device: int, session: WorkSession, picture: bytes) -> int:
    """A picture of this person, as the worker leaves it."""
    taken = activity.Taken(uuid4(), session.uuid, clock.now(), "")
    company_id = player.acting.company_id or 0
    row = activity.take_screenshot(
        company_id=company_id, user_id=player.id, device_id=device, taken=taken, image=picture, now=clock.now()
    )
    activity.keep_remade(company_id=company_id, screenshot_id=row.pk, made=Remade(b"p", b"t", 8, 8))
    return row.pk


def _export_of(player: Player) -> int:
    """A file of a report that was prepared for this person."""
    company_id, now = player.acting.company_id or 0, clock.now()
    with acting_for(company_id), transaction.atomic():
        asked = report_queries.ask(player.acting, Report.DAILY, {}, now=now)
        row = reports.prepare(acting=player.acting, asked=asked, form=Form.CSV, now=now)
    reports.make_export(company_id=company_id, export_id=row.pk, now=now)
    return row.pk


def _billing_of(cast: Cast) -> dict[str, int]:
    """A plan that no company is on, and an invoice of the first company as a draft, and one that was sent."""
    acting, now = cast.owner.acting, clock.now()
    plan = billing.make_plan(acting=acting, values={"name": unique("plan")}, now=now)
    asked = {"company_id": cast.company.pk, "period_start": now.date(), "period_end": now.date()}
    lines = [Line("Help", 1, 5000)]
    draft, sent = (billing.draft_invoice(acting=acting, lines=lines, now=now, **asked) for _n in range(2))
    billing.send_invoice(acting=acting, company_id=cast.company.pk, invoice_id=sent.id, now=now)
    return {"plan": plan.id, "draft": draft.id, "invoice": sent.id}


def _exported(cast: Cast) -> dict[str, Any]:
    """The first company's export, ready, and another company that was exported and may be closed."""
    other, _admin = make_company(cast.owner, "exported")
    made = []
    for company in (cast.company, other):
        export = lifecycle.ask_export(acting=cast.owner.acting, company_id=company.pk, now=clock.now())
        lifecycle.make_export(company_id=company.pk, export_id=export, now=clock.now())
        made.append(export)
    return {"company_export": made[0], "exported": other.pk, "exported_name": other.name}


def _vault_of(cast: Cast) -> dict[str, Any]:
    """A folder, a file of the employee's that opens for employees, and one in the bin."""
    acting, now = cast.employee.acting, clock.now()
    folder = vault.make_folder(acting=acting, name="Plans", now=now)
    put = partial(vault.put_file, acting=acting, length=4, pieces=[b"text"], now=now)
    file = put(name="Plan.txt", rule_text="role = employee")
    binned = put(name="Old plan.txt")
    vault.bin_file(acting=acting, file_id=binned.pk, now=now)
    token = vault.share(acting=acting, file_id=file.pk, lasts=timedelta(hours=1), now=now)
    with acting_for(file.company_id), transaction.atomic():
        link = Share.objects.get(file_id=file.pk)
    coming = vault.begin_upload(acting=acting, name="Coming.txt", length=4, now=now)
    return {
        "coming": coming.pk,
        "share": link.pk,
        "share_token": token,
        "folder": folder.pk,
        "file": file.pk,
        "binned": binned.pk,
        "upload": lambda: SimpleUploadedFile("New plan.txt", b"text"),
    }


def make_stage() -> Stage:
    """The cast with one of everything."""
    cast = make_cast()
    inactive = make_person(cast.admin, Role.EMPLOYEE, "inactive")
    accounts.create_owner(email=address("boss"), acting=Acting.system(), now=clock.now())  # an entry in log 0
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=inactive.id, now=clock.now())
    suspended, _admin = make_company(cast.owner, "suspended")
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=suspended.pk, reason="", now=clock.now())
    policies.change_policy(
        acting=cast.owner.acting, company_id=cast.company.pk, changes={"screenshot_quality": 60}, now=clock.now()
    )
    companies.change_company(
        acting=cast.owner.acting, company_id=cast.company.pk, changes={"classic_clients": True}, now=clock.now()
    )
    with acting_for(cast.company.pk), transaction.atomic():
        department = companies.add_department(acting=cast.admin.acting, name="Props", parent_id=None, now=clock.now())
        team = companies.add_team(acting=cast.admin.acting, name="Crew", now=clock.now())
        for player, manages in ((cast.employee, False), (cast.manager, True)):
            companies.put_in_team(
                acting=cast.admin.acting, team_id=team.pk, user_id=player.id, manages=manages, now=clock.now()
            )
        companies.add_attribute(acting=cast.admin.acting, name="finance", now=clock.now())
    device, picture = _device_of(cast.employee), BytesIO()
    session = activity.start_session(
        company_id=cast.company.pk, user_id=cast.employee.id, device_id=device, at=clock.now(), now=clock.now()
    )
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    screenshot = _screenshot_of(cast.employee, device, session, picture.getvalue())
    project = tasks.make_project(acting=cast.admin.acting, name="Stage", now=clock.now())
    task = tasks.create_task(
        acting=cast.admin.acting,
        title="Lights",
        assigned_to_id=cast.employee.id,
        project_id=project.pk,
        now=clock.now(),
    )
    struck = tasks.create_task(
        acting=cast.admin.acting, title="Struck", assigned_to_id=cast.employee.id, now=clock.now()
    )
    tasks.delete_task(acting=cast.admin.acting, task_id=struck.pk, now=clock.now())
    user = User.objects.get(id=cast.employee.id)
    with acting_for(cast.company.pk), transaction.atomic():
        alert = Alert.objects.create(
            company_id=cast.company.pk,
            rule="silent",
            subject_kind="session",
            subject_id=session.pk,
            user_id=cast.employee.id,
            state="OPEN",
            details={"since": clock.now().isoformat()},
            first_seen_at=clock.now(),
            raised_at=clock.now(),
        )
    own = {
        "alert": alert.pk,
        "company": cast.company.pk,
        "suspended": suspended.pk,
        "employee": cast.employee.id,
        "admin": cast.admin.id,
        "inactive": inactive.id,
        **_billing_of(cast),
        **_exported(cast),
        "device": device,
        "department": department.pk,
        "team": team.pk,
        "into_department": f"department:{department.pk}",
        "list_of_people": f"email\n{address('listed')}\n",
        "session": session.pk,
        "screenshot": screenshot,
        "project": project.pk,
        "task": task.pk,
        "struck": struck.pk,
        "manual": _manual_of(cast.employee),
        **_vault_of(cast),
        **_yesterday(),
        "report_export": _export_of(cast.admin),
        "photo": base64.b64encode(picture.getvalue()).decode(),
        "employee_email": cast.employee.email,
        "fresh_email": address("fresh"),
        "password": PASSWORD,
        "etag": tracking.head(cast.company.pk).etag,
        "link": accounts.one_time_link(user=user, base_url="").removeprefix("/password/set/").rstrip("/"),
    }
    players: dict[str, Player] = {caller: getattr(cast, caller) for caller in CALLERS[1:]}
    tokens = {
        caller: accounts.issue_token(user_id=player.id, company_id=player.acting.company_id, now=clock.now())
        for caller, player in players.items()
    }
    sessions = {caller: player.client.cookies["sessionid"].value for caller, player in players.items()}
    return Stage(cast, own, tokens, sessions)


@pytest.fixture(scope="module")
def stage(own_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """One stage for all the rows, with nobody else in the house."""
    with django_db_blocker.unblock():
        yield make_stage()
        connection.close()


def _filled(value: Any, own: dict[str, Any]) -> Any:
    """A body with its placeholders filled in; a placeholder alone keeps the type of what it stands for."""
    if isinstance(value, dict):
        return {name: _filled(one, own) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, own) for one in value]
    if isinstance(value, str) and value[:1] == "{" and value[-1:] == "}":
        found = own[value[1:-1]]
        return found() if callable(found) else found
    return value


def ask(stage: Stage, row: Row, caller: str, own: dict[str, Any] | None = None) -> HttpResponse:
    """The row's request by this caller, within the transaction around it."""
    client, headers = Client(raise_request_exception=False), dict(row.headers)
    client.handler = HANDLER
    if caller in stage.sessions and not row.by_token:
        client.cookies["sessionid"] = stage.sessions[caller]
    if caller in stage.tokens and row.by_token:
        headers["Authorization"] = f"Token {stage.tokens[caller]}"
    own = own or stage.own
    path, body = "/" + row.path.format(**own), _filled(row.body, own)
    if row.form:
        return client.post(path, body, headers=headers)
    if row.is_json:
        return client.generic(row.method, path, _json(client, body), "application/json", headers=headers)
    if row.method == "POST":
        return client.post(path, body, headers=headers)
    return client.generic(row.method, path, headers=headers)


def _json(client: Client, body: dict[str, Any]) -> str:
    return client._encode_json(body, "application/json") if body else ""


def _undone(stage: Stage, row: Row, caller: str, own: dict[str, Any] | None = None) -> HttpResponse:
    """The answer to a request whose changes are taken back."""
    if row.outside:
        return ask(stage, row, caller, own)
    with transaction.atomic():
        answer = ask(stage, row, caller, own)
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    return answer


# -- the table against the server ---------------------------------------------------------------


@pytest.mark.parametrize("row", ROUTES, ids=str)
def test_each_caller_is_answered_as_the_table_says(stage: Stage, row: Row) -> None:
    answered = {caller: _undone(stage, row, caller).status_code for caller in CALLERS}
    assert answered == row.expected


def _patterns(found: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


def _route_of(row: Row, own: dict[str, Any]) -> str:
    return resolve("/" + row.path.format(**own).partition("?")[0]).route


def test_every_route_of_the_server_has_a_row(stage: Stage) -> None:
    routes = {route for route, _pattern in _patterns(get_resolver().url_patterns)}
    listed = {_route_of(row, stage.own) for row in ROUTES}
    assert routes - listed == set(), "give each a row in tests/architecture/routes.py"
    assert listed - routes == set()


@pytest.fixture(scope="module")
def listed(stage: Stage) -> set[tuple[str, str]]:
    """Every route and method that has a row."""
    return {(_route_of(row, stage.own), row.method) for row in ROUTES}


@pytest.mark.parametrize("path", sorted({row.path.partition("?")[0] for row in ROUTES}))
def test_a_method_without_a_row_is_refused_to_everyone(stage: Stage, listed: set[tuple[str, str]], path: str) -> None:
    route = resolve("/" + path.format(**stage.own)).route
    for method in METHODS if path.startswith("api/") else METHODS[:3]:
        if (route, method) not in listed:
            for caller in CALLERS:
                answer = _undone(stage, Row(method, path, "0 0 0 0 0 0"), caller)
                to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/login/")
                assert answer.status_code in REFUSED or to_sign_in, (method, caller, answer.status_code)


def test_the_gateway_s_doors_are_listed() -> None:
    doors = {gateway.POLICY, gateway.STATUS, *gateway.CONFIG}
    assert {path for _method, path in GATEWAY} == doors
    for (method, path), proof in GATEWAY.items():
        assert gateway.Gateway.handles(path, method)
        assert Path(proof).is_file(), proof


def test_what_a_console_may_say_is_listed() -> None:
    sockets = Sockets((), lambda _session_key: None, ())
    sockets._doors.open()
    assert set(sockets._sio.handlers["/"]) == set(SOCKET_EVENTS)
    assert [proof for proof in SOCKET_EVENTS.values() if not Path(proof).is_file()] == []


def test_every_job_is_listed() -> None:
    ours = {name for name in app.tasks if "procrastinate.builtin" not in name}
    assert ours == set(JOBS)
    assert [proof for _whose, proof in JOBS.values() if not Path(proof).is_file()] == []


# -- foreign, unknown, ill-formed -----------------------------------------------------------------

_IDS = (
    "company",
    "suspended",
    "employee",
    "admin",
    "inactive",
    "device",
    "session",
    "screenshot",
    "project",
    "task",
    "struck",
    "manual",
    "alert",
    "plan",
    "draft",
    "invoice",
    "exported",
    "company_export",
    "file",
    "binned",
    "folder",
    "share",
    "share_token",
)
# Their answers repeat what was asked, or it is no id of the stranger's choosing; each has a test of its own.
ECHOES = {
    "api/v1/users/bulk-delete",
    "api/v1/files/policies/bulk-delete",
    "console/rules/change/",
    "api/v1/alerts/notify",
    "api/v1/alerts/contact",
    "login/company/",
}
WITH_ID = [row for row in ROUTES if any(f"{{{name}}}" in row.path or f"{{{name}}}" in str(row.body) for name in _IDS)]


def _bare(answer: HttpResponse) -> tuple[int, bytes]:
    return answer.status_code, _CSRF.sub(b"", answer.content)


@pytest.mark.parametrize("row", [row for row in WITH_ID if row.path not in ECHOES], ids=str)
def test_a_foreign_id_is_answered_with_the_same_bytes_as_an_unknown_one(stage: Stage, row: Row) -> None:
    unknown = {**stage.own, **dict.fromkeys(_IDS, NOBODY_S)}
    assert _bare(_undone(stage, row, "stranger")) == _bare(_undone(stage, row, "stranger", unknown))


ILL_FORMED = ("0", "-1", "x", "1.5", "9223372036854775808", "99999999999999999999999999", "%00", "%C3%A9")


@pytest.mark.parametrize("row", [row for row in WITH_ID if any(f"{{{name}}}" in row.path for name in _IDS)], ids=str)
def test_an_ill_formed_id_never_fails_and_opens_nothing(stage: Stage, row: Row) -> None:
    for wrong in ILL_FORMED:
        for caller in ("owner", "admin"):
            answer = _undone(stage, row, caller, {**stage.own, **dict.fromkeys(_IDS, wrong)})
            assert answer.status_code in REFUSED, (wrong, caller, answer.status_code)


# -- hostile words -----------------------------------------------------------------------------------

_NAMES = ("search", "page", "page_size", "ordering", "status", "role", "state", "user", "user_id", "from", "to",
          "action_type", "format", "next", "standing", "after", "id")  # fmt: skip
HOSTILE = ("\x00", "\ud800", "9" * 30, "-1", "' OR 1=1 --%<script>")


@pytest.mark.parametrize("row", [row for row in ROUTES if row.method == "GET"], ids=str)
def test_no_query_makes_a_route_fail(stage: Stage, row: Row) -> None:
    allowed = [caller for caller, status in row.expected.items() if status == 200]
    for caller in {*allowed[:1], *allowed[-1:]}:
        for word in HOSTILE:
            asked = urlencode({name: word.encode("utf-8", "surrogatepass") for name in _NAMES})
            mark = "&" if "?" in row.path else "?"
            answer = _undone(stage, replace(row, path=f"{row.path}{mark}{asked}"), caller)
            assert answer.status_code < 500, (caller, word)


@pytest.mark.parametrize("row", [row for row in ROUTES if row.method != "GET"], ids=str)
def test_no_field_makes_a_route_fail(stage: Stage, row: Row) -> None:
    caller = max(row.expected, key=lambda one: row.expected[one] < 400)
    for word in ("\x00", "\ud800", "9" * 30, "x" * 3000, "", "é"):
        for name in row.body:
            if word.isascii() or (row.is_json and not row.form):
                broken = replace(row, body={**row.body, name: word})
                assert _undone(stage, broken, caller).status_code < 500, (caller, name, word)


# -- no entry, no change ----------------------------------------------------------------------------

_TENANT_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relrowsecurity AND NOT relispartition
ORDER BY relname
"""
_GLOBAL = ("accounts_user", "accounts_persontoken", "procrastinate_jobs")
WRITES = [row for row in ROUTES if row.writes and not row.unaudited and row.path != "login/company/"]


@pytest.fixture
def unwritable_log(stage: Stage, cluster: Cluster) -> Iterator[None]:
    """The application may no longer add to the audit log."""

    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON audit_entry FROM sundial_app")
        yield
        owner.execute("GRANT INSERT ON audit_entry TO sundial_app")


_DIGEST = "SELECT '{0}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {0} t"


def _everything(stage: Stage) -> list[list[tuple[Any, ...]]]:
    """A digest of every table, as each company sees it."""
    with connection.cursor() as cursor:
        cursor.execute(_TENANT_TABLES)
        tables = [row[0] for row in cursor.fetchall()]
    companies = (stage.cast.company.pk, stage.cast.other.pk, stage.own["suspended"], PLATFORM)
    return [_digests([*_GLOBAL, *tables], company) for company in companies]


def _digests(tables: list[str], company: int) -> list[tuple[Any, ...]]:
    with acting_for(company), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(map(_DIGEST.format, tables)))
        return cursor.fetchall()


@pytest.mark.usefixtures("unwritable_log")
@pytest.mark.parametrize("row", WRITES, ids=str)
def test_if_the_audit_entry_cannot_be_written_nothing_is_changed(stage: Stage, row: Row) -> None:
    with transaction.atomic():
        before = _everything(stage)
    answered = []
    for caller in (caller for caller, status in row.expected.items() if status < 400):
        with transaction.atomic():
            answered.append(ask(stage, row, caller).status_code)
            assert _everything(stage) == before, caller
            transaction.set_rollback(True)
    assert max(answered) >= 500, "whoever may change something was told that it failed"
