"""Django, a WSGI application, behind an ASGI server: five times Django's own ASGI handler, and safe with bodies.

A request's whole body is read in the event loop before a thread is taken, so slow senders hold no thread and a
truncated body never reaches a view. Ordinary answers come back in one hop; files are sent without a thread;
generators are sent from theirs, and are closed as soon as the client has left.
"""

import asyncio
import contextlib
import contextvars
import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import structlog

from sundial.gateway.asgi import Headers, Message, Receive, Scope, Send
from sundial.gateway.connections import Pipe
from sundial.run import answers, bodies
from sundial.run.environ import Environ, build_environ

PIECE: Final = 64 << 10
FILE_PIECE: Final = 256 << 10
FILE_THREADS: Final = 4
STALL: Final = 20.0  # seconds that a client may take nothing of its answer
ASKED_EVERY: Final = 0.4  # seconds after which a file that may be closed while it is sent is asked again, at the latest
ASKED_AFTER: Final = 0.1  # and at the soonest, however much changes
ASKING_THREADS: Final = 2
BODYLESS: Final = {204, 304}
LOOKING: Final = {"GET", "HEAD", "OPTIONS"}

WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
log = structlog.get_logger("sundial.run.bridge")


class Readable(Protocol):
    """What a file answer is read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, none at the end."""

    def close(self) -> None:
        """Let go, and tell the framework that the answer is over."""


@runtime_checkable
class Closable(Protocol):
    """What a file answer is read from, where it may be closed to its reader while it is sent."""

    def still_open(self) -> bool:
        """Whether to go on, as it is now; asked in a thread of its own, however slowly the client takes."""


class FileWrapper:
    """`wsgi.file_wrapper`: by this an application says "send this file", and the thread is free."""

    def __init__(self, file: Readable, size: int = FILE_PIECE) -> None:
        self.file, self.size = file, size

    def __iter__(self) -> Iterator[bytes]:
        return iter(functools.partial(self.file.read, self.size), b"")

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Stalled(Exception):
    """The client took nothing of its answer for too long."""


class Left(Exception):
    """The client is gone; what it asked for is not worked on any more."""


@dataclass
class Head:
    """Status and headers, and whatever the application wrote by the old way of `write()`."""

    status: int
    headers: Headers
    written: bytearray


@dataclass(frozen=True)
class Whole:
    """An answer that is all here."""

    head: Head
    body: bytes


@dataclass(frozen=True)
class File:
    """An answer to be read from a file."""

    head: Head
    file: FileWrapper


@dataclass
class Way:
    """How an answer reaches its client; `gone` once it cannot any more, `begun` once its head was sent."""

    send: Send
    pipe: Pipe
    gone: threading.Event
    begun: bool = False

    async def begin(self, head: Head) -> None:
        """Send the head."""
        self.begun = True
        await self.send(_start(head))


Answer = Whole | File | None
"""None: it was sent piece by piece, from the thread."""


