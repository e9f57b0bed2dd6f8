"""Whatever fits the description, or just does not, is answered as it describes; nothing makes the server fail."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sundial.server.activity import queries as activity
from sundial.server.companies import actions
from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, make_cast
from tests.server.portal.api.knock import token_headers
from tests.server.portal.test_activity import shown, worked

Callers = Mapping[str, dict[str, str]]  # the headers by which each of them is known

ROLES = ["nobody", "owner", "admin", "manager", "employee"]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES, MANY = 3, 50  # of each operation, of each kind: finding one takes far longer than asking as everyone


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """One cast for all: every request is taken back, so none may close the connection at its end."""
    signals = (request_started, request_finished)
    with django_db_blocker.unblock():
        for signal in signals:
            signal.disconnect(close_old_connections)
        made = make_cast()
        shown(made, worked(made))
        with acting_for(made.company.pk), transaction.atomic():
            actions.add_attribute(acting=made.admin.acting, name="finance", now=clock.now())
        yield made
        for signal in signals:
            signal.connect(close_old_connections)
        connection.close()


def _ids(cast: Cast) -> dict[str, int | str]:
    acting = cast.admin.acting
    with acting_for(cast.company.pk), transaction.atomic():
        team = companies.teams(acting)[0].pk
    return {
        "company_id": cast.company.pk,
        "user_id": cast.employee.id,
        "team_id": team,
        "name": "finance",
        "device_id": 1,
        "session_id": activity.sessions(acting, now=clock.now()).items[0].id,
        "screenshot_id": activity.screenshots(acting).items[0].id,
    }


def _ask_as_each(case: Any, callers: Callers) -> None:
    for role, headers in callers.items():
        note(f"as {role}")
        with transaction.atomic():
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)
            transaction.set_rollback(True)


def _try_examples(operation: Any, mode: GenerationMode, examples: int, cast: Cast, callers: Callers) -> None:
    own = _ids(cast)

    @settings(max_examples=examples, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy(generation_mode=mode), aimed=st.booleans())
    def attempt(case: Any, aimed: bool) -> None:
        if aimed:  # a random id hardly ever is somebody's
            known = (case.path_parameters or {}).items()
            case.path_parameters = {name: own.get(name, value) for name, value in known}
        _ask_as_each(case, callers)

    attempt()


def _try_every_operation(mode: GenerationMode, examples: int, cast: Cast) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    schema = schema.exclude(path_regex="/content$")  # opened outside any transaction: it cannot be taken back
    callers = {role: {} if role == "nobody" else token_headers(getattr(cast, role)) for role in ROLES}
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:
        can_be_wrong = any(map(len, (operation.path_parameters, operation.query, operation.body)))
        if mode is GenerationMode.POSITIVE or can_be_wrong:
            _try_examples(operation, mode, examples, cast, callers)


@pytest.mark.timeout(900)  # a hundred operations, several times each, perhaps on a crowded machine
@pytest.mark.parametrize("mode", MODES)
def test_every_operation_answers_every_role_as_described(cast: Cast, mode: GenerationMode) -> None:
    _try_every_operation(mode, EXAMPLES, cast)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", MODES)
def test_every_operation_answers_every_role_as_described_however_often_it_is_asked(
    cast: Cast, mode: GenerationMode
) -> None:
    _try_every_operation(mode, MANY, cast)
