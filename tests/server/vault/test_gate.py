"""The one door: who is let in and who is not, at that moment and while they read; and what is written down of it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.audit.models import Entry, Personal
from sundial.server.companies.actions import add_attribute, remove_attribute, set_attributes
from sundial.server.companies.types import Held
from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import deactivate_person
from sundial.server.vault import gate
from sundial.server.vault.actions import bin_file, delete_for_good, end_share, set_rule, share
from sundial.server.vault.gate import Closed, Content, Denied, LinkOver, Reading
from sundial.server.vault.models import Denial, File, Share, Version
from sundial.server.vault.storage import Place
from sundial.server.vault.types import Door
from tests.cast import Cast, Player
from tests.server.vault.filed import add_version, put

BODY = b"what is in the file " * 20_000


def carry(cast: Cast, player: Player, *names: str) -> None:
    """The person has these attributes and no others."""
    with acting_for(cast.company.pk):
        set_attributes(acting=cast.admin.acting, user_id=player.id, held=[Held(name) for name in names], now=cast.now)


@pytest.fixture
def finance(cast: Cast) -> Cast:
    """A company that says `finance` of its employee."""
    with acting_for(cast.company.pk):
        add_attribute(acting=cast.admin.acting, name="finance", now=cast.now)
        add_attribute(acting=cast.admin.acting, name="audit", now=cast.now)
    carry(cast, cast.employee, "finance")
    return cast


def ask(player: Player, file: File, door: Door = Door.PAGE, **more: object) -> Content:
    return gate.opened(acting=player.acting, file_id=file.pk, now=clock.now(), door=door, **more)


def entries(cast: Cast, file: File, action: str) -> list[Entry]:
    with acting_for(cast.company.pk), transaction.atomic():
        return list(Entry.objects.filter(action=action, target_kind="file", target_id=file.pk).order_by("seq"))


def denials(cast: Cast, file: File) -> list[Denial]:
    with acting_for(cast.company.pk), transaction.atomic():
        return list(Denial.objects.filter(file_id=file.pk).order_by("id"))


def whole(content: Content) -> bytes:
    reading = content.reader()
    try:
        return b"".join(iter(lambda: reading.read(60_000), b""))
    finally:
        reading.close()


def test_whom_the_rule_is_true_for_reads_and_it_is_written_down(finance: Cast) -> None:
    file = put(finance, BODY)
    assert whole(ask(finance.employee, file)) == BODY
    (entry,) = entries(finance, file, "FILE_OPENED")
    assert entry.actor_id == finance.employee.id
    assert denials(finance, file) == []


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_whom_it_is_not_true_for_is_refused_with_the_reason_whoever_they_are(finance: Cast, who: str) -> None:
    file, player = put(finance, BODY), getattr(finance, who)
    with pytest.raises(Denied, match="you do not have finance"):
        ask(player, file, Door.API)
    (denial,) = denials(finance, file)
    assert (denial.user_id, denial.door) == (player.id, "api")
    (entry,) = entries(finance, file, "FILE_DENIED")
    with acting_for(finance.company.pk), transaction.atomic():
        assert "they do not have finance" in denial.reason, "the owner reads of somebody else"
        assert denial.reason in Personal.objects.get(company_id=finance.company.pk, seq=entry.seq).more
    assert entries(finance, file, "FILE_OPENED") == []


def test_a_refusal_reads_what_is_known_of_the_person_once(finance: Cast) -> None:
    file = put(finance, BODY, rule="finance and audit")
    with CaptureQueriesContext(connection) as asked, pytest.raises(Denied, match="you do not have audit"):
        ask(finance.employee, file)
    read = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    assert len(read) == len(set(read)), "nothing is asked twice"


def test_a_file_without_a_rule_or_with_one_of_another_language_opens_for_nobody(finance: Cast) -> None:
    with pytest.raises(Denied, match="no rule"):
        ask(finance.employee, put(finance, BODY, rule=""))
    file = put(finance, BODY)
    with acting_for(finance.company.pk), transaction.atomic():
        File.objects.filter(id=file.pk).update(rule_language=99)
    with pytest.raises(Denied, match="cannot be read"):
        ask(finance.employee, file)


def test_outside_the_company_unknown_binned_and_erased_are_one_and_the_same(finance: Cast) -> None:
    file, binned, erased = (put(finance, BODY) for _ in range(3))
    bin_file(acting=finance.admin.acting, file_id=binned.pk, now=finance.now)
    delete_for_good(acting=finance.admin.acting, file_id=erased.pk, now=finance.now)
    for player in (finance.stranger, finance.owner):
        with pytest.raises(NotFound):
            ask(player, file)
    for gone in (binned, erased):
        with pytest.raises(NotFound):
            ask(finance.employee, gone)
        assert denials(finance, gone) == []
    with pytest.raises(NotFound):
        gate.opened(acting=finance.employee.acting, file_id=2**62, now=finance.now, door=Door.PAGE)
    with pytest.raises(NotFound):
        ask(finance.employee, file, version=7)


def test_an_older_version_is_read_by_its_number(finance: Cast) -> None:
    file = put(finance, b"first")
    with acting_for(finance.company.pk), transaction.atomic():
        add_version(finance, file, b"second")
    assert whole(ask(finance.employee, file)) == b"second"
    assert whole(ask(finance.employee, file, version=1)) == b"first"


def test_a_rule_edited_by_hand_lets_nobody_read_though_it_is_true_for_them(finance: Cast) -> None:
    file = put(finance, BODY, rule="audit")
    with acting_for(finance.company.pk), transaction.atomic():
        File.objects.filter(id=file.pk).update(rule_text="finance")
    with pytest.raises(Conflict, match="cannot be read"):
        ask(finance.employee, file).reader()


def test_changed_bytes_are_refused_before_a_byte_is_told(finance: Cast) -> None:
    file = put(finance, BODY)
    with acting_for(finance.company.pk), transaction.atomic():
        version = Version.objects.get(file_id=file.pk)
    path = Place(version.company_id, version.storage).path
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(Conflict):
        ask(finance.employee, file).reader()
    assert ask(finance.employee, file).reader(100_000).read(10) == BODY[100_000:100_010]


def begun(content: Content) -> Reading:
    """A reading under way."""
    reading = content.reader()
    assert reading.read(10) == BODY[:10]
    return reading


def reads_on(reading: Reading) -> None:
    """Read piece by piece until the reading is closed; pytest's own limit ends a test in which it never is."""
    try:
        while True:
            assert reading.read(0) == b""
    finally:
        reading.close()


