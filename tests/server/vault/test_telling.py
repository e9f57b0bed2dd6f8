"""What others hear of the vault: how far uploads are, that something changed, and how much room files take."""

from datetime import timedelta
from typing import Any

from pytest_django import DjangoAssertNumQueries

from sundial.server.alerts.queries.measuring import measure_company
from sundial.server.billing.queries.plans import use_of
from sundial.server.companies import actions as companies
from sundial.server.companies.actions.limits import set_limits
from sundial.server.companies.types import Limits
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.types import Identity
from sundial.server.vault import actions
from sundial.server.vault.sockets import UPLOAD_PROGRESS, VAULT_CHANGED
from tests.cast import Cast, Player
from tests.server.activity.test_pictures import send
from tests.server.devices.plays import enrol
from tests.server.vault.plays import attribute, put

NOTHING = {"file": "", "percent": 100, "uploads": []}


def told_to(player: Player, *, later: timedelta = timedelta()) -> dict[str, Any]:
    """What somebody's open page hears of uploads."""
    who = player.acting
    fact = UPLOAD_PROGRESS.compute(who.company_id or 0, clock.now() + later)
    assert UPLOAD_PROGRESS.narrowed is not None
    return UPLOAD_PROGRESS.narrowed(fact, Identity(player.id, player.email, who.role, who.company_id))


def begin(player: Player, rule: str = "", name: str = "budget.xlsx", file_id: int | None = None) -> None:
    """Somebody uploads a file, of which four of ten bytes came."""
    acting, now = player.acting, clock.now()
    row = actions.begin_upload(acting=acting, name=name, length=10, rule_text=rule, file_id=file_id, now=now)
    actions.receive_part(acting=acting, upload_id=row.pk, offset=0, pieces=[b"four"], now=now)


def test_administrators_hear_who_is_uploading_what_and_how_far_it_is(cast: Cast) -> None:
    assert told_to(cast.admin) == NOTHING
    begin(cast.employee)
    told = told_to(cast.admin)
    assert (told["file"], told["percent"]) == ("budget.xlsx", 40)
    assert told["uploads"] == [
        {"by": cast.employee.email, "user": "Employee Player", "file": "budget.xlsx", "percent": 40}
    ]
    assert told_to(cast.stranger) == NOTHING
    assert told_to(cast.admin, later=timedelta(minutes=3)) == NOTHING


def test_others_hear_of_an_upload_only_if_its_file_would_open_for_them(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.manager)
    begin(cast.employee, "finance", "closed.txt")
    assert told_to(cast.manager)["file"] == "closed.txt"
    assert told_to(cast.employee)["file"] == "closed.txt", "their own"
    begin(cast.admin, "not finance", "open.txt")
    assert [one["file"] for one in told_to(cast.manager)["uploads"]] == ["closed.txt"]
    assert [one["file"] for one in told_to(cast.employee)["uploads"]] == ["open.txt", "closed.txt"]
    begin(cast.admin, "network = office", "near.txt")
    begin(cast.admin, "", "nobody.txt")
    assert [one["file"] for one in told_to(cast.manager)["uploads"]] == ["closed.txt"]
    assert len(told_to(cast.admin)["uploads"]) == 4


def test_of_the_next_version_of_a_file_those_hear_for_whom_it_opens_now(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.manager)
    file = put(cast.admin, "plan.txt", rule="finance")
    begin(cast.admin, file_id=file.pk)
    assert told_to(cast.manager)["file"] == "plan.txt"
    actions.set_rule(acting=cast.admin.acting, file_id=file.pk, rule_text="not finance", now=clock.now())
    assert told_to(cast.manager) == NOTHING
    assert told_to(cast.employee)["file"] == "plan.txt"


def test_many_uploads_and_people_are_asked_about_in_few_questions(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    attribute(cast.admin, "finance", cast.manager)
    for number in range(6):
        begin(cast.admin, "finance" if number % 2 else "not finance", f"{number}.txt")
    with django_assert_max_num_queries(20):
        UPLOAD_PROGRESS.compute(cast.company.pk, clock.now())


def test_every_change_is_heard_by_pages_that_may_not_read_names(cast: Cast) -> None:
    acting, now = cast.admin.acting, clock.now()
    attribute(cast.admin, "finance")
    seen = [VAULT_CHANGED.compute(cast.company.pk, now)]

    def changed() -> bool:
        seen.append(VAULT_CHANGED.compute(cast.company.pk, now))
        assert set(seen[-1]) == {"company_id", "mark"}
        return seen[-1] != seen[-2]

    file = put(cast.admin)
    assert changed()
    folder = actions.make_folder(acting=acting, name="Plans", now=now)
    assert changed()
    actions.rename_folder(acting=acting, folder_id=folder.pk, name="Other", now=now)
    assert changed()
    actions.move(acting=acting, file_id=file.pk, folder_id=folder.pk, now=now)
    assert changed()
    actions.set_rule(acting=acting, file_id=file.pk, rule_text="finance", now=now)
    assert changed()
    actions.bin_file(acting=acting, file_id=file.pk, now=now)
    assert changed()
    actions.delete_for_good(acting=acting, file_id=file.pk, now=now)
    assert changed()
    assert not changed()


def test_files_take_room_of_the_plan_beside_pictures(cast: Cast) -> None:
    owner = cast.owner.acting
    put(cast.admin, content=b"x" * 1_200_000)
    set_limits(acting=owner, company_id=cast.company.pk, limits=Limits("Small", storage_mb=1))
    refused = send(enrol(cast).token)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "quota")
    assert use_of(cast.company.pk).storage_mb == 2
    assert measure_company(cast.company.pk, now=clock.now(), with_storage=True).stored_mb == 1


def test_whoever_removes_an_attribute_is_told_which_files_rules_name_it(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    attribute(cast.admin, "fin")
    put(cast.admin, "one.txt", rule="finance and not fin")
    put(cast.admin, "two.txt", rule="finance")
    with acting_for(cast.company.pk):
        assert companies.uses_of_attribute(cast.company.pk, "fin") == ["one.txt"]
    gone = cast.admin.client.delete("/api/v1/attributes/finance")
    assert gone.json()["files"] == ["one.txt", "two.txt"]
