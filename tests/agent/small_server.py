"""A small true server of the agent protocol: an ASGI application over dictionaries, with levers for what goes wrong."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from sundial.protocol import codec, etags, policy, sse
from sundial.protocol.messages import (
    Acknowledgement,
    AcknowledgementAnswer,
    CompanyStatus,
    EnrolAnswer,
    EnrolRequest,
    ErrorAnswer,
    ErrorBody,
    Goaway,
    Notice,
    NoticeItem,
    NoticesAnswer,
    PolicyDocument,
    PolicyName,
    Revoked,
    StatusAnswer,
    StatusReport,
    TaskItem,
    TasksAnswer,
    TaskUpdate,
)
from sundial.protocol.settings import Value, defaults
from sundial.protocol.signing import SigningKey
from tests.agent.wire import Message

COMPANY = 5
TOKEN = "sdd_a_token"
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def streaming(self) -> bool:
        return self.headers.get("accept") == "text/event-stream"


@dataclass
class SmallServer:
    """`next_answers` are given first, by path, whatever is asked."""

    key: SigningKey = field(default_factory=SigningKey.generate)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    status: CompanyStatus = "ACTIVE"
    streams_pass: bool = True
    comment_every: float | None = 25.0
    poll_header: str = ""
    heartbeat_s: int = 300
    full: bool = False
    settings: dict[str, Value] = field(default_factory=defaults)
    version: int = 0
    asked: list[Asked] = field(default_factory=list)
    reports: list[tuple[float, StatusReport]] = field(default_factory=list)
    words: list[Acknowledgement] = field(default_factory=list)
    notices: list[NoticeItem] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    tasks: list[TaskItem] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    next_answers: list[tuple[str, Answer]] = field(default_factory=list)
    streams: list["asyncio.Queue[bytes | None]"] = field(default_factory=list)
    on_report: Callable[[], None] = lambda: None
    document: PolicyDocument = field(init=False)

    def __post_init__(self) -> None:
        self.save()

    # What an owner does ---------------------------------------------------------------------------

    def save(self, **changes: Value) -> PolicyDocument:
        """A new version, pushed to every stream."""
        self.settings |= changes
        self.version += 1
        issued = policy.issue(company_id=COMPANY, epoch=1, version=self.version, settings=self.settings, key=self.key)
        return self.push(issued)

    def push(self, document: PolicyDocument) -> PolicyDocument:
        """Any document, true or not."""
        self.document = document
        self.send("policy", document, document.etag)
        return document

    def become(self, status: CompanyStatus) -> None:
        """Suspend or reactivate: streams get the notice, and the policy when it is over."""
        self.status = status
        self.send("notice", Notice("company_status", 0))
        if status != "SUSPENDED":
            self.send("policy", self.document, self.document.etag)

    def announce(self, kind: str, **body: Any) -> None:
        """A notice for everyone."""
        item = NoticeItem(len(self.notices) + 1, kind, "2026-11-20T08:00:00Z", body)
        self.notices.append(item)
        self.send("notice", Notice(kind, item.id))

    def revoke(self, reason: str) -> None:
        self.tokens.clear()
        self.send("revoked", Revoked(reason))
        self.end_streams()

    def goaway(self, low_ms: int, high_ms: int) -> None:
        self.send("goaway", Goaway((low_ms, high_ms)))
        self.end_streams()

    def send(self, event: str, message: object, id: str = "") -> None:  # noqa: A002 - the field is called so
        for stream in self.streams:
            stream.put_nowait(sse.encode(event, codec.encode(message), id))

    def end_streams(self) -> None:
        for stream in self.streams:
            stream.put_nowait(None)

    # What a test asks -----------------------------------------------------------------------------

    def states(self, version: int | None = None) -> list[str]:
        """The states reported, of one version or all."""
        return [report.policy.state for _at, report in self.reports if version in (None, report.policy.version)]

    def latest(self) -> list[StatusReport]:
        """The last report of each agent."""
        return list({report.boot_id: report for _at, report in self.reports}.values())

    def count(self, path: str, *, streaming: bool | None = None) -> int:
        return len(self.times(path, streaming=streaming))

    def times(self, path: str, *, streaming: bool | None = None) -> list[float]:
        return [one.at for one in self.asked if one.path == path and streaming in (None, one.streaming)]

    # The doors ------------------------------------------------------------------------------------

    async def __call__(self, scope: Message, receive: Callable[[], Any], send: Callable[[Message], Any]) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        one = Asked(asyncio.get_running_loop().time(), scope["method"], scope["path"], headers)
        self.asked.append(one)
        body = await _body(receive)
        if body is None:
            return
        if one.path == "/agent/v1/policy" and one.streaming and self._may_stream(one):
            await self._stream(one, receive, send)
            return
        query = parse_qs(scope["query_string"].decode())
        status, extra, data = self._answer(one, body, int(query.get("after", ["0"])[0]))
        names = [
            (name.encode(), value.encode()) for name, value in {"content-type": "application/json", **extra}.items()
        ]
        await send({"type": "http.response.start", "status": status, "headers": names})
        await send({"type": "http.response.body", "body": data})

    def _may_stream(self, one: Asked) -> bool:
        planned = any(path == one.path for path, _answer in self.next_answers)
        return self.streams_pass and not planned and self._refusal(one) is None

    def _answer(self, one: Asked, body: bytes, after: int) -> Answer:
        for index, (path, answer) in enumerate(self.next_answers):
            if path == one.path:
                del self.next_answers[index]
                return answer
        if one.path == "/agent/v1/enrol":
            return self._enrol(codec.decode(EnrolRequest, body))
        return self._refusal(one) or self._open_door(one, body, after)

    def _open_door(self, one: Asked, body: bytes, after: int) -> Answer:
        match one.path:
            case "/agent/v1/policy":
                return self._poll(one)
            case "/agent/v1/status":
                return self._report(one, codec.decode(StatusReport, body))
            case "/agent/v1/acknowledgements":
                self.words.append(codec.decode(Acknowledgement, body))
                return 201, {}, codec.encode(AcknowledgementAnswer(len(self.words)))
            case "/agent/v1/notices":
                fresh = [item for item in self.notices if item.id > after]
                return 200, {}, codec.encode(NoticesAnswer(fresh[:1], more=len(fresh) > 1))
            case "/agent/v1/tasks":
                return self._tasks(one)
            case path if path.startswith("/agent/v1/tasks/"):
                return self._move(path.rpartition("/")[2], codec.decode(TaskUpdate, body))
        return refuse(404, "not_found")

    def _tasks(self, one: Asked) -> Answer:
        data = codec.encode(TasksAnswer(self.tasks))
        etag = str(hash(data))
        if etags.matches(one.headers.get("if-none-match", ""), etag):
            return 304, {}, b""
        return 200, {"etag": etags.quoted(etag)}, data

    def _move(self, number: str, said: TaskUpdate) -> Answer:
        found = [one for one in self.tasks if str(one.id) == number]
        if not found:
            return refuse(404, "not_found")
        self.moves.append((number, said.status))
        self.tasks = [one for one in self.tasks if one not in found or said.status != "DONE"]
        return 200, {}, codec.encode(found[0])

    def _refusal(self, one: Asked) -> Answer | None:
        if one.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refuse(403, "revoked") if not self.tokens else refuse(401, "unauthorized")
        if one.path == "/agent/v1/policy" and one.streaming and not self.streams_pass:
            return 200, {"content-type": "text/html"}, b"<p>this proxy knows no streams</p>"
        if one.path == "/agent/v1/policy" and self.status == "SUSPENDED":
            return refuse(403, "suspended")
        return None

    def _poll(self, one: Asked) -> Answer:
        headers = {"etag": etags.quoted(self.document.etag)}
        if self.poll_header:
            headers["x-poll-interval"] = self.poll_header
        if etags.matches(one.headers.get("if-none-match", ""), self.document.etag):
            return 304, headers, b""
        return 200, headers, codec.encode(self.document)

    def _report(self, one: Asked, report: StatusReport) -> Answer:
        self.reports.append((one.at, report))
        self.on_report()
        latest = PolicyName(self.document.epoch, self.document.version, self.document.etag)
        now = "2026-11-20T08:00:00Z"
        return 200, {}, codec.encode(StatusAnswer(now, latest, self.heartbeat_s, 10, self.status, self.full))

    def _enrol(self, request: EnrolRequest) -> Answer:
        if request.code not in self.codes:
            return refuse(404, "not_found")
        self.codes.discard(request.code)
        return 201, {}, codec.encode(EnrolAnswer(7, TOKEN, COMPANY, "Gnomon Ltd", [self.key.public]))

    async def _stream(self, one: Asked, receive: Callable[[], Any], send: Callable[[Message], Any]) -> None:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.streams.append(queue)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        if not etags.matches(one.headers.get("if-none-match", ""), self.document.etag):
            queue.put_nowait(sse.encode("policy", codec.encode(self.document), self.document.etag))
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(self._write(queue, send))
                leaving = group.create_task(_left(receive))
                writing.add_done_callback(lambda _task: leaving.cancel())
                leaving.add_done_callback(lambda _task: writing.cancel())
        finally:
            self.streams.remove(queue)

    async def _write(self, queue: "asyncio.Queue[bytes | None]", send: Callable[[Message], Any]) -> None:
        while True:
            try:
                async with asyncio.timeout(self.comment_every):
                    piece = await queue.get()
            except TimeoutError:
                piece = sse.comment()
            await send({"type": "http.response.body", "body": piece or b"", "more_body": piece is not None})
            if piece is None:
                return


def refuse(status: int, code: str, **headers: str) -> Answer:
    """A refusal in the protocol's form."""
    return status, headers, codec.encode(ErrorAnswer(ErrorBody(code, f"refused: {code}")))


def page(status: int = 200) -> Answer:
    """What a captive portal says."""
    return status, {"content-type": "text/html"}, b"<html>Please sign in to the hotel's network</html>"


async def _left(receive: Callable[[], Any]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Callable[[], Any]) -> bytes | None:
    """None if the caller left before it was whole."""
    body = b""
    while (message := await receive())["type"] != "http.disconnect":
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body
    return None
