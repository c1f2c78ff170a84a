"""A file fetched over HTTPS: whole and from where it should be, or not at all.

Only https is spoken, but for http to this very machine. A failure that may pass (no
connection, an answer too slow or cut off, HTTP 5xx) is tried again after a pause;
every other one, and the last of those, is one line that says what to do.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from time import sleep
from typing import TYPE_CHECKING, Any, Self

from ledger.errors import FetchError, InputError
from ledger.message import Message, counted, message

if TYPE_CHECKING:
    import httpx

INSTEAD = message("nothing was changed; a file that you fetched yourself can be imported: aidledger rate import FILE")

_HOPS = 5
_FINE, _FAILING = 200, 500


@dataclass(frozen=True, slots=True)
class Limits:
    """What a download may take: seconds to connect, between two reads and for everything together; and bytes."""

    connect: float = 10
    read: float = 20
    overall: float = 120
    size: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is here in full: its path, its SHA-256 in lower-case hexadecimal, from where, and since when."""

    path: Path
    sha256: str
    url: str
    retrieved_at: datetime


class _Passing(FetchError):
    """A failure that may be gone a moment later."""


def fetch(
    url: str,
    into: Path,
    *,
    clock: Callable[[], datetime],
    attempts: int = 3,
    limits: Limits = Limits(),
    pause: Callable[[int], object] = sleep,
    tell: Callable[[str], object] = lambda _: None,
) -> Fetched:
    """The file at an address, written to ``into`` once it is here in full; a failure writes nothing.

    ``pause`` is called with the seconds to wait before another attempt, ``tell`` with why there is one.
    Raises :class:`~ledger.errors.InputError` for an address that is neither https nor this machine's own,
    :class:`~ledger.errors.FetchError` for every way in which fetching fails.
    """
    import httpx  # noqa: PLC0415 - 150 ms that only this command pays

    address = _address(url)
    part = into.with_name(f"{into.name}.part")
    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    environment = not _is_here(address.host)  # a proxy is for elsewhere
    try:
        with httpx.Client(timeout=timeout, trust_env=environment) as client, _Watch(limits) as watch:
            found = _insist(lambda: _attempt(client, address, part, watch), attempts, pause, tell)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    return Fetched(into, found, _shown(address), clock())


def _insist(
    attempt: Callable[[], str], attempts: int, pause: Callable[[int], object], tell: Callable[[str], object]
) -> str:
    """What an attempt gives, made again after 1, 2, 4, ... seconds while the failure is one that may pass."""
    for number in range(1, attempts):
        try:
            return attempt()
        except _Passing as error:
            seconds = 2 ** (number - 1)
            tell(message("{reason}; trying again in {seconds} s", reason=error.message, seconds=seconds))
            pause(seconds)
    try:
        return attempt()
    except _Passing as error:
        if attempts == 1:
            raise FetchError(error.message, hint=error.hint) from error
        raise FetchError(
            counted("{reason} ({count} attempt)", "{reason} ({count} attempts)", count=attempts, reason=error.message),
            hint=error.hint,
        ) from error


def _attempt(client: httpx.Client, address: httpx.URL, part: Path, watch: _Watch) -> str:
    """Ask once, follow redirects, and write the body: its SHA-256."""
    import httpx  # noqa: PLC0415

    headers = {"accept-encoding": "identity", "user-agent": "aidledger"}
    request = client.build_request("GET", address, headers=headers, extensions={"trace": watch.trace})
    try:
        for _ in range(_HOPS + 1):
            with closing(client.send(request, stream=True)) as response:
                if response.next_request is None:
                    return _keep(response, part, watch)
                _refuse_downgrade(request.url, response.next_request.url)
                request = response.next_request
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _failure(error, request.url, watch) from error
    raise _refused(
        counted(
            "{address} is redirected more than {count} time",
            "{address} is redirected more than {count} times",
            count=_HOPS,
            address=_shown(address),
        )
    )


def _keep(response: httpx.Response, part: Path, watch: _Watch) -> str:
    """Write a good answer's body as it comes: its SHA-256. Whatever else came is refused."""
    _refuse_status(response)
    where, digest, start = _shown(response.url), sha256(), b""
    with part.open("wb") as file:
        for chunk in _bounded(response, watch.limits.size):
            start = start or chunk
            digest.update(chunk)
            file.write(chunk)
    if watch.passed:
        raise _too_slow(where, watch)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _refused(
            message(
                "{address} came in an encoding that was not asked for: {encoding}",
                address=where,
                encoding=response.headers["content-encoding"],
            )
        )
    if not start:
        raise _refused(message("{address} is an empty file", address=where))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise _refused(message("{address} is a web page, not a file of rates", address=where))
    return digest.hexdigest()


