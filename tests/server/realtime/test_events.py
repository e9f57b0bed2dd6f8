"""Every event of the contract, from its action: its fields, who hears it, and that old state + events is the new one.

`SCENES` is the table: what is done, and which numbered events the company's administrators are told, in order, besides
`audit_log_added`, which goes with each. Nobody else's room is told any of it, but for what the table of roles says.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from sundial.run.front import FACTS
from sundial.server.audit import queries as audit
from sundial.server.companies import actions, queries
from sundial.server.companies.actions.many import change_attributes_of_many, restore_attributes_of_many
from sundial.server.companies.types import Held, Lender
from sundial.server.lib import clock
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.realtime.types import NumberedEvent
from sundial.server.tracking import actions as tracking
from sundial.server.vault import actions as vault
from sundial.server.vault.actions.filerules import Ruling, set_rules_of_many
from tests.architecture.events import NUMBERED, PASSING
from tests.cast import Cast, address
from tests.server.realtime.replay import replayed, told

FIELDS = {
    "user_added": {"user", "attributes"},
    "user_updated": {"user", "attributes"},
    "user_deleted": {"user"},
    "users_bulk_deleted": {"users"},
    "users_bulk_attrs_updated": {"users", "attributes"},
    "user_roles_updated": {"user", "roles"},
    "policy_added": {"file", "policy"},
    "policy_updated": {"file", "policy"},
    "policy_deleted": {"file"},
    "policies_bulk_deleted": {"files"},
    "attribute_added": {"attribute"},
    "attribute_removed": {"attribute"},
    "file_uploaded": {"file"},
    "file_deleted": {"file"},
    "file_updated": {"file", "id"},  # besides the contract's
    "folder_updated": {"folder", "id"},
    "department_updated": {"department", "id"},
    "audit_log_added": {"id", "action_type", "description", "user"},
    "tracking_policy_changed": {"company_id", "config_version"},
}


@dataclass
class Stage:
    """The cast with two attributes, and a file that one of them opens, in a folder."""

    cast: Cast
    file: int
    folder: int

    @property
    def who(self) -> dict[str, Any]:
        """Who does it and when."""
        return {"acting": self.cast.admin.acting, "now": clock.now()}


@pytest.fixture
def stage(cast: Cast) -> Iterator[Stage]:
    """The company, ready for every scene."""
    with acting_for(cast.company.pk):
        for name in ("finance", "night"):
            actions.add_attribute(acting=cast.admin.acting, name=name, now=clock.now())
        folder = int(vault.make_folder(acting=cast.admin.acting, name="Plans", now=clock.now()).pk)
        file = put(cast, "plan.txt", "finance", folder_id=folder)
        yield Stage(cast, file, folder)


def put(cast: Cast, name: str, rule: str, **more: Any) -> int:
    acting, now = cast.admin.acting, clock.now()
    row = vault.put_file(acting=acting, name=name, length=4, pieces=[b"text"], rule_text=rule, now=now, **more)
    return int(row.pk)


def add_person(one: Stage) -> None:
    actions.add_person(
        company_id=one.cast.company.pk,
        email=address("new"),
        first_name="New",
        last_name="One",
        role="EMPLOYEE",
        held=[Held("night")],
        **one.who,
    )


def give(one: Stage) -> None:
    actions.set_attributes(user_id=one.cast.employee.id, held=[Held("finance")], **one.who)


def many(one: Stage) -> Any:
    ids = [one.cast.employee.id, one.cast.manager.id]
    return change_attributes_of_many(user_ids=ids, held=[Held("finance")], how="add", **one.who)


def many_and_back(one: Stage) -> None:
    restore_attributes_of_many(turns=many(one).turns, **one.who)


def edit(one: Stage, **changes: Any) -> None:
    actions.edit_person(user_id=one.cast.employee.id, changes=changes, **one.who)


def change_policy(one: Stage) -> None:
    changes = {"idle_threshold_seconds": 333}
    acting, company_id = one.cast.owner.acting, one.cast.company.pk
    tracking.change_policy(acting=acting, company_id=company_id, changes=changes, now=clock.now())


def rule(one: Stage, text: str) -> None:
    vault.set_rule(file_id=one.file, rule_text=text, **one.who)


def lend(one: Stage, lender: Lender, lender_id: int, *names: str) -> None:
    actions.lend_attributes(lender=lender, lender_id=lender_id, held=[Held(name) for name in names], **one.who)


def team(one: Stage, *lent: str) -> int:
    """A new team of the employee's that lends these."""
    made = int(actions.add_team(name="Night", **one.who).pk)
    actions.put_in_team(team_id=made, user_id=one.cast.employee.id, manages=False, **one.who)
    if lent:
        lend(one, Lender.TEAM, made, *lent)
    return made


