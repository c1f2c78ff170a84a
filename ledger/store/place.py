"""Places: where a book is kept, as people name it. A file, or one of the books of a PostgreSQL database.

A password may stand in an address that comes from the environment; no sentence, report or error ever says it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from ledger.errors import InputError
from ledger.message import message

MAIN = "main"
"""The name of a database's book, where an address gives none."""

_SQLITE = "sqlite:///"
_SERVER = "postgresql"
_OPEN = {"book", "dbname", "host", "hostaddr", "port", "service", "sslmode", "user"}
"""The options of an address that people are shown; any other may be a secret, or a slip in the name of one."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of SQLite, which holds one book."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def is_at(self, path: Path) -> bool:
        """Whether this is the file at a path."""
        return path.exists() and self.path.exists() and path.samefile(self.path)


@dataclass(frozen=True, slots=True)
class Server:
    """A database of PostgreSQL, and the name of one of its books.

    ``address`` is what libpq is given, the password in it; ``shown`` is what people are told, without.
    """

    address: str = field(repr=False)
    shown: str = field(compare=False)
    book: str = MAIN

    def __str__(self) -> str:
        return self.shown

    def is_at(self, path: Path) -> bool:  # noqa: ARG002 - only files are at paths
        """Whether this is the file at a path."""
        return False


Place = File | Server


def located(place: str) -> Place:
    """The place that these words name: a path, ``sqlite:///PATH`` or ``postgresql://...?book=NAME``.

    Raises :class:`InputError` for any other kind of address, and for what names nothing.
    """
    kind, separator, _ = place.partition("://")
    if separator and kind == _SERVER:
        return served(place)
    if separator and not place.startswith(_SQLITE):
        raise InputError(
            "{kind}:// addresses are not supported: a book is a file, or in a PostgreSQL database",
            kind=kind,
            hint=message("--book PATH or --book postgresql://USER@HOST/DATABASE?book=NAME"),
        )
    return File(_path(place.removeprefix(_SQLITE)))


def holds_password(place: str) -> bool:
    """Whether an address has a password in it, which others could read in the list of processes."""
    if not place.startswith(f"{_SERVER}://"):
        return False
    _, credentials, _, options = _parts(place)
    return ":" in credentials or any(name == "password" for name, _ in options)


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise InputError("--book names no file")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError("--book {place}: there is no such user, so no such home", place=text) from None


def served(place: str) -> Server:
    """The book that an address of PostgreSQL names."""
    database, credentials, host, options = _parts(place)
    names = [value for name, value in options if name == "book"]
    if len(names) > 1:
        raise InputError("--book: an address names one book, and this one names {count}", count=len(names))
    name = names[0] if names else MAIN
    if not name or not name.isprintable():
        raise InputError("--book: ?book= gives no name that can be printed")
    rest = [(key, value) for key, value in options if key != "book"]
    user, _, _ = credentials.partition(":")
    open_ones = [(key, value) for key, value in options if key in _OPEN]
    return Server(
        _address(database, f"{credentials}@{host}" if credentials else host, rest),
        _address(database, f"{user}@{host}" if user else host, open_ones),
        name,
    )


def _address(database: str, host: str, options: list[tuple[str, str]]) -> str:
    rest = urlencode(options, safe="/:,")
    return f"{_SERVER}://{host}{database}{'?' if rest else ''}{rest}"


def _parts(place: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    """An address taken apart: database, user and password, hosts, options. Never says what it was."""
    if not place.isprintable():
        raise InputError("--book: this address has a control character in it")
    try:
        split = urlsplit(place)
        options = parse_qsl(split.query, keep_blank_values=True, strict_parsing=bool(split.query))
    except ValueError:
        raise InputError("--book: this is no address of a PostgreSQL database", hint=_LIKE) from None
    credentials, _, host = split.netloc.rpartition("@")
    if split.fragment or "#" in place:
        raise InputError("--book: a # in an address is written %23", hint=_LIKE)
    return split.path, credentials, host, options


_LIKE = message("--book postgresql://USER@HOST:PORT/DATABASE?book=NAME")


def parameters(of: Server) -> dict[str, Any]:
    """What a connection is made with, by libpq's names of its parameters; libpq adds what the environment says."""
    database, credentials, host, options = _parts(of.address)
    user, _, password = credentials.partition(":")
    hosts, ports = _hosts(host)
    found = {"host": hosts, "port": ports, "user": unquote(user), "password": unquote(password)}
    found["dbname"] = unquote(database.removeprefix("/"))
    return {name: value for name, value in found.items() if value} | dict(options)


def _hosts(text: str) -> tuple[str, str]:
    """Hosts and ports, each joined by commas as libpq wants them."""
    pairs = [_host(one) for one in text.split(",")] if text else []
    ports = [port for _, port in pairs]
    return ",".join(unquote(host) for host, _ in pairs), ",".join(ports) if any(ports) else ""


def _host(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = text.partition(":")
    return host, port
