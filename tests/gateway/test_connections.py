"""The short way of unchanged polls, and that all goes well without it: other servers, wrapped callables."""

import asyncio
import json
import socket

import pytest

from sundial.gateway.asgi import Message
from sundial.gateway.connections import Frame, Pipe
from tests.gateway.conftest import MakeAgent, StartGateway
from tests.gateway.firm import Firm
from tests.gateway.stage import A_SECOND, WITHIN, Agent, Serving, eventually


def raw(serving: Serving, requests: bytes, answers: int) -> bytes:
    """What comes back for these bytes, until so many answers have begun and the line is quiet."""
    with socket.create_connection(("127.0.0.1", serving.port), WITHIN) as line:
        line.sendall(requests)
        back = b""
        while back.count(b"HTTP/1.1 ") < answers or not back.endswith((b"\r\n\r\n", b"}")):
            received = line.recv(65536)
            if not received:
                break
            back += received
        return back


def request(agent: Agent, etag: str, *more: str, method: str = "GET") -> bytes:
    """A poll, byte for byte."""
    lines = [f"{method} /agent/v1/policy HTTP/1.1", "Host: x", f"Authorization: Bearer {agent.token}"]
    return "\r\n".join([*lines, f"If-None-Match: {etag}", *more, "", ""]).encode()


def test_a_first_unchanged_poll_on_a_connection_takes_the_short_way(agent: Agent, serving: Serving) -> None:
    etag = agent.poll().headers["etag"]
    before = serving.gateway.metrics.polls_unchanged
    answer = raw(serving, request(agent, etag), 1)
    assert answer.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert f"etag: {etag}\r\n".encode() in answer
    assert b"\r\ndate: " in answer
    assert serving.gateway.metrics.polls_unchanged == before + 1


def test_polls_sent_together_are_answered_in_order(agent: Agent, serving: Serving) -> None:
    etag = agent.poll().headers["etag"]
    same, other = request(agent, etag), request(agent, '"other"')
    back = raw(serving, same + same + other + same + other + same, 6)
    lines = [line for line in back.split(b"\r\n") if b"HTTP/1.1 " in line]
    assert [line.rpartition(b"HTTP/1.1 ")[2][:3] for line in lines] == [b"304", b"304", b"200", b"304", b"200", b"304"]


def test_a_poll_that_ends_its_connection_is_answered_and_the_connection_closed(agent: Agent, serving: Serving) -> None:
    etag = agent.poll().headers["etag"]
    with socket.create_connection(("127.0.0.1", serving.port), WITHIN) as line:
        line.sendall(request(agent, etag, "Connection: close"))
        back = b""
        while received := line.recv(65536):
            back += received
    assert back.startswith(b"HTTP/1.1 304")
    assert b"connection: close" in back


def test_a_poll_with_a_body_is_answered_and_the_body_passed_over(agent: Agent, serving: Serving) -> None:
    etag = agent.poll().headers["etag"]
    with_body = request(agent, etag, "Content-Length: 5") + b"hello"
    back = raw(serving, with_body + request(agent, etag), 2)
    assert back.count(b"HTTP/1.1 304") == 2


def test_the_short_way_refuses_as_the_long_one_does(firm: Firm, agent: Agent) -> None:
    etag = agent.poll().headers["etag"]
    assert agent.poll(etag).status_code == 304
    firm.suspend()
    eventually(lambda: agent.poll(etag).status_code == 403, A_SECOND)
    firm.reactivate()
    eventually(lambda: agent.poll(etag).status_code == 304, A_SECOND)
    firm.save()
    eventually(lambda: agent.poll(etag).status_code == 200, A_SECOND)
    firm.revoke(agent.device_id)
    eventually(lambda: agent.poll(agent.poll().headers.get("etag")).status_code == 403, A_SECOND)


def test_a_client_that_leaves_after_the_short_way_leaves_no_trace(agent: Agent, serving: Serving) -> None:
    etag = agent.poll().headers["etag"]
    for linger in (b"\x00" * 8, b"\x01\x00\x00\x00\x00\x00\x00\x00"):
        line = socket.create_connection(("127.0.0.1", serving.port), WITHIN)
        line.sendall(request(agent, etag))
        assert line.recv(65536).startswith(b"HTTP/1.1 304")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        line.close()
    assert agent.poll(etag).status_code == 304


def test_frames_go_straight_to_the_connection(agent: Agent, serving: Serving) -> None:
    agent.watch().policy()
    assert [stream.pipe.direct for stream in serving.gateway._streams.of(agent.device_id)] == [True]


@pytest.mark.parametrize("http", ["h11", "httptools"])
def test_another_servers_connections_do_as_well(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, http: str
) -> None:
    serving = start_gateway(http=http)
    agent = make_agent(serving)
    etag = agent.poll().headers["etag"]
    assert agent.poll(etag).status_code == 304
    stream = agent.watch()
    assert f'"{stream.policy()["etag"]}"' == etag
    for _ in range(3):
        head = firm.save()
        assert stream.policy(A_SECOND) == json.loads(head.document)
    eventually(lambda: firm.online(agent.device_id))
    firm.revoke(agent.device_id)
    assert stream.end(A_SECOND)[-1].event == "revoked"


async def test_a_pipe_of_plain_asgi_takes_back_what_would_have_to_wait() -> None:
    written: list[Message] = []
    open_, closed = True, False

    async def send(message: Message) -> None:
        if not open_:
            await asyncio.Event().wait()
        if closed:
            raise OSError("gone")
        written.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    pipe = Pipe(send, receive)
    assert not pipe.direct
    assert pipe.write(Frame(b"one"))
    open_ = False
    assert not pipe.write(Frame(b"two"))
    open_ = True
    assert pipe.write(Frame(b"three", last=True))
    closed = True
    assert pipe.write(Frame(b"four"))
    assert [(message["body"], message["more_body"]) for message in written] == [(b"one", True), (b"three", False)]
    pipe.abort()
    pipe.notice_silence()
    assert not pipe.broke()
    await pipe.until_gone()
