"""Pages of what was recorded: exact, for those who may see it, and every look shown to whom it is about."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import actions
from sundial.server.activity.models import WorkSession
from sundial.server.activity.types import SpanKind
from sundial.server.companies.models import Company
from sundial.server.devices import actions as devices
from sundial.server.devices.types import DeviceActing, acting_device
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.pictures import Remade
from sundial.server.lib.scope import acting_for
from sundial.server.tracking import actions as policies
from sundial.server.tracking import queries as tracking
from tests.cast import Cast, Player, make_person
from tests.server.activity.plays import again, begin, mark, picture, span

DAY = (clock.now() - timedelta(days=1)).date()
NINE = datetime.combine(DAY, time(9), UTC)
RLO = "\u202e"
NO_TASKS = {"tasks.csv": 0, "comments.csv": 0}
HOSTILE = f"<script>alert(1)</script>{RLO}gnp.exe" + "x" * 10_000


def at(seconds: float) -> datetime:
    """A moment after nine o'clock."""
    return NINE + timedelta(seconds=seconds)


def page(player: Player, path: str) -> str:
    """What this person reads there."""
    answer = player.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def stat(html: str, key: str) -> str:
    """The figure on a card."""
    found = re.search(rf'data-stat="{key}".*?<span data-value>(.*?)</span>', html, re.DOTALL)
    assert found, key
    return found[1]


def day_of(player: Player) -> str:
    """Where others see this person's day."""
    return f"/employees/{player.id}/day/?date={DAY}"


def worked(cast: Cast) -> WorkSession:
    """A quarter of an hour and seven seconds, with a pause and a minute away, ended."""
    session = begin(cast, at=NINE)
    span(session, NINE, 301, name="Editor", title="report.odt")
    span(session, at(301), 60, kind=SpanKind.AWAY, name="idle")
    mark(session, "paused", at(361))
    mark(session, "resumed", at(421))
    span(session, at(421), 546, name="Browser", title="Sundial")
    span(session, at(421), 200, kind=SpanKind.WEBSITE, name="docs.example")
    actions.stop_session(company_id=session.company_id, user_id=session.user_id, session_id=session.pk, now=at(967))
    return again(session)


def shown(cast: Cast, session: WorkSession, seconds: float = 400, **more: object) -> int:
    """A picture of the employee that is ready."""
    values = {"eid": uuid4(), "session": session.uuid, "taken_at": at(seconds), "told_at": "", **more}
    row = actions.take_screenshot(
        company_id=session.company_id,
        user_id=session.user_id,
        device_id=session.device_id,
        taken=actions.Taken(**values),
        image=picture(),
        now=clock.now(),
    )
    made = Remade(b"whole", b"small", 320, 200)
    actions.keep_remade(company_id=session.company_id, screenshot_id=row.pk, made=made)
    return row.pk


# -- a day ----------------------------------------------------------------------------------------------


def test_a_day_says_to_the_second_what_was_worked(cast: Cast) -> None:
    worked(cast)
    html = page(cast.manager, day_of(cast.employee))
    figures = {key: stat(html, key) for key in ("worked", "active", "away", "paused", "private", "shots")}
    assert figures == {
        "worked": "0:15:07", "active": "0:14:07", "away": "0:01:00", "paused": "0:01:00", "private": "0:00:00",
        "shots": "0",
    }  # fmt: skip
    assert "09:00:00 – 09:16:07" in html
    assert re.search(r'>Browser</bdi></span><time class="length" datetime="PT546S"[^>]*>0:09:06</time>', html)
    assert "UTC" in html


def test_the_table_says_the_same_as_the_timeline(cast: Cast) -> None:
    worked(cast)
    html = page(cast.employee, f"/me/day/?date={DAY}")
    table = html[html.index("day-table") :]
    assert [
        word for word in ("Editor", "no key or mouse", "Pause", "Browser", "docs.example") if word not in table
    ] == []
    bars = re.findall(r'class="timeline-bar"[^>]*data-label="([^"]*)"', html)
    assert sorted(bars) == ["Away", "Browser", "Editor", "Paused", "Work", "docs.example"]


def test_days_lie_side_by_side_and_none_lies_ahead(cast: Cast) -> None:
    html = page(cast.employee, f"/me/day/?date={DAY}")
    assert f'href="?date={DAY - timedelta(days=1)}"' in html
    assert f'href="?date={DAY + timedelta(days=1)}"' in html
    assert 'data-day="next"' not in page(cast.employee, "/me/day/?date=2999-01-01")
    assert "Nothing was recorded on this day" in page(cast.employee, "/me/day/?date=2020-02-02")


