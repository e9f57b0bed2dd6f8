"""A code works once, for ten minutes, for one person."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connections, transaction

from sundial.protocol.signing import KeyRing
from sundial.protocol.tokens import digest, well_formed
from sundial.run.postgres import Cluster
from sundial.server.devices import actions, queries
from sundial.server.devices.models import Device, EnrolmentCode
from sundial.server.devices.types import ATTEMPTS_ALLOWED, Enrolled
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound, TooMany
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import deactivate_person, suspend_company
from sundial.server.tracking import queries as tracking
from tests.cast import Cast, make_person
from tests.server.devices.plays import LAPTOP, address, audit, enrol

MINUTE = timedelta(minutes=1)
WRONG = "0000-0000-0000"


def _code(cast: Cast) -> str:
    return actions.make_enrolment_code(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now).code


def _try(code: str, cast: Cast, *, ip: str, after: timedelta = timedelta()) -> Enrolled:
    return actions.enrol(code=code, installation=LAPTOP, ip=ip, now=cast.now + after)


def test_a_code_becomes_a_device_with_a_token_and_the_keys_to_trust(cast: Cast) -> None:
    enrolled = enrol(cast)
    assert well_formed(enrolled.token, "device")
    assert (enrolled.company_id, enrolled.company_name) == (cast.company.pk, cast.company.name)
    assert tracking.signing_key().key_id in [key.key_id for key in KeyRing(enrolled.keys).public_keys]
    holder = queries.holder_of(enrolled.token)
    assert holder is not None
    assert (holder.device_id, holder.user_id, holder.ended) == (enrolled.device_id, cast.employee.id, False)
    row = queries.device(cast.employee.acting, enrolled.device_id, now=cast.now)
    assert (row.hostname, row.os, row.app_version) == (LAPTOP.hostname, LAPTOP.os, LAPTOP.app_version)


def test_a_code_is_read_as_people_type_it(cast: Cast) -> None:
    assert _try(_code(cast).lower().replace("-", " ").replace("0", "o"), cast, ip=address()).device_id


def test_neither_codes_nor_tokens_are_stored(cast: Cast) -> None:
    code = _code(cast)
    with acting_for(cast.company.pk), transaction.atomic():
        [kept] = EnrolmentCode.objects.filter(user_id=cast.employee.id)
    assert bytes(kept.digest) == digest(code)


def test_a_code_works_once(cast: Cast) -> None:
    code = _code(cast)
    _try(code, cast, ip=address())
    with pytest.raises(NotFound):
        _try(code, cast, ip=address())


def test_a_code_works_for_ten_minutes(cast: Cast) -> None:
    code, late = _code(cast), _code(cast)
    assert _try(code, cast, ip=address(), after=10 * MINUTE - timedelta(seconds=1)).device_id
    with pytest.raises(NotFound):
        _try(late, cast, ip=address(), after=10 * MINUTE)


@pytest.mark.parametrize("code", [WRONG, "", "x", "0" * 128, "K7QF-9X2M-4TB!", "\u0661" * 12])
def test_any_other_code_is_refused_in_the_same_words(cast: Cast, code: str) -> None:
    used = _code(cast)
    _try(used, cast, ip=address())
    said = []
    for tried in (code, used):
        with pytest.raises(NotFound) as refused:
            _try(tried, cast, ip=address())
        said.append(refused.value.message)
    assert said[0] == said[1]


def test_of_many_who_use_one_code_at_once_exactly_one_wins(cast: Cast) -> None:
    for _ in range(3):
        code, gate = _code(cast), threading.Barrier(6)

        def attempt(ip: str, code: str = code, gate: threading.Barrier = gate) -> Enrolled | None:
            gate.wait()
            try:
                return _try(code, cast, ip=ip)
            except NotFound:
                return None
            finally:
                connections.close_all()

        with ThreadPoolExecutor(6) as pool:
            came = list(pool.map(attempt, [address() for _ in range(6)]))
        assert len([one for one in came if one]) == 1
    with acting_for(cast.company.pk), transaction.atomic():
        assert Device.objects.count() == 3


def test_ten_wrong_codes_close_the_door_to_an_address_for_a_while(cast: Cast) -> None:
    ip, code = address(), _code(cast)
    for _ in range(ATTEMPTS_ALLOWED):
        with pytest.raises(NotFound):
            _try(WRONG, cast, ip=ip)
    with pytest.raises(TooMany) as refused:
        _try(code, cast, ip=ip)
    assert 0 < refused.value.retry_after <= 601
    assert _try(code, cast, ip=address()).device_id
    with pytest.raises(NotFound):
        _try(WRONG, cast, ip=ip, after=10 * MINUTE)


def test_wrong_codes_that_come_at_once_are_all_counted(cast: Cast) -> None:
    ip, gate = address(), threading.Barrier(8)

    def attempt(_: int) -> str:
        gate.wait()
        try:
            _try(WRONG, cast, ip=ip)
        except (NotFound, TooMany) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(attempt, range(8))) == {"NotFound"}
    for _ in range(ATTEMPTS_ALLOWED - 8):
        with pytest.raises(NotFound):
            _try(WRONG, cast, ip=ip)
    with pytest.raises(TooMany):
        _try(WRONG, cast, ip=ip)


def test_wrong_codes_stay_counted_when_the_request_around_them_is_one_transaction(cast: Cast) -> None:
    ip = address()
    for _ in range(ATTEMPTS_ALLOWED):
        with transaction.atomic(), pytest.raises(NotFound):
            _try(WRONG, cast, ip=ip)
    with pytest.raises(TooMany):
        _try(WRONG, cast, ip=ip)


def test_people_make_codes_for_themselves_and_admins_for_everyone_in_the_company(cast: Cast) -> None:
    for maker, user in ((cast.employee, cast.employee), (cast.manager, cast.manager), (cast.admin, cast.manager)):
        assert actions.make_enrolment_code(acting=maker.acting, user_id=user.id, now=cast.now).code


def test_a_manager_makes_no_code_for_the_team_and_nobody_one_for_a_stranger(cast: Cast) -> None:
    def refused(maker_id: str, user_id: int) -> type[Exception]:
        with pytest.raises((NotAllowed, NotFound)) as why:
            actions.make_enrolment_code(acting=getattr(cast, maker_id).acting, user_id=user_id, now=cast.now)
        return why.type

    assert refused("manager", cast.employee.id) is NotAllowed
    assert refused("employee", cast.admin.id) is NotFound
    assert refused("admin", cast.stranger.id) is NotFound
    assert refused("admin", 2**40) is NotFound
    assert refused("owner", cast.employee.id) is NotAllowed


def test_a_person_who_was_deactivated_gets_no_code_and_their_open_one_is_dead(cast: Cast) -> None:
    code = _code(cast)
    with acting_for(cast.company.pk):
        deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now)
    with pytest.raises(NotFound):
        _try(code, cast, ip=address())
    with pytest.raises(Invalid):
        _code(cast)


def test_a_suspended_company_lets_no_device_in_and_the_code_is_not_used_up(cast: Cast) -> None:
    code = _code(cast)
    suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="unpaid", now=cast.now)
    with pytest.raises(NotAllowed, match="suspended"):
        _try(code, cast, ip=address())
    with acting_for(cast.company.pk), transaction.atomic():
        assert EnrolmentCode.objects.get(digest=digest(code)).used_at is None


def test_code_and_enrolment_stand_in_the_log_about_the_person_without_naming_them_in_the_tree(cast: Cast) -> None:
    device = enrol(cast)
    for action in ("ENROLMENT_CODE_MADE", "DEVICE_ENROLLED"):
        [(entry, personal, details)] = audit(cast.company.pk, action)
        assert (entry.target_kind, entry.target_id) == ("person", cast.employee.id)
        assert personal.target == cast.employee.email
        assert "@" not in str(details)
    assert details["device_id"] == device.device_id
    assert (entry.actor_kind, entry.actor_id) == ("device", device.device_id)


def test_if_the_entry_cannot_be_written_no_device_is_made(cast: Cast, cluster: Cluster) -> None:
    code = _code(cast)
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        owner.execute(
            f"ALTER TABLE audit_entry ADD CONSTRAINT refused CHECK (company_id <> {cast.company.pk}) NOT VALID"
        )
        try:
            with pytest.raises(Exception, match="refused"):
                _try(code, cast, ip=address())
        finally:
            owner.execute("ALTER TABLE audit_entry DROP CONSTRAINT refused")
    with acting_for(cast.company.pk), transaction.atomic():
        assert not Device.objects.exists()
    assert _try(code, cast, ip=address()).device_id


def test_ready_devices_are_dealt_out_to_employees_in_turn_and_their_tokens_work(cast: Cast) -> None:
    second = make_person(cast.admin, Role.EMPLOYEE, "second")
    made = actions.ready_devices(acting=cast.owner.acting, company_id=cast.company.pk, count=5, now=cast.now)
    people = [cast.employee.id, second.id]
    assert [one.user_id for one in made] == [people[n % 2] for n in range(5)]
    for one in made:
        holder = queries.holder_of(one.token)
        assert holder is not None
        assert holder.device_id == one.device_id
    assert queries.progress(cast.company.pk, "any", now=cast.now).total == 5


def test_there_are_no_ready_devices_without_people(cast: Cast) -> None:
    with pytest.raises(Invalid):
        actions.ready_devices(acting=cast.owner.acting, company_id=2**40, count=5, now=cast.now)


def test_ready_devices_are_the_administrators_where_nobody_else_works(cast: Cast) -> None:
    made = actions.ready_devices(acting=cast.owner.acting, company_id=cast.other.pk, count=2, now=cast.now)
    assert {device.user_id for device in made} == {cast.stranger.id}