class Bridge:
    """One WSGI application in a few threads of its own; `limit` says how long a body a path takes.

    `kept` of the threads take nobody who only looks: a change does not wait until pages are made.
    `let_go` gives back what a thread holds when its answer is a file, whose end is heard in another thread.
    `asked_every` is how often, in seconds, a file that may be closed while it is sent is asked at the least.
    """

    def __init__(
        self,
        application: WsgiApp,
        *,
        threads: int = 4,
        kept: int = 0,
        queue: int = 200,
        limit: Callable[[str], bodies.Limit] = lambda path: bodies.ORDINARY,
        let_go: Callable[[], None] = lambda: None,
        asked_every: float = ASKED_EVERY,
    ) -> None:
        self._application = application
        self._let_go = let_go
        self._asked_every = asked_every
        self._limit = limit
        self._capacity = threads + queue
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self._looking = asyncio.Semaphore(threads - kept)
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="files")
        self._askers = ThreadPoolExecutor(ASKING_THREADS, thread_name_prefix="asks")
        self._stopping = False
        self._changed = asyncio.Event()
        self.busy = 0
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            self._check_room()
            bodies.check(scope, self._limit(scope["path"]))
            body, length = await bodies.read(receive, self._in_file_thread)
            with body:
                self._check_room()
                await self._serve(scope, receive, send, build_environ(scope, body, length))
        except bodies.ClientLeft:
            return
        except bodies.Refused as refusal:
            await self._refuse(scope, receive, send, refusal)

    def look_again(self) -> None:
        """Something changed: files that are being sent are asked now whether they are still open. In the loop."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def begin_stop(self) -> None:
        """From now on new requests are sent away; those at work are finished."""
        self._stopping = True

    def close(self) -> None:
        """Give the threads up, without waiting for a view that hangs."""
        for pool in (self._threads, self._files, self._askers):
            pool.shutdown(wait=False, cancel_futures=True)

    # -- refusing -----------------------------------------------------------------------------

    def _check_room(self) -> None:
        if self._stopping or self.busy >= self._capacity:
            self.refused += 1
            raise bodies.Refused(503, "The server is busy; try again in a moment.")

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: bodies.Refused) -> None:
        """The connection is closed: kept alive, the server would read an unwanted body on to its end."""
        extra = [answers.CLOSE, *([answers.RETRY] if refusal.status == 503 else [])]
        await answers.begin_refusal(scope, send, refusal.status, refusal.message, *extra)
        if refusal.status != 408:
            await bodies.hear_out(receive)
        await send({"type": "http.response.body", "body": b""})

    # -- answering ----------------------------------------------------------------------------

    async def _serve(self, scope: Scope, receive: Receive, send: Send, environ: Environ) -> None:
        gone = threading.Event()
        self.busy += 1
        watcher = asyncio.ensure_future(_watch(receive, gone))
        sender, way = _Sender(asyncio.get_running_loop(), send, gone), Way(send, Pipe(send, receive), gone)
        try:
            answer = await self._answer(environ, sender)
            await self._send(answer, way)
        except Left:
            return
        except Exception:
            log.exception("request failed", path=scope["path"])
            if sender.started or way.begun:
                raise  # the server cuts the connection, so that half an answer never looks like a whole one
            await answers.refuse(scope, send, 500, "Something went wrong here.")
        finally:
            self.busy -= 1
            gone.set()
            watcher.cancel()

    async def _answer(self, environ: Environ, sender: "_Sender") -> Answer:
        looks = environ["REQUEST_METHOD"] in LOOKING
        async with self._looking if looks else contextlib.nullcontext():
            answer: Answer = await self._in_thread(self._run, environ, sender)
        return answer

    async def _send(self, answer: Answer, way: Way) -> None:
        match answer:
            case Whole(head, body):
                await way.begin(head)
                await way.send({"type": "http.response.body", "body": body})
            case File(head, file):
                await self._send_file(head, file, way)

    async def _send_file(self, head: Head, wrapper: FileWrapper, way: Way) -> None:
        closable = wrapper.file if isinstance(wrapper.file, Closable) else None
        asking = asyncio.ensure_future(self._ask_on(closable, way)) if closable else None
        try:
            await way.begin(head)
            more = True
            while more and not way.gone.is_set():
                piece = await self._in_file_thread(wrapper.file.read, FILE_PIECE)
                more = bool(piece)
                async with asyncio.timeout(STALL):
                    await way.send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            if asking is not None:
                asking.cancel()
            await self._in_file_thread(wrapper.close)

    async def _ask_on(self, file: Closable, way: Way) -> None:
        """While a file is sent: once it is closed to its reader, or nobody can say, the connection ends at once."""
        stands, changed = True, self._changed
        while stands:
            await self._until_asked(changed)
            changed = self._changed  # what changes while it is asked is asked about once more
            try:
                stands = await asyncio.get_running_loop().run_in_executor(self._askers, file.still_open)
            except Exception:
                log.exception("a file could not be asked whether it is still open")
                stands = False
        way.gone.set()
        way.pipe.reset()

    async def _until_asked(self, changed: asyncio.Event) -> None:
        """Wait until something has changed, though not for long, and a little in any case."""
        await asyncio.sleep(ASKED_AFTER)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._asked_every - ASKED_AFTER):
                await changed.wait()

    # -- threads ------------------------------------------------------------------------------

    def _run(self, environ: Environ, sender: "_Sender") -> Answer:
        """In a thread: the application's answer, whole if it is, else sent as it is made."""
        if sender.gone.is_set():
            raise Left
        head = Head(500, [], bytearray())
        environ["wsgi.file_wrapper"] = FileWrapper
        result = self._application(environ, functools.partial(_start_response, head, sender))
        if isinstance(result, FileWrapper):
            self._let_go()
            return File(head, result)
        try:
            if getattr(result, "streaming", True) is False:
                return _whole(head, bytes(head.written) + b"".join(result))
            return _stream(head, result, sender)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, function, *arguments)

    async def _in_file_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._files, function, *arguments)


class _Sender:
    """Sends from a thread, and waits until the client takes it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send, gone: threading.Event) -> None:
        self._loop, self._send, self.gone = loop, send, gone
        self.started = False

    def send(self, message: Message) -> None:
        if self.gone.is_set():
            raise Left
        self.started = True
        sending = asyncio.run_coroutine_threadsafe(_awaited(self._send, message), self._loop)
        try:
            sending.result(STALL)
        except TimeoutError:
            sending.cancel()
            raise Stalled(f"the client took nothing for {STALL:.0f} s") from None


async def _awaited(send: Send, message: Message) -> None:
    await send(message)


async def _watch(receive: Receive, gone: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _start_response(
    head: Head, sender: _Sender, status: str, headers: list[tuple[str, str]], exc_info: Any = None
) -> Callable[[bytes], None]:
    if exc_info is not None and sender.started:
        raise exc_info[1].with_traceback(exc_info[2])
    head.status = int(status[:3])
    head.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return head.written.extend


def _stream(head: Head, pieces: Iterable[bytes], sender: _Sender) -> Answer:
    """Send what comes; a short answer stays whole."""
    waiting = bytearray(head.written)
    for piece in pieces:
        if sender.gone.is_set():
            raise Left
        waiting += piece
        if len(waiting) >= PIECE:
            _push(head, sender, bytes(waiting), more=True)
            waiting.clear()
    if not sender.started:
        return _whole(head, bytes(waiting))
    _push(head, sender, bytes(waiting), more=False)
    return None


def _push(head: Head, sender: _Sender, body: bytes, *, more: bool) -> None:
    if not sender.started:
        sender.send(_start(head))
    sender.send({"type": "http.response.body", "body": body, "more_body": more})


def _whole(head: Head, body: bytes) -> Whole:
    if head.status not in BODYLESS and not any(name == b"content-length" for name, _ in head.headers):
        head.headers.append((b"content-length", str(len(body)).encode()))
    return Whole(head, body)


def _start(head: Head) -> Message:
    return {"type": "http.response.start", "status": head.status, "headers": head.headers}
