"""`Idempotency-Key`: a POST sent twice is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.portal.models import KeptAnswer
from tests.cast import Cast, Player, address
from tests.server.portal.api.knock import V1, ask, fields, problem, token_headers


def add(player: Player, email: str, key: str, path: str = "/users") -> HttpResponse:
    return ask(player, "POST", path, {"email": email}, Idempotency_Key=key)


def test_the_same_post_again_is_answered_the_same_and_done_once(cast: Cast) -> None:
    email = address("once")
    first, again = (add(cast.admin, email, "k-1") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert ask(cast.admin, "GET", f"/users?search={email}").json()["count"] == 1


def test_without_a_key_a_second_one_is_refused(cast: Cast) -> None:
    email = address("twice")
    assert ask(cast.admin, "POST", "/users", {"email": email}).status_code == 201
    assert ask(cast.admin, "POST", "/users", {"email": email}).status_code == 422


def test_a_key_used_for_another_request_is_refused(cast: Cast) -> None:
    add(cast.admin, address("a"), "k")
    assert fields(add(cast.admin, address("b"), "k")) == {"Idempotency-Key"}
    assert fields(ask(cast.admin, "POST", "/users/bulk-delete", {"ids": [1]}, Idempotency_Key="k")) == {
        "Idempotency-Key"
    }


def test_a_key_is_a_person_s_own(cast: Cast) -> None:
    mine, theirs = add(cast.admin, address("mine"), "shared"), add(cast.stranger, address("theirs"), "shared")
    assert mine.status_code == theirs.status_code == 201
    company = {"name": f"Twice {cast.company.pk}", "admin_email": address("boss")}
    made = [ask(cast.owner, "POST", "/companies", company, Idempotency_Key="shared") for _ in range(2)]
    assert made[0].content == made[1].content


def test_a_refused_request_may_be_tried_again_under_its_key(cast: Cast) -> None:
    assert add(cast.admin, cast.employee.email, "again").status_code == 422
    ask(cast.admin, "DELETE", f"/users/{cast.employee.id}")
    assert add(cast.admin, cast.employee.email, "again").status_code == 201


def test_after_a_day_the_key_is_free(cast: Cast) -> None:
    email = address("old")
    first = add(cast.admin, email, "daily").json()
    ask(cast.admin, "DELETE", f"/users/{first['id']}")
    with acting_for(cast.company.pk), transaction.atomic():
        rows = KeptAnswer.objects.filter(company_id=cast.company.pk, key="daily")
        rows.update(made_at=clock.now() - timedelta(days=1, seconds=1))
    again = add(cast.admin, email, "daily")
    assert again.status_code == 201
    assert "Idempotent-Replayed" not in again


def test_what_is_kept_cannot_be_read_from_the_database(cast: Cast) -> None:
    told = add(cast.admin, address("secret"), "sealed").json()
    with acting_for(cast.company.pk), transaction.atomic():
        row = KeptAnswer.objects.get(company_id=cast.company.pk, key="sealed")
    assert told["set_password_link"].encode() not in bytes(row.body)


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "é", "a b"])
def test_a_key_is_a_short_word(cast: Cast, key: str) -> None:
    assert problem(add(cast.admin, address("x"), key))[0] == 422


def test_eight_at_once_under_one_key_do_it_once(cast: Cast) -> None:
    email, headers, barrier = address("storm"), token_headers(cast.admin), threading.Barrier(8)

    def post(_n: int) -> tuple[int, Any]:
        barrier.wait()
        try:
            answer = Client().post(
                f"{V1}/users", {"email": email}, content_type="application/json",
                headers={**headers, "Idempotency-Key": "storm"},
            )  # fmt: skip
            return answer.status_code, answer.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