def in_and_out_of_a_team_that_lends(one: Stage) -> None:
    made = team(one, "finance")
    actions.take_out_of_team(team_id=made, user_id=one.cast.employee.id, **one.who)


def a_team_lends_and_is_renamed_and_dissolved(one: Stage) -> None:
    made = team(one, "finance", "night")
    lend(one, Lender.TEAM, made, "finance")
    actions.rename_team(team_id=made, name="Day", **one.who)
    actions.delete_team(team_id=made, **one.who)


def a_department_lends_to_those_beneath_it(one: Stage) -> None:
    top = int(actions.add_department(name="Money", parent_id=None, **one.who).pk)
    below = int(actions.add_department(name="Books", parent_id=top, **one.who).pk)
    edit(one, department_id=below)
    lend(one, Lender.DEPARTMENT, top, "finance")
    actions.change_department(department_id=below, changes={"parent_id": None}, **one.who)
    lend(one, Lender.DEPARTMENT, below, "finance")
    actions.delete_department(department_id=below, **one.who)


def many_ruled_and_back(one: Stage) -> None:
    files = [one.file, put(one.cast, "open.txt", "")]
    done = set_rules_of_many(rulings=[Ruling(file, "night") for file in files], **one.who)
    set_rules_of_many(rulings=done.back, **one.who)


def bin_and_back(one: Stage) -> None:
    vault.bin_file(file_id=one.file, **one.who)
    vault.restore_file(file_id=one.file, **one.who)


def next_version_and_back(one: Stage) -> None:
    put(one.cast, "plan.txt", "", file_id=one.file)
    vault.make_current(file_id=one.file, number=1, **one.who)


def into_another_folder(one: Stage) -> None:
    folder = vault.make_folder(name="Old plans", **one.who)
    vault.move_folder(folder_id=one.folder, parent_id=int(folder.pk), **one.who)


SCENES: dict[str, tuple[Callable[[Stage], Any], list[str]]] = {
    "somebody is taken on": (add_person, ["user_added"]),
    "a name is changed": (lambda one: edit(one, last_name="Other"), ["user_updated"]),
    "a role is changed": (lambda one: edit(one, role="MANAGER"), ["user_roles_updated"]),
    "both are": (lambda one: edit(one, last_name="X", role="MANAGER"), ["user_roles_updated", "user_updated"]),
    "somebody is given an attribute": (give, ["user_updated"]),
    "somebody is deactivated": (
        lambda one: lifecycle.deactivate_person(user_id=one.cast.employee.id, **one.who),
        ["user_updated"],
    ),
    "somebody is let go": (lambda one: lifecycle.let_go(user_id=one.cast.employee.id, **one.who), ["user_deleted"]),
    "several are let go": (
        lambda one: lifecycle.let_go_many(user_ids=[one.cast.employee.id, one.cast.manager.id], **one.who),
        ["users_bulk_deleted"],
    ),
    "many are given an attribute": (many, ["users_bulk_attrs_updated"]),
    "and it is taken back": (many_and_back, ["users_bulk_attrs_updated", "users_bulk_attrs_updated"]),
    "an attribute is made": (lambda one: actions.add_attribute(name="site", **one.who), ["attribute_added"]),
    "an attribute goes": (lambda one: actions.remove_attribute(name="finance", **one.who), ["attribute_removed"]),
    "a file comes": (lambda one: put(one.cast, "new.txt", ""), ["file_uploaded"]),
    "a file comes with a rule": (lambda one: put(one.cast, "new.txt", "night"), ["file_uploaded", "policy_added"]),
    "a rule is changed": (lambda one: rule(one, "night"), ["policy_updated"]),
    "a rule goes": (lambda one: rule(one, ""), ["policy_deleted"]),
    "rules of many go": (
        lambda one: vault.remove_rules_of_many(file_ids=[one.file], **one.who),
        ["policies_bulk_deleted"],
    ),
    "many get one rule, and theirs again": (
        many_ruled_and_back,
        ["file_uploaded", "policy_added", "policy_updated", "policy_updated", "policies_bulk_deleted"],
    ),
    "a file is deleted for good": (lambda one: vault.delete_for_good(file_id=one.file, **one.who), ["file_deleted"]),
    "a file is renamed": (lambda one: vault.rename(file_id=one.file, name="list.txt", **one.who), ["file_updated"]),
    "a file is moved": (lambda one: vault.move(file_id=one.file, folder_id=None, **one.who), ["file_updated"]),
    "a file goes into the bin": (lambda one: vault.bin_file(file_id=one.file, **one.who), ["file_deleted"]),
    "and comes back": (bin_and_back, ["file_deleted", "file_uploaded", "policy_added"]),
    "a version comes, and the one before is read again": (
        next_version_and_back,
        ["file_uploaded", "policy_added", "file_updated"],
    ),
    "a folder is renamed": (
        lambda one: vault.rename_folder(folder_id=one.folder, name="Lists", **one.who),
        ["folder_updated"],
    ),
    "a folder is moved": (into_another_folder, ["folder_updated"]),
    "a folder goes into the bin with its files": (
        lambda one: vault.bin_folder(folder_id=one.folder, **one.who),
        ["file_deleted"],
    ),
    "a department is made": (
        lambda one: actions.add_department(name="Books", parent_id=None, **one.who),
        ["department_updated"],
    ),
    "somebody is put into a team that lends, and taken out": (
        in_and_out_of_a_team_that_lends,
        ["user_updated", "users_bulk_attrs_updated", "user_updated"],
    ),
    "a team lends something else, is renamed and dissolved": (
        a_team_lends_and_is_renamed_and_dissolved,
        ["user_updated", *["users_bulk_attrs_updated"] * 4],
    ),
    "a department lends, is moved and dissolved": (
        a_department_lends_to_those_beneath_it,
        [
            *["department_updated"] * 2,
            *["user_updated", "users_bulk_attrs_updated"],
            *["department_updated", "users_bulk_attrs_updated", "department_updated"],
        ],
    ),
    "the tracking policy is changed": (change_policy, ["tracking_policy_changed"]),
}


