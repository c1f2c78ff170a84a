"""Fetching: a file that is here in full, or one line that says why not, and nothing left behind."""

import hashlib
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.errors import FetchError, InputError, LedgerError
from ledger.formats.fetch import Fetched, Limits, fetch
from tests import misbehaving as server
from tests.misbehaving import Pauses, serving

FILE = b"PK a file of some size" * 5000
NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
USUAL = Limits(connect=5, read=5, overall=20)
IMPATIENT = Limits(connect=5, read=1, overall=60)
ELSEWHERE = "https://rates.example/eurofxref-hist.zip"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "rates.zip"


def get(url: str, into: Path, limits: Limits = USUAL, **options: Any) -> Fetched:
    return fetch(url, into, clock=lambda: NOON, limits=limits, **{"pause": Pauses()} | options)


def refusal(url: str, into: Path, limits: Limits = USUAL, **options: Any) -> LedgerError:
    """What is said when it fails: one line, and nothing is left behind."""
    with pytest.raises(LedgerError) as caught:
        get(url, into, limits, **options)
    assert "\n" not in f"{caught.value.message}{caught.value.hint}"
    assert not list(into.parent.iterdir())
    assert caught.value.hint
    return caught.value


# ---- what comes


def test_a_file_is_kept_with_its_hash_its_address_and_its_time(into):
    with serving(server.well(FILE)) as good:
        found = get(good.url(), into)
        assert found == Fetched(into, hashlib.sha256(FILE).hexdigest(), good.url(), NOON)
    assert into.read_bytes() == FILE
    assert [path.name for path in into.parent.iterdir()] == ["rates.zip"]


def test_a_file_of_unannounced_length_is_taken_as_it_comes(into):
    with serving(server.unannounced(FILE)) as good:
        get(good.url(), into)
    assert into.read_bytes() == FILE


def test_an_earlier_file_is_replaced_only_by_a_whole_one(into):
    into.write_bytes(b"yesterday's")
    with serving(server.truncated(FILE), server.well(FILE)) as flaky:
        with pytest.raises(FetchError):
            get(flaky.url(), into, attempts=1)
        assert into.read_bytes() == b"yesterday's"
        get(flaky.url(), into, attempts=1)
    assert into.read_bytes() == FILE


@pytest.mark.parametrize(
    "failure",
    [server.status(500), server.status(503), server.hanging_up, server.truncated(FILE)],
    ids=["500", "503", "hanging up", "truncated"],
)
def test_what_may_pass_is_tried_again_after_longer_and_longer_pauses(into, failure):
    pauses = Pauses()
    told: list[str] = []
    with serving(failure, failure, server.well(FILE)) as flaky:
        get(flaky.url(), into, pause=pauses, tell=told.append)
        assert len(flaky.asked) == 3
    assert into.read_bytes() == FILE
    assert pauses.seconds == [1, 2]
    assert [line.partition("; ")[2] for line in told] == ["trying again in 1 s", "trying again in 2 s"]


def test_a_silent_server_is_asked_again(into):
    with serving(server.silent, server.well(FILE)) as flaky:
        get(flaky.url(), into, Limits(connect=5, read=2, overall=60))
        assert len(flaky.asked) == 2
    assert into.read_bytes() == FILE


def test_a_redirect_on_this_machine_is_followed(into):
    with serving(server.well(FILE)) as good, serving(server.redirected(good.url("/moved.zip"))) as first:
        assert get(first.url(), into).url == first.url()
        assert good.asked == ["/moved.zip"]
    assert into.read_bytes() == FILE


# ---- what does not


@pytest.mark.parametrize(
    ("behaviour", "attempts", "words"),
    [
        (server.status(404), 1, "there is no such file (HTTP 404 Not Found)"),
        (server.status(403), 1, "the server answers HTTP 403 Forbidden instead of a file"),
        (server.status(304, b""), 1, "the server answers HTTP 304 Not Modified instead of a file"),
        (server.status(500), 3, "the server fails with HTTP 500 Internal Server Error (3 attempts)"),
        (server.page, 1, "is a web page, not a file of rates"),
        (server.well(b"\xef\xbb\xbf<?xml version='1.0'?>"), 1, "is a web page, not a file of rates"),
        (server.well(b""), 1, "is an empty file"),
        (server.encoded(FILE), 1, "came in an encoding that was not asked for: gzip"),
        (server.truncated(FILE), 3, "the connection was cut off before the file was complete (3 attempts)"),
        (server.chunked(FILE), 3, "the connection was cut off before the file was complete (3 attempts)"),
        (server.hanging_up, 3, "the connection was cut off before the file was complete (3 attempts)"),
        (server.silent, 3, "is too slow: nothing came for 1 s (3 attempts)"),
        (server.stalled(FILE), 3, "is too slow: nothing came for 1 s (3 attempts)"),
        (server.redirected("http://rates.example/"), 1, "redirected to http://rates.example/, which is not https"),
        (server.redirected("ftp://127.0.0.1/"), 1, "redirected to ftp://127.0.0.1/, which is not https"),
        (server.redirected("/eurofxref-hist.zip"), 1, "is redirected more than 5 times"),
    ],
)
def test_whatever_else_comes_is_refused_in_one_line(into, behaviour, attempts, words):
    with serving(behaviour) as bad:
        error = refusal(bad.url(), into, IMPATIENT if "too slow" in words else USUAL)
        assert isinstance(error, FetchError)
        assert error.message.startswith(bad.url())
        assert words in error.message
        assert len(bad.asked) in {attempts, 6}
    assert "rate import FILE" in str(error.hint)


