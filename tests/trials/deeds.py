"""Deeds: commands that a trial disturbs, and how somebody outside sees what has become of them.

What is looked at are the command's own words on stdout, the rows of the book through plain SQLite, and the files it
was to write. Nothing here asks the ledger, but for ``check``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import NoReturn

from cli.main import run
from ledger.book import Book
from tests.commandline import SETTINGS, UNSET, typed

PLEDGE = "--on 2025-03-02 --purpose military --instrument grant"
ROWS = 25
"""Pledges in a file that is imported."""

BOOK, REGISTER, PACKAGE, BACKUPS = "book.db", "register.csv", "package", "backup*.db"
REJECTS = "rejects.csv"


@dataclass(frozen=True)
class Deed:
    """A command, the entries it is to record, what it prints once it is done, and where it writes."""

    command: str
    words: tuple[str, ...]
    entries: int = 0
    says: tuple[str, ...] = ()
    writes: str = ""
    cleared: tuple[str, ...] = ()
    """Earlier exports that were taken away for it."""

    def acknowledged(self, printed: str) -> bool:
        """Whether the command has said that it is done, in full."""
        return bool(self.says) and printed.endswith("\n") and all(word in printed for word in self.says)


@dataclass(frozen=True)
class Export:
    """An export that is whole: a hash of all its bytes, and whether it is of the book as it stands."""

    sha256: str
    current: bool


@dataclass(frozen=True)
class Seen:
    """What is there, by an outsider's eyes: the canonical lines in order, and the exports."""

    lines: list[str]
    exports: dict[str, Export]