@pytest.mark.parametrize("words", ["", "x", "2026-02-31", "0001-01-01", "9999-12-31", "%00", "٢٠٢٦-١١-٢١"])
def test_a_day_that_is_none_is_today(cast: Cast, words: str) -> None:
    html = page(cast.employee, f"/me/day/?date={words}")
    assert f'value="{clock.now().date()}"' in html


def test_a_day_on_which_the_clock_is_changed_has_its_own_length(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(time_zone="Europe/Berlin")
    night = datetime(2026, 10, 24, 20, tzinfo=UTC)
    session = begin(cast, at=night)
    span(session, night, 30 * 3600, name="Renderer")
    finished = night + timedelta(hours=30)
    actions.stop_session(company_id=cast.company.pk, user_id=session.user_id, session_id=session.pk, now=finished)
    html = page(cast.employee, "/me/day/?date=2026-10-25")
    assert stat(html, "worked") == "25:00:00"
    assert re.search(r'>Renderer</bdi></span><time class="length" datetime="PT90000S"', html)
    assert "Europe/Berlin" in html


def test_what_the_policy_leaves_out_is_said(cast: Cast) -> None:
    span(begin(cast, at=NINE), NINE, 60)
    assert "Nothing was recorded." in page(cast.admin, day_of(cast.employee))
    policies.change_policy(
        acting=cast.owner.acting,
        company_id=cast.company.pk,
        changes={"website_tracking_enabled": False},
        now=clock.now(),
    )
    assert "Not recorded: the tracking policy has this switched off." in page(cast.admin, day_of(cast.employee))


def test_hostile_words_are_text_on_one_line_and_cannot_turn_others_round(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    span(session, NINE, 60, name="<script>app", title=HOSTILE)
    span(session, at(60), 60, kind=SpanKind.WEBSITE, name=f"{RLO}evil.example", title=HOSTILE)
    for html in (page(cast.admin, day_of(cast.employee)), page(cast.employee, f"/me/?date={DAY}")):
        assert "<script>a" not in html
        assert "&lt;script&gt;app" in html
        assert RLO not in html
        assert "x" * 700 not in html


def test_of_two_devices_no_moment_counts_twice(cast: Cast) -> None:
    first = begin(cast, at=NINE)
    span(first, NINE, 600, name="Editor")
    second = begin(cast, at=at(300))
    span(second, at(300), 300, name="Editor")
    actions.stop_session(company_id=second.company_id, user_id=second.user_id, session_id=second.pk, now=at(600))
    html = page(cast.admin, day_of(cast.employee))
    assert stat(html, "worked") == "0:10:00"
    assert re.search(r'>Editor</bdi></span><time class="length" datetime="PT600S"', html)


# -- who may look, and who is told ------------------------------------------------------------------------


def bare(answer: HttpResponse) -> tuple[int, bytes]:
    """What was answered, but for the token of the forms."""
    return answer.status_code, re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)


def test_a_manager_sees_own_teams_and_others_are_as_if_unknown(cast: Cast) -> None:
    outsider = make_person(cast.admin, Role.EMPLOYEE, "outsider")
    session = begin(cast, at=NINE, player=outsider)
    shot = shown(cast, session)
    for path, unknown in (
        (day_of(outsider), f"/employees/{2**40}/day/"),
        (f"/sessions/{session.pk}/", f"/sessions/{2**40}/"),
        (f"/screenshots/{shot}/image/", f"/screenshots/{2**40}/image/"),
    ):
        foreign = bare(cast.manager.client.get(path))
        assert foreign[0] == 404
        assert foreign == bare(cast.manager.client.get(unknown))
    assert outsider.email not in page(cast.manager, "/dashboard/")
    assert "Outsider" not in page(cast.manager, "/sessions/")
    assert cast.manager.client.post(f"/sessions/{session.pk}/end/").status_code == 404


def test_the_owner_of_the_platform_sees_none_of_it(cast: Cast) -> None:
    shot = shown(cast, worked(cast))
    for path in ("/sessions/", "/screenshots/", f"/screenshots/{shot}/image/", "/me/", day_of(cast.employee)):
        assert cast.owner.client.get(path).status_code == 403, path


def test_whoever_looked_is_shown_to_whom_it_is_about_once_a_visit(cast: Cast) -> None:
    shot = shown(cast, worked(cast))
    assert "Nobody has looked" in page(cast.employee, "/me/")
    for _ in range(3):
        page(cast.admin, day_of(cast.employee))
    cast.admin.client.get(f"/screenshots/{shot}/thumb/")
    cast.admin.client.get(f"/screenshots/{shot}/image/")
    html = page(cast.employee, "/me/")
    looked = html[html.index("Who looked") : html.index("What is recorded about me")]
    assert looked.count(cast.admin.email) == 2
    assert f"the day {DAY}" in looked
    assert "a screenshot" in looked
    assert "DAY_VIEWED" in json.dumps(cast.admin.client.get("/api/v1/audit?action_type=DAY_VIEWED").json())


def test_a_gallery_is_one_look_whatever_is_in_it(cast: Cast) -> None:
    session = worked(cast)
    shots = [shown(cast, session, 400 + n) for n in range(2)]
    counts, second = [], make_person(cast.admin, Role.ADMIN, "second")
    for player in (cast.admin, second):
        with CaptureQueriesContext(connection) as asked:
            page(player, "/screenshots/")
        counts.append(len(asked))
        for shot in shots:
            assert player.client.get(f"/screenshots/{shot}/thumb/").content == b"small"
        shots.append(shown(cast, session, 500))
    assert counts[0] == counts[1]
    told = json.loads(cast.admin.client.get("/api/v1/audit?action_type=SCREENSHOT_VIEWED").content)["items"]
    assert [(one["user"], one["details"]["pictures"]) for one in told] == [
        (second.email, 3),
        (cast.admin.email, 2),
    ]
    html = page(cast.employee, "/me/looked/")
    assert "3 screenshots" in html
    assert "2 screenshots" in html
    lines = b"".join(cast.employee.client.get("/me/looked/?format=csv")).decode().splitlines()
    assert lines[2].endswith(f"{cast.admin.email},SCREENSHOT_VIEWED,{DAY},,2")


def test_looking_at_oneself_is_no_look(cast: Cast) -> None:
    shot = shown(cast, worked(cast))
    page(cast.employee, f"/me/day/?date={DAY}")
    cast.employee.client.get(f"/screenshots/{shot}/image/")
    assert "Nobody has looked" in page(cast.employee, "/me/")


# -- sessions ------------------------------------------------------------------------------------------------


def test_an_admin_ends_a_session_and_it_says_who(cast: Cast) -> None:
    session = begin(cast, at=clock.now() - timedelta(minutes=5))
    assert f'id="end-{session.pk}"' in page(cast.admin, "/sessions/")
    html = cast.admin.client.post(f"/sessions/{session.pk}/end/", {"reason": "lunch"}, follow=True).content.decode()
    assert "The agent stops within a second" in html
    assert "Ended by Ada Admin" in html
    assert "lunch" in page(cast.employee, f"/sessions/{session.pk}/")
    html = cast.admin.client.post(f"/sessions/{session.pk}/end/", follow=True).content.decode()
    assert "was over already" in html


def test_sessions_are_narrowed_and_exported_without_formulas(cast: Cast) -> None:
    session = worked(cast)
    running = begin(cast, at=clock.now() - timedelta(minutes=2), player=cast.manager)
    assert f"/sessions/{running.pk}/" not in page(cast.admin, f"/sessions/?person={cast.employee.id}")
    assert f'data-key="{session.pk}"' not in page(cast.admin, "/sessions/?state=open")
    assert "No session fits" in page(cast.admin, "/sessions/?from=2020-01-01&to=2020-01-02")
    answer = cast.admin.client.get(f"/sessions/?format=csv&person={cast.employee.id}")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [(row["email"], row["worked seconds"]) for row in rows] == [(cast.employee.email, "907")]


def test_asking_for_a_person_who_may_not_be_seen_is_not_found(cast: Cast) -> None:
    for number in (cast.stranger.id, 0, "9" * 30, "x"):
        assert cast.admin.client.get(f"/sessions/?person={number}").status_code == 404
        assert cast.admin.client.get(f"/screenshots/?person={number}").status_code == 404


# -- screenshots -----------------------------------------------------------------------------------------------


def test_a_picture_is_private_and_only_a_picture(cast: Cast) -> None:
    shot = shown(cast, worked(cast))
    whole, small = (cast.employee.client.get(f"/screenshots/{shot}/{what}/") for what in ("image", "thumb"))
    assert (whole.content, small.content) == (b"whole", b"small")
    for answer in (whole, small):
        assert answer["Content-Type"] == "image/webp"
        assert answer["Cache-Control"].startswith("private")
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_gallery_says_what_was_blurred_and_whose_clock_was_wrong(cast: Cast) -> None:
    session = worked(cast)
    shown(cast, session, blurred=True)
    shown(cast, session, 500, taken_at=None, told_at="1970-01-01T00:00:07")
    html = page(cast.manager, "/screenshots/")
    assert "Blurred on the computer before it was sent" in html
    assert "1970-01-01T00:00:07" in html
    assert "No picture fits" in page(cast.manager, f"/screenshots/?person={cast.manager.id}")


def test_a_person_erases_a_picture_with_the_time_it_covers(cast: Cast) -> None:
    session = worked(cast)
    shown(cast, session, 421)
    shot = shown(cast, session, 621)
    html = cast.employee.client.post(f"/screenshots/{shot}/delete/", follow=True).content.decode()
    assert "0:03:20 of time with it" in html
    assert re.search(r'>Browser</bdi></span><time class="length" datetime="PT346S"', html)
    assert cast.employee.client.get(f"/screenshots/{shot}/image/").status_code == 404


def test_a_picture_alone_may_go_and_the_time_stays(cast: Cast) -> None:
    shot = shown(cast, worked(cast), 621)
    html = cast.employee.client.post(f"/screenshots/{shot}/delete/?keep_time=1", follow=True).content.decode()
    assert "The picture was erased." in html
    assert re.search(r'>Browser</bdi></span><time class="length" datetime="PT546S"', html)


def test_a_manager_may_look_but_not_delete(cast: Cast) -> None:
    shot = shown(cast, worked(cast))
    assert "delete-shot" not in page(cast.manager, f"/screenshots/{shot}/")
    assert cast.manager.client.post(f"/screenshots/{shot}/delete/").status_code == 403


# -- now, and one's own record ---------------------------------------------------------------------------------


def test_now_counts_people_by_what_they_do_and_names_the_application(cast: Cast) -> None:
    now = clock.now()
    session = begin(cast, at=now - timedelta(minutes=10))
    span(session, now - timedelta(minutes=4), 230, name="Editor")
    html = page(cast.admin, "/dashboard/")
    assert {key: stat(html, key) for key in ("working", "idle", "not_started")} == {
        "working": "1", "idle": "0", "not_started": "0",
    }  # fmt: skip
    assert ">Editor</bdi>" in html
    assert "Worked today" in page(cast.employee, "/dashboard/")


def test_one_s_own_record_says_what_is_recorded_and_what_waits_for_the_person(cast: Cast) -> None:
    session = worked(cast)
    head = tracking.head(cast.company.pk)
    by = DeviceActing(
        acting_device(session.device_id, cast.company.pk, None), session.device_id, cast.employee.id, cast.company.pk
    )
    devices.acknowledge(by=by, etag=head.etag, kinds=["applications"], text_sha256="0" * 64, at=NINE, now=clock.now())
    html = page(cast.employee, f"/me/?date={DAY}")
    kinds = html[html.index('class="kinds"') :].split("<li>")[1:]
    told = {word: next(one for one in kinds if f"<b>{word}</b>" in one) for word in ("Applications", "Screenshots")}
    assert "You acknowledged it" in told["Applications"]
    assert "Waits for you" in told["Screenshots"]
    assert "Not recorded." in next(one for one in kinds if "<b>Keyboard counts</b>" in one)
    assert "0:15:07" in html[html.index('class="week"') : html.index('class="cards"')]


def test_everything_about_me_is_one_file(cast: Cast) -> None:
    session = worked(cast)
    shown(cast, session)
    page(cast.admin, day_of(cast.employee))
    answer = cast.employee.client.get("/me/export/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as whole:
        read = {name: whole.read(name).decode() for name in whole.namelist()}
    assert json.loads(read["me.json"])["email"] == cast.employee.email
    lengths = {name: len(list(csv.DictReader(io.StringIO(text)))) for name, text in read.items() if name != "me.json"}
    assert lengths == {"sessions.csv": 1, "spans.csv": 4, "screenshots.csv": 1, "who_looked.csv": 2, **NO_TASKS}
    assert "report.odt" in read["spans.csv"]


def test_everything_about_me_says_which_pictures_were_looked_at_and_how_many(cast: Cast) -> None:
    session = worked(cast)
    one, *gallery = [shown(cast, session, 400 + number) for number in range(3)]
    second = make_person(cast.admin, Role.ADMIN, "second")
    cast.admin.client.get(f"/screenshots/{one}/image/")
    page(second, "/screenshots/")
    for shot in gallery:
        second.client.get(f"/screenshots/{shot}/thumb/")
    answer = cast.employee.client.get("/me/export/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as whole:
        rows = list(csv.DictReader(io.StringIO(whole.read("who_looked.csv").decode())))
    told = {row["by"]: (row["what"], row["screenshot_id"], row["pictures"]) for row in rows}
    assert told[cast.admin.email] == ("SCREENSHOT_VIEWED", str(one), "1")
    assert told[second.email] == ("SCREENSHOT_VIEWED", "", "3")
