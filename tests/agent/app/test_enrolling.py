"""Becoming a device: by a code or by signing in; what is wrong is said by the box that it is about."""

import pytest

from sundial.agent.core.shown import Enrol, SignIn
from tests.agent.app.house import CODE, EMAIL, PASSWORD, PATIENCE, Stage
from tests.agent.small_server import page
from tests.loops import eventually


async def test_a_code_on_the_command_line_makes_it_a_device(stage: Stage) -> None:
    stage.house.small.codes.add(CODE)
    async with stage.house.open() as server, stage.running(server, CODE):
        shown = await stage.window.comes_to(lambda now: now.connection == "live")
        assert (shown.company, shown.server) == ("Gnomon Ltd", server)
    assert stage.window.refusals == []


async def test_an_address_is_typed_without_a_scheme_and_a_code_with_spaces(stage: Stage) -> None:
    stage.house.small.codes.add(CODE)
    async with stage.house.open() as server, stage.running() as desktop:
        desktop.hear(Enrol(f" {server.removeprefix('http://')}/ ", f" {CODE} "))
        await stage.window.comes_to(lambda now: now.connection == "live")


async def test_signing_in_makes_it_a_device_and_leaves_no_session_and_no_password(stage: Stage) -> None:
    async with stage.house.open() as server, stage.running() as desktop:
        desktop.hear(SignIn(server, EMAIL, PASSWORD))
        await stage.window.comes_to(lambda now: now.connection == "live")
    assert stage.house.signed_out == 1
    assert not any(PASSWORD.encode() in path.read_bytes() for path in stage.folder.iterdir() if path.is_file())
    assert not any(PASSWORD in line for line in stage.said)


async def test_enrolled_anew_it_ends_the_session_and_goes_on_as_the_new_device(stage: Stage) -> None:
    async with stage.at_work() as desktop:
        stage.house.small.codes.add(CODE)
        desktop.hear(Enrol(stage.house.address, CODE))
        await stage.window.comes_to(lambda now: now.working == "no" and now.connection == "live")
        await eventually(lambda: stage.house.states() == ["started", "stopped"], within=PATIENCE)


PORTAL = "your network asks you to sign in first"


@pytest.mark.parametrize(
    ("said", "answers", "field", "words"),
    [
        (lambda server: SignIn(server, EMAIL, "wrong"), [], "password", "Invalid email or password"),
        (lambda server: Enrol(server, "WRONG"), [], "code", "refused: not_found"),
        (lambda server: Enrol("", CODE), [], "server", "The address of your company's Sundial is needed."),
        (lambda server: Enrol("ftp://files.test", CODE), [], "server", "begins with https://"),
        (lambda server: Enrol("http://gnomon.test:port", CODE), [], "server", "not the address of a server"),
        (lambda server: Enrol("http://127.0.0.1:1", CODE), [], "server", "The server was not reached"),
        (lambda server: SignIn("http://127.0.0.1:1", EMAIL, PASSWORD), [], "server", "The server was not reached"),
        (lambda server: Enrol(server, CODE), [page()], "server", PORTAL),
        (lambda server: Enrol(server, CODE), [page(201)], "server", PORTAL),
        (lambda server: Enrol(server, CODE), [page(404)], "server", PORTAL),
        (lambda server: Enrol(server, CODE), [page(502)], "server", PORTAL),
    ],
)
async def test_what_is_wrong_is_said_by_its_box(
    stage: Stage, said: object, answers: list[tuple[int, dict[str, str], bytes]], field: str, words: str
) -> None:
    assert callable(said)
    stage.house.small.next_answers = [("/agent/v1/enrol", answer) for answer in answers]
    async with stage.house.open() as server, stage.running() as desktop:
        desktop.hear(said(server))
        await eventually(lambda: stage.window.refusals, within=PATIENCE)
    (refused,) = stage.window.refusals
    assert refused.field == field
    assert words in refused.message
    assert not stage.window.now.enrolled


async def test_a_portal_before_the_sign_in_is_said_too(stage: Stage) -> None:
    stage.house.portal = True
    async with stage.house.open() as server, stage.running() as desktop:
        desktop.hear(SignIn(server, EMAIL, PASSWORD))
        await eventually(lambda: stage.window.refusals, within=PATIENCE)
    (refused,) = stage.window.refusals
    assert refused.field == "server"
    assert PORTAL in refused.message