def test_the_scenes_tell_every_event_of_the_contract() -> None:
    shown = {kind for _do, kinds in SCENES.values() for kind in kinds}
    assert shown | {"audit_log_added"} == set(FIELDS)


def test_every_event_has_its_row_in_the_table_of_roles() -> None:
    assert set(NUMBERED) == set(FIELDS)
    assert set(PASSING) == {"presence"} | {fact.kind for fact in FACTS}


@pytest.mark.parametrize("scene", SCENES)
def test_an_action_tells_administrators_with_all_fields_and_nobody_else(stage: Stage, scene: str) -> None:
    do, kinds = SCENES[scene]
    own, other = stage.cast.company.pk, stage.cast.other.pk
    with (
        told(own, "admin") as admins,
        told(own, "dashboard") as everybody,
        told(other, "admin") as strangers,
        told(other, "dashboard") as others,
        told(PLATFORM, "platform") as owners,
    ):
        do(stage)
    heard = [event.kind for event in admins if event.kind != "audit_log_added"]
    assert heard == kinds
    assert len(admins) > len(heard), "what is changed stands in the log, and the consoles hear of it"
    for event in admins:
        assert set(event.data) >= FIELDS[event.kind], event
        assert event.actor
    assert strangers == others == []
    assert {event.kind for event in everybody} == {kind for kind in kinds if "dashboard" in NUMBERED[kind]}
    of_us = [event for event in owners if event.data.get("company_id") == own]
    assert {event.kind for event in of_us} == {kind for kind in kinds if "platform" in NUMBERED[kind]}
    people = (stage.cast.employee.email, stage.cast.manager.email)
    assert not any(email in str(event.data) for event in [*everybody, *owners] for email in people)


# -- old state + events == new state --------------------------------------------------------------

Row = tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
People = dict[str, Row]  # name, role, status, own attributes, what is lent, teams


def people_now(cast: Cast, *emails: str) -> People:
    """The people of the console's table; of those named, if any are."""
    with acting_for(cast.company.pk), transaction.atomic():
        rows = [one for one in queries.people(cast.admin.acting) if not emails or one.user.email in emails]
        ids, now = [row.user_id for row in rows], clock.now()
        held, lent, teams = (
            queries.attributes_of(ids, now=now),
            queries.lent_to(ids, now=now),
            queries.teams_by_person(ids),
        )
        return {
            row.user.email: (
                row.last_name,
                row.role,
                row.status,
                tuple(one.text for one in held.get(row.user_id, ())),
                tuple(one.text for one in lent.get(row.user_id, ())),
                tuple(teams.get(row.user_id, {}).values()),
            )
            for row in rows
        }


def as_the_page_does(cast: Cast, state: People, event: NumberedEvent) -> People:
    """What `web/src/console/people-state.ts` makes of an event: it asks about those whom the event only names."""
    data = event.data
    gone = {"user_deleted": [data.get("user")], "users_bulk_deleted": data.get("users", [])}.get(event.kind)
    if gone is not None:
        return {email: row for email, row in state.items() if email not in gone}
    if event.kind == "user_roles_updated":
        name, _role, *same = state[data["user"]]
        return {**state, data["user"]: (name, data["roles"][0], *same)}
    if event.kind == "attribute_removed":
        name = data["attribute"]
        return {
            email: (*row[:3], without(row[3], [name]), without(row[4], [name]), row[5]) for email, row in state.items()
        }
    if event.kind == "users_bulk_attrs_updated" and data["how"] in {"add", "remove", "replace"}:
        changed = {email: state[email] for email in data["users"]}
        return {**state, **{email: (*row[:3], carried(row[3], data), *row[4:]) for email, row in changed.items()}}
    if event.kind == "department_updated":
        return people_now(cast)
    if event.kind in {"user_added", "user_updated", "users_bulk_attrs_updated"}:
        return {**state, **people_now(cast, *data.get("users", [data.get("user")]))}
    return state