def _bounded(response: httpx.Response, size: int) -> Iterator[bytes]:
    """The bytes of a body, refused as soon as they are too many, or are announced to be."""
    announced = response.headers.get("content-length", "")
    there = int(announced) if announced.isdecimal() else 0
    chunks = response.iter_raw() if there <= size else iter(())
    for chunk in chunks:
        there = response.num_bytes_downloaded
        if there > size:
            break
        yield chunk
    if there > size:
        raise _refused(
            message("{address} is too large: more than {size} bytes", address=_shown(response.url), size=size)
        )


def _refuse_status(response: httpx.Response) -> None:
    """Refuse every answer but a good one: what the server may have mended soon is worth another attempt."""
    status, where = response.status_code, _shown(response.url)
    said = f"HTTP {status} {response.reason_phrase}".rstrip()
    if status >= _FAILING:
        raise _passing(message("{address}: the server fails with {answer}", address=where, answer=said))
    if status in {404, 410}:
        raise _refused(message("{address}: there is no such file ({answer})", address=where, answer=said))
    if status != _FINE:
        raise _refused(message("{address}: the server answers {answer} instead of a file", address=where, answer=said))


class _Watch:
    """The time that everything together may take: when it is over, the connection in use is ended.

    httpx limits each read, so that a server which sends a byte now and then would keep it for ever.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.passed = False
        self._stream: Any = None
        self._timer = Timer(limits.overall, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember the connection that httpx has just made."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
            if self.passed:
                self._end()

    def _end(self) -> None:
        self.passed = True
        if self._stream is not None:
            with suppress(OSError):  # it has ended already
                # The plain socket's own way, which leaves a TLS layer to whoever is reading from it.
                socket.socket.shutdown(self._stream.get_extra_info("socket"), socket.SHUT_RDWR)


def _address(url: str) -> httpx.URL:
    """An address that may be asked: https, or http to this machine."""
    import httpx  # noqa: PLC0415

    rule = message("an address begins with https:// (http:// only for this machine, as in http://127.0.0.1:8000/)")
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        why = str(error)
        why = why[:1].lower() + why[1:]
        raise InputError("'{url}' is not an address: {reason}", url=url, reason=why, hint=rule) from None
    if not address.host or not (address.scheme == "https" or (address.scheme == "http" and _is_here(address.host))):
        raise InputError(
            "'{address}' is not an address that rates are fetched from", address=_shown(address), hint=rule
        )
    return address


def _is_here(host: str) -> bool:
    """Whether a host is this very machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_downgrade(origin: httpx.URL, target: httpx.URL) -> None:
    """Refuse to be led from https to anything less, or from this machine to another by http."""
    here = origin.scheme == target.scheme == "http" and _is_here(origin.host) and _is_here(target.host)
    if target.scheme != "https" and not here:
        raise _refused(
            message(
                "{address} is redirected to {target}, which is not https: not followed",
                address=_shown(origin),
                target=_shown(target),
            )
        )


def _shown(address: httpx.URL) -> str:
    """An address as it may be printed: without a name, a password or a key in its query."""
    return str(address.copy_with(username="", password="", query=None, fragment=None))


def _refused(why: Message) -> FetchError:
    return FetchError(why, hint=INSTEAD)


def _passing(why: Message) -> FetchError:
    return _Passing(why, hint=INSTEAD)


def _too_slow(where: str, watch: _Watch) -> FetchError:
    return _refused(
        message("{address} is too slow: not here after {seconds} s", address=where, seconds=watch.limits.overall)
    )


def _failure(error: Exception, address: httpx.URL, watch: _Watch) -> FetchError:
    """What became of a request that did not come to its end."""
    import httpx  # noqa: PLC0415

    where, causes, limits = _shown(address), list(_causes(error)), watch.limits
    if watch.passed:
        return _too_slow(where, watch)
    if isinstance(error, httpx.ConnectTimeout):
        return _passing(
            message("{address} is too slow: no connection within {seconds} s", address=where, seconds=limits.connect)
        )
    if isinstance(error, httpx.TimeoutException):
        return _passing(
            message("{address} is too slow: nothing came for {seconds} s", address=where, seconds=limits.read)
        )
    if isinstance(error, httpx.ConnectError):
        return _unconnected(address, causes)
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return _passing(message("{address}: the connection was cut off before the file was complete", address=where))
    return _refused(message("{address} cannot be fetched: {reason}", address=where, reason=error))


def _unconnected(address: httpx.URL, causes: list[BaseException]) -> FetchError:
    """Why there is no connection."""
    import ssl  # noqa: PLC0415

    host = f"{address.host}:{address.port}" if address.port else address.host
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            why = getattr(cause, "verify_message", "") or (cause.reason or "TLS fails").replace("_", " ").lower()
            return _refused(message("no secure connection to {host}: {reason}", host=host, reason=why))
        if isinstance(cause, socket.gaierror):
            return _passing(message("the host {host} is not known: is there a network?", host=address.host))
        if isinstance(cause, ConnectionRefusedError):
            return _passing(message("no connection to {host}: it is refused", host=host))
    said = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), str(causes[0]))
    return _passing(message("no connection to {host}: {reason}", host=host, reason=said))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and what it comes from, back to the first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
