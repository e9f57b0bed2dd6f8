"""The rules of many files at once: as many statements for two hundred as for eight, and each stands alone."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.audit.models import Entry
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.vault.actions.filerules import BROKEN, Ruled, Ruling, set_rules_of_many
from sundial.server.vault.models import File, Version
from sundial.server.vault.storage import SECRETS, open_version
from tests.cast import Cast
from tests.server.vault import filed
from tests.server.vault.plays import attribute, stored, told

RULES = ("finance", "night", "finance or night", "")


def files_of(cast: Cast, count: int) -> list[File]:
    """So many files, one after another with another rule, and of each fourth none."""
    attribute(cast.admin, "finance")
    attribute(cast.admin, "night")
    return [filed.put(cast, b"text", RULES[number % 4]) for number in range(count)]


def give(cast: Cast, *rulings: Ruling) -> Ruled:
    return set_rules_of_many(acting=cast.admin.acting, rulings=rulings, now=clock.now())


def rule_all(cast: Cast, files: list[File], text: str) -> Ruled:
    return give(cast, *(Ruling(file.pk, text, file.revision) for file in files))


def rules_of(cast: Cast) -> dict[int, str]:
    with acting_for(cast.company.pk), transaction.atomic():
        return dict(File.objects.values_list("id", "rule_text"))


def content(cast: Cast, file: File, version: int = 1) -> bytes:
    """What a version holds, by its key under the rule that the file has now."""
    with acting_for(cast.company.pk), transaction.atomic():
        row = Version.objects.get(file_id=file.pk, number=version)
        reader = open_version(stored(cast.admin, file.pk), row)
    with reader:
        return reader.read(100)


def test_two_hundred_files_take_as_many_statements_as_eight_and_so_does_their_way_back(cast: Cast) -> None:
    def statements(some: list[File]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as there:
            done = rule_all(cast, some, "finance and night")
        with CaptureQueriesContext(connection) as back:
            undone = give(cast, *done.back)
        assert len(done.back) == len(undone.back) == len(some)
        return len(there), len(back)

    files = files_of(cast, 208)
    before = rules_of(cast)
    assert statements(files[8:]) == statements(files[:8])
    assert rules_of(cast) == before


def test_every_version_opens_under_the_new_rule_and_under_the_old_one_again(cast: Cast) -> None:
    files = files_of(cast, 3)
    with acting_for(cast.company.pk), transaction.atomic():
        filed.add_version(cast, files[1], b"next")
    done = rule_all(cast, files, "finance and night")
    assert [content(cast, file) for file in files] == [b"text"] * 3
    assert content(cast, files[1], 2) == b"next"
    give(cast, *done.back)
    assert [content(cast, file) for file in files] == [b"text"] * 3
    assert content(cast, files[1], 2) == b"next"


def test_consoles_hear_of_each_rule_that_stands_and_once_of_all_that_are_gone(cast: Cast) -> None:
    one, two, three, none = files_of(cast, 4)
    done = rule_all(cast, [one, two, none], "night")
    assert told(cast.admin) == [
        ("policy_added", {"file": none.name, "id": none.pk, "policy": "night"}),
        ("policy_updated", {"file": one.name, "id": one.pk, "policy": "night"}),
    ], "the second had this rule"
    give(cast, *done.back, Ruling(three.pk, ""))
    assert told(cast.admin)[2:] == [
        ("policy_updated", {"file": one.name, "id": one.pk, "policy": "finance"}),
        ("policies_bulk_deleted", {"files": [three.name, none.name]}),
    ]


def test_each_file_has_its_own_entry_in_the_log(cast: Cast) -> None:
    one, two, _three, none = files_of(cast, 4)
    rule_all(cast, [one, two, none], "finance and night")
    give(cast, Ruling(one.pk, ""))
    with acting_for(cast.company.pk), transaction.atomic():
        rows = Entry.objects.filter(action__startswith="FILE_RULE").order_by("seq")
        said = [(row.action, row.target_id) for row in rows]
    assert said == [
        ("FILE_RULE_ADDED", none.pk),
        ("FILE_RULE_CHANGED", one.pk),
        ("FILE_RULE_CHANGED", two.pk),
        ("FILE_RULE_REMOVED", one.pk),
    ]


def test_who_cannot_be_changed_is_named_with_the_reason_and_the_rest_is_done(cast: Cast) -> None:
    good, late, wrong, broken = files_of(cast, 4)
    with acting_for(cast.company.pk), transaction.atomic():
        SECRETS.destroy(cast.company.pk, Version.objects.get(file_id=broken.pk).storage)
    before = rules_of(cast)
    done = give(
        cast,
        Ruling(2**62, "night"),
        Ruling(broken.pk, "night"),
        Ruling(wrong.pk, "nihgt"),
        Ruling(late.pk, "finance", late.revision + 1),
        Ruling(good.pk, "night"),
    )
    assert [(one.id, one.done, one.message) for one in done.items] == [
        (good.pk, True, ""),
        (late.pk, False, "Somebody else changed this file meanwhile. Look at it again, then decide."),
        (wrong.pk, False, "There is no attribute nihgt. Did you mean night?"),
        (broken.pk, False, BROKEN),
        (2**62, False, "Not found."),
    ]
    assert rules_of(cast) == {**before, good.pk: "night"}
    assert [one.file_id for one in done.back] == [good.pk]
