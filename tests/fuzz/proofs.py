"""Readers of what is to be believed: keys, checkpoints, proofs, canonical lines, packages, and a book's own file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from ledger.audit import presented, proving
from ledger.audit.verification import Trust
from ledger.proof import leaf
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.inclusion import Inclusion
from ledger.signing import key, note
from tests.commandline import done, settings_for, typed
from tests.everything import fill
from tests.fuzz.reader import Reader, each_of
from tests.keys import ADA
from tests.world import Clock, make_book

ALTERATIONS = (b"-1", b"9223372036854775807", b"-9223372036854775808", b"{}", b"[]", b"2025-02-30", b"GBP", b"1e999")
PLEDGE = "GB-2025-0001"


class DefectError(Exception):
    """A command ended as no command ends: with what it calls a defect."""


@contextmanager
def desk(folder: Path) -> Iterator[None]:
    """Type in this folder."""
    here = Path.cwd()
    try:
        with pytest.MonkeyPatch.context() as monkeypatch:
            settings_for(folder, monkeypatch)
            yield
    finally:
        os.chdir(here)


@cache
def sample() -> Path:
    """A folder with a full book, a key, a checkpoint, a proof and a package. It is left to the system's cleaning."""
    folder = Path(mkdtemp(prefix="fuzzed"))
    with make_book(folder / "book.db", Clock()) as book:
        fill(book)
    with desk(folder):
        done("key create ada --key key")
        (folder / "head").write_text(done("checkpoint --key key"))
        done(f"prove {PLEDGE} --key key --out proofs")
        done("export audit --key key --out package")
    return folder


def at(pattern: str) -> Callable[[], Sequence[bytes]]:
    """The first few files of the sample that a pattern names."""
    return cache(lambda: [path.read_bytes() for path in sorted(sample().glob(pattern))[:3]])


def _key(path: Path) -> None:
    """Only its owner may read it, and its public half is beside it."""
    path.chmod(0o600)
    shutil.copy(sample() / "key.pub", f"{path}.pub")


def _private(path: Path) -> None:
    each_of(lambda: key.load(path), lambda: key.public_half(path))


def _head(path: Path) -> None:
    text = presented.read_note(path)
    each_of(
        lambda: note.opened(text, [ADA.public]),
        lambda: Checkpoint.read(note.opened(text, ()).text),
        lambda: Inclusion.read(text),
    )


def _proven(path: Path) -> None:
    """The line that is proven is beside the proof."""
    shutil.copy(next(sample().glob("proofs/*.json")), path.with_suffix(".json"))


def _proof(path: Path) -> None:
    presented.of_proof(path, Trust())
    proving.in_the_way(path.parent, PLEDGE)


def _line(path: Path) -> None:
    """A line, as it would be shown beside a proof."""
    leaf.read(path.read_bytes().decode("utf-8", "surrogateescape"))


def _book(path: Path) -> None:
    """A file that says it is a book: whatever is asked of it, one line is the answer."""
    _asked(path, "check", "pledge list", "report totals", "export csv", "journal list", "verify")


def _asked(book: Path, *commands: str) -> None:
    for command in commands:
        answer = typed(f"{command} --book", str(book))
        if "this is a defect" in answer.said or "Traceback" in answer.said:
            raise DefectError(f"{command}: {answer.said}")


def _altered(path: Path) -> None:
    """A book in which one cell, that the first line picks, is what follows, and whose guards were taken away."""
    first, _, value = path.read_bytes().partition(b"\n")
    place = path.with_name("book.db")
    shutil.copyfile(sample() / "book.db", place)
    with closing(sqlite3.connect(place)) as book:
        for (trigger,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            book.execute(f'DROP TRIGGER "{trigger}"')
        book.execute("PRAGMA ignore_check_constraints = ON")
        with suppress(sqlite3.Error, OverflowError):  # of another type, or already there: then it is as it was
            _alter(book, int.from_bytes(hashlib.sha256(first).digest()[:8]), value)
            book.commit()


def _alter(book: sqlite3.Connection, chance: int, value: bytes) -> None:
    tables = book.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall()
    columns = [(table, *each) for (table,) in tables for each in book.execute(f"PRAGMA table_info({table})").fetchall()]
    table, _, column, kind, *_ = columns[chance % len(columns)]
    key = [f'"{each[2]}"' for each in columns if each[0] == table and each[6]]
    rows = book.execute(f"SELECT {', '.join(key)} FROM {table} ORDER BY {', '.join(key)}").fetchall()  # noqa: S608 - its own
    row = rows[chance // len(columns) % len(rows)] if rows else key  # of an empty table none
    number = re.fullmatch(rb"-?[0-9]{1,19}", value)
    new = value if kind == "BLOB" else int(value) if number else value.decode(errors="replace") or None
    book.execute(f'UPDATE {table} SET "{column}" = ? WHERE {" AND ".join(f"{each} = ?" for each in key)}', (new, *row))  # noqa: S608 - as above


def _examined(path: Path) -> None:
    """Whatever was altered, and however: who looks for it is told, and not stopped."""
    _asked(path.with_name("book.db"), "check", "verify")


READERS = (
    Reader("private key", ("ledger/signing/key.py",), at("key"), _private, "key", _key),
    Reader("public key", ("ledger/signing/key.py",), at("key.pub"), key.public_half, "key.pub"),
    Reader(
        "checkpoint",
        ("ledger/signing/note.py", "ledger/proof/checkpoint.py", "ledger/proof/inclusion.py"),
        at("head"),
        _head,
        "head",
    ),
    Reader(
        "proof",
        ("ledger/proof/", "ledger/audit/presented.py", "ledger/audit/proving.py"),
        at("proofs/*.tlog-proof"),
        _proof,
        "p.tlog-proof",
        _proven,
    ),
    Reader("line", ("ledger/proof/leaf.py",), at("proofs/*.json"), _line, "line.json"),
    Reader("book", ("ledger/store/",), at("book.db"), _book, "book.db", tries=10),
    Reader(
        "altered book",
        ("ledger/store/",),
        lambda: [b"", *(b"%d\n%s" % (n, value) for n, value in enumerate(ALTERATIONS * 2))],
        _examined,
        "alteration",
        _altered,
        tries=5,
    ),
)