def at_desk(folder: Path) -> None:
    """Make a folder with an empty book the one that commands are typed in."""
    for name in UNSET:
        os.environ.pop(name, None)
    place = {"AIDLEDGER_BOOK": str(folder / BOOK), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    os.environ.update(SETTINGS | place)
    os.chdir(folder)
    answer = typed("init")
    assert answer.code == 0, answer


# The commands


class Deeds:
    """Deeds without end, no two of which record the same."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)
        self._months = (f"{year}-{month:02}" for year in count(1900) for month in range(1, 13))
        self._month = next(self._months)
        self.kinds: dict[str, Callable[[], Deed]] = {
            "pledge add": self.add,
            "add --attach": self.attach,
            "import csv": self.take_in,
            "journal close": self.close,
            "run": self.run,
            "export csv": lambda: Deed("export csv", ("export", "csv", "--out", REGISTER), writes=REGISTER),
            "export audit": self.package,
            "backup": self.backup,
        }

    def add(self) -> Deed:
        """One pledge."""
        name = f"A{next(self._numbers)}"
        words = ("pledge", "add", "GB", "100 GBP", "--id", name, *PLEDGE.split())
        return Deed("pledge add", words, 1, (f"{name}\n",))

    def attach(self) -> Deed:
        """One pledge, and a file that says so, of which a copy is kept."""
        deed = self.add()
        Path("input.txt").write_text(f"{deed.words[5]}\n" * 500, encoding="utf-8")
        words = (*deed.words, "--cite", "https://example.org/pledge", "--attach", "input.txt")
        return replace(deed, command="add --attach", words=words)

    def take_in(self) -> Deed:
        """A file of pledges, and one row that is rejected."""
        name = f"I{next(self._numbers)}"
        header = "id,donor,amount,currency,on,purpose,instrument"
        rows = [f"{name}-{row},GB,{row}.50,GBP,2025-03-02,military,grant" for row in range(1, ROWS + 1)]
        rows.append(f"{name}-bad,GB,much,GBP,2025-03-02,military,grant")
        Path("input.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        words = ("import", "csv", "input.csv", "--rejects", REJECTS, "--format", "json")
        return Deed("import csv", words, ROWS, (f'"imported": {ROWS}', "]\n"))

    def close(self) -> Deed:
        """The first month that is open."""
        return Deed("journal close", ("journal", "close", self._month, "--format", "csv"), 1, (",close,", "\r\n"))

    def closed(self) -> None:
        """The month is closed: the next one has its turn."""
        self._month = next(self._months)

    def run(self) -> Deed:
        """A file of commands: two pledges, and one of them committed in two steps."""
        one, other = (f"R{next(self._numbers)}" for _ in range(2))
        added = [f'pledge add GB "100 GBP" --id {name} {PLEDGE}' for name in (one, other)]
        moved = [f'pledge commit {one} "{part} GBP" --on 2025-03-03' for part in (30, 40)]
        Path("input.run").write_text("\n".join([*added, *moved, ""]), encoding="utf-8")
        return Deed("run", ("run", "input.run"), 4, (f"{one}\n", f"{other}\n", "30.00", "40.00"))

    def package(self) -> Deed:
        """An auditor's package, in the place of the one before."""
        words = ("export", "audit", "--unsigned", "--out", PACKAGE)
        return Deed("export audit", words, 0, (f"{PACKAGE}\n",), PACKAGE)

    def backup(self) -> Deed:
        """A backup under a new name, the one before taken away."""
        earlier = list(Path().glob(BACKUPS))
        for path in earlier:
            path.unlink()
        name = f"backup{next(self._numbers)}.db"
        words = ("backup", name, "--format", "json")
        return Deed("backup", words, 0, ('"root": ', "]\n"), name, tuple(path.name for path in earlier))


# What is seen


def look(folder: Path) -> Seen:
    """Everything that is there. Whoever opens the book next rolls a hot journal back: so does this."""
    lines = lines_of(folder / BOOK)
    return Seen(lines, dict(_exports(folder, len(lines))))


def lines_of(book: Path) -> list[str]:
    """The canonical lines of a book. Raises :class:`AssertionError` where one is missing, or its pledge is."""
    with closing(sqlite3.connect(book)) as connection:
        numbers, lines = zip(*connection.execute("SELECT number, line FROM entry ORDER BY number"), strict=True)
        names = {str(name) for (name,) in connection.execute("SELECT id FROM pledge")}
    assert numbers == tuple(range(1, len(numbers) + 1)), "the numbers have a gap"
    announced = [line for line in lines if '"kind":"pledge"' in line]
    assert len(names) == len(announced), "a pledge has no entry, or an entry no pledge"
    return [str(line) for line in lines]


def broken(book_file: Path) -> list[str]:
    """What ``check`` calls broken in a book."""
    with Book.open(str(book_file)) as book:
        return [f"{found.code} {found.where}" for found in book.check() if found.severity == "error"]


def _exports(folder: Path, entries: int) -> Iterator[tuple[str, Export]]:
    """The exports that are there. Raises :class:`AssertionError` for one that is half-written."""
    register, package = folder / REGISTER, folder / PACKAGE
    if register.exists():
        content = register.read_bytes()
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
        assert content.endswith(b"\r\n"), "the register ends in the middle of a row"
        assert _postings(folder, int(rows[-1]["entry"])) == len(rows), "the register has lost rows"
        yield REGISTER, Export(hashlib.sha256(content).hexdigest(), _postings(folder, entries) == len(rows))
    if package.exists():
        sha256 = _package(package)
        size = (package / "checkpoint").read_text(encoding="utf-8").splitlines()[1]
        yield PACKAGE, Export(sha256, int(size) == entries)
    for backup in folder.glob(BACKUPS):
        assert not broken(backup), f"{backup.name} is not sound"
        yield backup.name, Export(hashlib.sha256(backup.read_bytes()).hexdigest(), len(lines_of(backup)) == entries)


def _postings(folder: Path, upto: int) -> int:
    with closing(sqlite3.connect(folder / BOOK)) as connection:
        found = connection.execute("SELECT count(*) FROM posting WHERE entry <= ?", (upto,)).fetchone()
        return int(found[0])


def _package(package: Path) -> str:
    """The hash of a package's list of hashes, each of which is that of its file."""
    listed = (package / "SHA256SUMS").read_text(encoding="utf-8")
    named = {name: digest for digest, name in (line.split("  ", 1) for line in listed.splitlines())}
    there = {file.name for file in package.iterdir()} - {"SHA256SUMS"}
    assert there == set(named), f"the package has {there ^ set(named)} too many or too few"
    for name, digest in named.items():
        assert hashlib.sha256((package / name).read_bytes()).hexdigest() == digest, f"{name} is not what is listed"
    return hashlib.sha256(listed.encode()).hexdigest()


def strangers(folder: Path) -> list[str]:
    """Files and folders that somebody could take for what a command was asked for, and are not."""
    ours = {BOOK, f"{BOOK}-journal", REGISTER, PACKAGE, f"{BOOK}.files"}
    ours |= {REJECTS, "input.csv", "input.run", "input.txt", "stdout", "stderr"}
    names = [path.name for path in folder.iterdir() if not path.match(BACKUPS) and not path.match(f"{BACKUPS}.files")]
    return [name for name in names if name not in ours and not name.startswith(".")]


def run_here(deed: Deed, folder: Path) -> NoReturn:
    """Run a command in this process, what it prints and says in files of the folder, and end."""
    code = 70
    try:
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        code = run(deed.words)
    finally:
        os._exit(code)


def say(text: str) -> None:
    """Print a line of a report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
