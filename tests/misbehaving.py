"""A web server on this machine that serves well, and misbehaves in every way that a test names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as its server was told to."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.close_connection = True
        with suppress(ConnectionError):
            next(self.server.behaviours)(self)

    def answer(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Answer with this body: ``length`` is the length that is announced, where it is not the true one."""
        self.send_response(status)
        announced = {"content_length": str(len(body) if length is None else length), "connection": "close"}
        for name, value in (announced | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: a test speaks for itself."""


class Server(ThreadingHTTPServer):
    """Behaves in each of these ways once, and in the last one from then on."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviours: tuple[Behaviour, ...]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: Iterator[Behaviour] = chain(behaviours, repeat(behaviours[-1]))
        self.asked: list[str] = []
        self.over = threading.Event()

    def handle_error(self, *_: Any) -> None:
        """Nothing: a client that hangs up is what is tested."""

    def url(self, path: str = "/eurofxref-hist.zip") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Server]:
    """A server that behaves in these ways, one after the other."""
    with Server(behaviours) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@dataclass
class Pauses:
    """Waits no time, and remembers how long it should have been."""

    seconds: list[int] = field(default_factory=list)

    def __call__(self, seconds: int) -> None:
        self.seconds.append(seconds)


def well(body: bytes) -> Behaviour:
    return lambda handler: handler.answer(body)


def encoded(body: bytes) -> Behaviour:
    return lambda handler: handler.answer(body, content_encoding="gzip")


def status(code: int, body: bytes = b"<html>sorry</html>") -> Behaviour:
    return lambda handler: handler.answer(body, code)


def redirected(to: str) -> Behaviour:
    return lambda handler: handler.answer(b"", 302, location=to)


def page(handler: Handler) -> None:
    handler.answer(b"\n<!DOCTYPE html><html><body>Please sign in</body></html>", content_type="text/html")


def truncated(body: bytes) -> Behaviour:
    """Announces the whole, and hangs up after half of it."""
    return lambda handler: handler.answer(body[: len(body) // 2], length=len(body))


def unannounced(body: bytes) -> Behaviour:
    """Says nothing of the length: the end of the connection is the end of the file."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + body)

    return behave


def chunked(*chunks: bytes) -> Behaviour:
    """Sends chunks, and hangs up without the one that ends them."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    return behave


def hanging_up(handler: Handler) -> None:
    """Says nothing at all, and is gone."""


def silent(handler: Handler) -> None:
    """Never answers, until the test is over."""
    handler.server.over.wait(5)


def stalled(body: bytes) -> Behaviour:
    """Sends half of the file, and then nothing any more."""

    def behave(handler: Handler) -> None:
        handler.answer(body[: len(body) // 2], length=len(body))
        handler.server.over.wait(5)

    return behave


def dripping(opening: bytes) -> Behaviour:
    """Sends a byte now and then, each in good time, and never comes to an end."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(opening)
        while not handler.server.over.wait(0.01):
            handler.wfile.write(b"x")

    return behave


def endless(handler: Handler) -> None:
    """Sends more than anybody wants."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
    while not handler.server.over.is_set():
        handler.wfile.write(bytes(65536))