@pytest.mark.parametrize(
    "opening",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Header: ",
    ],
    ids=["in a body", "in a body of unannounced length", "in a header"],
)
def test_a_server_that_drips_for_ever_is_left_when_the_time_is_up(into, opening):
    with serving(server.dripping(opening)) as slow:
        error = refusal(slow.url(), into, Limits(connect=5, read=5, overall=1.5))
        assert error.message == f"{slow.url()} is too slow: not here after 1.5 s"
        assert len(slow.asked) == 1


@pytest.mark.parametrize(
    "behaviour", [server.well(FILE), server.unannounced(FILE), server.endless], ids=["announced", "not", "endless"]
)
def test_a_file_that_is_too_large_is_not_read_to_its_end(into, behaviour):
    with serving(behaviour) as large:
        error = refusal(large.url(), into, Limits(size=len(FILE) - 1))
    assert error.message == f"{large.url()} is too large: more than {len(FILE) - 1} bytes"


def test_a_file_of_just_the_size_is_taken(into):
    with serving(server.well(FILE)) as good:
        get(good.url(), into, Limits(size=len(FILE)))
    assert into.read_bytes() == FILE


def test_a_port_where_nobody_listens_is_named(into):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = refusal(f"http://127.0.0.1:{port}/", into)
    assert error.message == f"no connection to 127.0.0.1:{port}: it is refused (3 attempts)"


def test_a_server_that_does_not_speak_tls_is_not_spoken_to(into):
    with serving(server.well(FILE)) as plain:
        error = refusal(plain.url().replace("http:", "https:"), into)
        assert error.message.startswith(f"no secure connection to 127.0.0.1:{plain.server_port}: ")
        assert not plain.asked


# ---- a network that is not there: no test ever reaches a real one


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            ConnectionRefusedError(111, "Connection refused"),
            "no connection to rates.example: it is refused (3 attempts)",
        ),
        (socket.gaierror(-2, "Name or service not known"), "the host rates.example is not known: is there a network?"),
        (OSError(101, "Network is unreachable"), "no connection to rates.example: Network is unreachable (3 attempts)"),
        (TimeoutError("timed out"), "too slow: no connection within 5 s (3 attempts)"),
    ],
)
def test_no_connection_says_why(into, monkeypatch, failure, words):
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(socket, "create_connection", fail)
    assert words in refusal(ELSEWHERE, into).message


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(into, monkeypatch):
    failure = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    failure.verify_message = "self-signed certificate"
    asked = []

    def fail(*_: object, **__: object) -> None:
        asked.append(1)
        raise failure

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", fail)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        error = refusal(f"https://127.0.0.1:{listening.getsockname()[1]}/", into)
    assert error.message.endswith(": self-signed certificate")
    assert len(asked) == 1


def test_https_is_never_left_by_a_redirect(into, monkeypatch):
    def redirect(_: object, request: httpx.Request) -> httpx.Response:
        return httpx.Response(301, headers={"location": "http://127.0.0.1:9/"}, request=request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", redirect)
    message = refusal(ELSEWHERE, into).message
    assert message == f"{ELSEWHERE} is redirected to http://127.0.0.1:9/, which is not https: not followed"


def test_a_redirect_to_https_is_followed(into, monkeypatch):
    def answer(_: object, request: httpx.Request) -> httpx.Response:
        moved = {"location": "https://mirror.example/"}
        if request.url.host == "mirror.example":
            return httpx.Response(200, stream=httpx.ByteStream(FILE), request=request)
        return httpx.Response(307, headers=moved, request=request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
    get(ELSEWHERE, into)
    assert into.read_bytes() == FILE


# ---- addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rates.zip",
        "ftp://rates.example/",
        "http://rates.example/",
        "http://127.0.0.1.rates.example/",
        "http://localhost.rates.example/",
        "http://192.0.2.1/",
        "file:///etc/hostname",
        "https://",
        "https://rates.example:port/",
        "https://rates.example/\x00",
    ],
)
def test_only_https_and_this_machine_are_asked(into, url):
    error = refusal(url, into)
    assert isinstance(error, InputError)
    assert "an address begins with https://" in str(error.hint)


def test_neither_a_password_nor_a_key_is_ever_printed(into):
    with serving(server.status(404)) as strict:
        url = strict.url("/file.zip?key=secret").replace("//", "//ada:secret@")
        error = refusal(url, into)
    assert "secret" not in f"{error.message}{error.hint}"
    assert "secret" not in refusal("http://ada:secret@rates.example/?key=secret", into).message


def test_httpx_is_imported_only_when_something_is_fetched():
    code = "import sys, ledger.formats.fetch; sys.exit('httpx' in sys.modules)"
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