@pytest.mark.parametrize(
    "how", ["attribute taken", "attribute gone", "rule changed", "file binned", "file erased", "person left"]
)
def test_what_turns_the_answer_closes_a_reading_under_way(finance: Cast, how: str) -> None:
    file = put(finance, BODY)
    reading = begun(ask(finance.employee, file))
    admin = finance.admin.acting
    match how:
        case "attribute taken":
            carry(finance, finance.employee)
        case "attribute gone":
            with acting_for(finance.company.pk):
                remove_attribute(acting=admin, name="finance", now=finance.now)
        case "rule changed":
            set_rule(acting=admin, file_id=file.pk, rule_text="audit", now=finance.now)
        case "file binned":
            bin_file(acting=admin, file_id=file.pk, now=finance.now)
        case "file erased":
            delete_for_good(acting=admin, file_id=file.pk, now=finance.now)
        case "person left":
            with acting_for(finance.company.pk):
                deactivate_person(acting=admin, user_id=finance.employee.id, now=finance.now)
    with pytest.raises(Closed):
        reads_on(reading)
    assert len(denials(finance, file)) == (0 if how in {"file binned", "file erased"} else 1)


def test_what_was_granted_cannot_be_read_once_the_file_is_erased(finance: Cast) -> None:
    file = put(finance, BODY)
    content = ask(finance.employee, file)
    delete_for_good(acting=finance.admin.acting, file_id=file.pk, now=finance.now)
    with pytest.raises(Conflict):
        content.reader()


def test_that_a_reading_was_closed_to_its_reader_is_told_to_the_owner_once_with_the_reason(finance: Cast) -> None:
    file = put(finance, BODY)
    reading = begun(ask(finance.employee, file, Door.API))
    carry(finance, finance.employee)
    with pytest.raises(Closed):
        reads_on(reading)
    (denial,) = denials(finance, file)
    assert (denial.user_id, denial.door) == (finance.employee.id, Door.API)
    assert "finance" in denial.reason
    (entry,) = entries(finance, file, "FILE_DENIED")
    assert entry.actor_id == finance.employee.id


def test_a_reading_goes_on_while_the_rule_stays_true(finance: Cast) -> None:
    file = put(finance, BODY)
    reading = ask(finance.employee, file).reader()
    reading._asked_at -= 10  # long ago
    assert reading.read(10) == BODY[:10]
    assert reading.still_open()
    reading.close()


def test_no_is_for_good(finance: Cast) -> None:
    file = put(finance, BODY)
    reading = ask(finance.employee, file).reader()
    carry(finance, finance.employee)
    reading._asked_at -= 10
    assert not reading.still_open()
    carry(finance, finance.employee, "finance")
    reading._asked_at -= 10
    assert not reading.still_open()
    reading.close()