def without(held: tuple[str, ...], texts: list[str]) -> tuple[str, ...]:
    names = {text.split("=")[0] for text in texts}
    return tuple(one for one in held if one.split("=")[0] not in names)


def carried(held: tuple[str, ...], data: dict[str, Any]) -> tuple[str, ...]:
    said = data["attributes"]
    after = said if data["how"] == "replace" else [*without(held, said), *(said if data["how"] == "add" else [])]
    return tuple(sorted(after))


@pytest.mark.parametrize(
    "scene", [name for name, (_do, kinds) in SCENES.items() if any("user" in kind for kind in kinds)]
)
def test_old_people_and_events_are_the_new_people(stage: Stage, scene: str) -> None:
    cast = stage.cast
    actions.set_attributes(user_id=cast.employee.id, held=[Held("night")], **stage.who)
    with replayed(
        cast.company.pk,
        "admin",
        read=lambda: people_now(cast),
        apply=lambda state, event: as_the_page_does(cast, state, event),
    ):
        SCENES[scene][0](stage)


def test_an_attribute_that_goes_goes_from_everybody(stage: Stage) -> None:
    many(stage)
    with replayed(
        stage.cast.company.pk,
        "admin",
        read=lambda: people_now(stage.cast),
        apply=lambda state, event: as_the_page_does(stage.cast, state, event),
    ):
        actions.remove_attribute(name="finance", **stage.who)


@pytest.mark.parametrize("scene", SCENES)
def test_old_log_and_events_are_the_new_log(stage: Stage, scene: str) -> None:
    """The live audit: an entry an event; one that tells of several has the page ask for what is before it."""
    cast = stage.cast

    def log() -> list[tuple[int, str]]:
        found = audit.entries(cast.admin.acting, page_size=100)
        return sorted((one.id, one.action_type) for one in found.items)

    def apply(state: list[tuple[int, str]], event: NumberedEvent) -> list[tuple[int, str]]:
        if event.kind != "audit_log_added":
            return state
        last, count = event.data["id"], event.data.get("count", 1)
        return sorted({*state, *((last - n, event.data["action_type"]) for n in range(count))})

    with replayed(cast.company.pk, "admin", read=log, apply=apply):
        SCENES[scene][0](stage)


# -- the table of rules ---------------------------------------------------------------------------

DOOR = "/console/rules/"
Ruled = dict[int, dict[str, Any]]


def ruled(cast: Cast, **asked: Any) -> Ruled:
    """The files of the console's table; of those named, if any are."""
    return {one["id"]: one for one in cast.admin.client.get(DOOR, asked).json()["items"]}


def as_the_rules_table_does(cast: Cast, state: Ruled, event: NumberedEvent) -> Ruled:
    """What `web/src/console/rules-state.ts` makes of an event: it asks about the files that the event names."""
    data, kind = event.data, event.kind
    if kind == "file_deleted":
        return {key: row for key, row in state.items() if key != data["id"]}
    if kind == "folder_updated":
        return ruled(cast)
    named = [key for key, row in state.items() if row["owner_email"] == data.get("user")]
    if kind == "policies_bulk_deleted":
        named = [key for key, row in state.items() if row["name"] in data["files"]]
    elif kind.startswith(("file_", "policy_")):
        named = [data["id"]]
    elif kind != "user_updated":
        return state
    kept = {key: row for key, row in state.items() if key not in named}
    return {**kept, **(ruled(cast, file=named) if named else {})}


@pytest.mark.parametrize(
    "scene", [name for name, (_do, kinds) in SCENES.items() if kinds[0].startswith(("f", "polic"))]
)
def test_old_rules_and_events_are_the_new_rules(stage: Stage, scene: str) -> None:
    put(stage.cast, "beside.txt", "night")
    with replayed(
        stage.cast.company.pk,
        "admin",
        read=lambda: ruled(stage.cast),
        apply=lambda state, event: as_the_rules_table_does(stage.cast, state, event),
    ):
        SCENES[scene][0](stage)


def test_files_stand_under_their_owners_new_name(stage: Stage) -> None:
    cast = stage.cast
    before = ruled(cast)
    with replayed(
        cast.company.pk,
        "admin",
        read=lambda: ruled(cast),
        apply=lambda state, event: as_the_rules_table_does(cast, state, event),
    ):
        actions.edit_person(user_id=cast.admin.id, changes={"last_name": "Renamed"}, **stage.who)
    assert ruled(cast) != before