def test_later_parts_of_a_reading_are_not_written_down_again_and_a_new_beginning_is(finance: Cast) -> None:
    file = put(finance, BODY)
    ask(finance.employee, file, start=5000)  # nothing was read before: a beginning, wherever it begins
    ask(finance.employee, file, start=9000)
    assert len(entries(finance, file, "FILE_OPENED")) == 1
    ask(finance.employee, file)
    assert len(entries(finance, file, "FILE_OPENED")) == 2
    ask(finance.employee, file, reading=False)
    assert len(entries(finance, file, "FILE_OPENED")) == 2


def test_looking_at_a_preview_again_within_ten_minutes_is_the_same_reading_and_a_download_is_another(
    finance: Cast,
) -> None:
    file = put(finance, BODY)
    for _look in range(3):
        gate.previewed(acting=finance.employee.acting, file_id=file.pk, most=100, now=clock.now())
    assert len(entries(finance, file, "FILE_OPENED")) == 1
    ask(finance.employee, file)
    assert len(entries(finance, file, "FILE_OPENED")) == 2
    carry(finance, finance.manager, "finance")
    gate.previewed(acting=finance.manager.acting, file_id=file.pk, most=100, now=clock.now())
    assert len(entries(finance, file, "FILE_OPENED")) == 3
    with acting_for(finance.company.pk), transaction.atomic():
        add_version(finance, file, BODY)
    gate.previewed(acting=finance.employee.acting, file_id=file.pk, most=100, now=clock.now())
    assert len(entries(finance, file, "FILE_OPENED")) == 4


def test_a_refusal_lasts_or_the_door_is_not_opened(finance: Cast) -> None:
    file = put(finance, BODY)
    with acting_for(finance.company.pk), transaction.atomic(), pytest.raises(RuntimeError):
        ask(finance.employee, file)


def test_a_link_opens_for_whom_the_rule_does_and_says_when_it_has_ended(finance: Cast) -> None:
    file = put(finance, BODY)
    carry(finance, finance.manager, "finance")
    token = share(acting=finance.employee.acting, file_id=file.pk, lasts=timedelta(hours=1), now=finance.now)
    assert whole(ask(finance.manager, file, Door.SHARE, share=token)) == BODY
    with pytest.raises(Denied):
        ask(finance.admin, file, Door.SHARE, share=token)
    with pytest.raises(NotFound):
        ask(finance.stranger, file, Door.SHARE, share=token)
    with pytest.raises(NotFound):
        ask(finance.manager, file, Door.SHARE, share="another")
    with acting_for(finance.company.pk), transaction.atomic():
        row = Share.objects.get(file_id=file.pk)
        assert row.opened == 1
        assert token.encode() not in bytes(row.digest)
    with pytest.raises(LinkOver):
        gate.opened(
            acting=finance.manager.acting,
            file_id=file.pk,
            share=token,
            now=finance.now + timedelta(hours=2),
            door=Door.SHARE,
        )
    reading = begun(ask(finance.manager, file, Door.SHARE, share=token))
    end_share(acting=finance.employee.acting, share_id=row.pk, now=finance.now)
    with pytest.raises(Closed):
        reads_on(reading)
    with pytest.raises(LinkOver):
        ask(finance.manager, file, Door.SHARE, share=token)


def test_a_link_leads_to_its_own_file_alone(finance: Cast) -> None:
    file, other = put(finance, BODY), put(finance, BODY)
    token = share(acting=finance.employee.acting, file_id=file.pk, lasts=timedelta(hours=1), now=finance.now)
    with pytest.raises(NotFound):
        ask(finance.employee, other, Door.SHARE, share=token)


def test_only_whoever_may_end_a_link_does(finance: Cast) -> None:
    file = put(finance, BODY)
    share(acting=finance.admin.acting, file_id=file.pk, lasts=timedelta(hours=1), now=finance.now)
    with acting_for(finance.company.pk), transaction.atomic():
        key = Share.objects.get(file_id=file.pk).pk
    with pytest.raises(NotAllowed):
        end_share(acting=finance.employee.acting, share_id=key, now=finance.now)
    for player in (finance.manager, finance.stranger, finance.owner):
        with pytest.raises(NotFound):
            end_share(acting=player.acting, share_id=key, now=finance.now)


def test_explaining_writes_nothing_down(finance: Cast) -> None:
    file = put(finance, BODY)
    with acting_for(finance.company.pk), transaction.atomic():
        for player, allowed in ((finance.employee, True), (finance.admin, False)):
            found = gate.explained(acting=finance.admin.acting, file=file, user_id=player.id, now=finance.now)
            assert found.allowed is allowed
        with pytest.raises(NotFound):
            gate.explained(acting=finance.admin.acting, file=file, user_id=finance.stranger.id, now=finance.now)
    assert entries(finance, file, "FILE_DENIED") == []
    assert denials(finance, file) == []
