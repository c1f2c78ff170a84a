"""Hashes: which files a package is made of, and what ``SHA256SUMS`` and ``datapackage.json`` say of their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Optional

from ledger.formats.verifier.comparison import cells_of
from ledger.formats.verifier.entries import lines_of
from ledger.formats.verifier.merkle import leaf_of
from ledger.formats.verifier.options import Options
from ledger.formats.verifier.package import JOURNAL
from ledger.formats.verifier.tables import RATES, TABLES, copy_of
from ledger.formats.verifier.words import Problem, Unsound, shown

SUMS, SIGNATURE, SIGNERS = "SHA256SUMS", "SHA256SUMS.sig", "allowed_signers"
CHECKPOINT, CONSISTENCY, DESCRIPTOR = "checkpoint", "consistency.txt", "datapackage.json"
_UNLISTED = (SUMS, SIGNATURE, SIGNERS)
_ALWAYS = (*TABLES, JOURNAL, CHECKPOINT, DESCRIPTOR, "README.txt", "verify.py", SUMS)
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\s]+)\n")
_LARGEST = 2**24


class Folder(NamedTuple):
    """A folder, and the names of the plain files in it."""

    path: str
    names: frozenset[str]

    def file(self, name: str) -> str:
        """The path of a file."""
        return os.path.join(self.path, name)

    def text(self, name: str) -> str:
        """A file of text that is not a table or a journal. Raises :class:`Unsound` where it is none."""
        if name not in self.names:
            raise Unsound("is missing")
        if os.path.getsize(self.file(name)) > _LARGEST:
            raise Unsound("is far too large")
        with open(self.file(name), "rb") as file:
            try:
                return file.read().decode()
            except UnicodeDecodeError:
                raise Unsound("is not UTF-8") from None


def folder_of(path: str) -> Folder:
    """A folder with its plain files; links and what is in folders of its own do not count."""
    with os.scandir(path) as found:
        return Folder(
            path, frozenset(each.name for each in found if stat.S_ISREG(each.stat(follow_symlinks=False).st_mode))
        )


def files_due(options: Optional[Options], *, signed: bool) -> list[str]:
    """The files that a package has; without knowing what it was asked for, those that each has."""
    names = [*_ALWAYS, *([SIGNATURE, SIGNERS] if signed else [])]
    if options and options.since:
        names.append(CONSISTENCY)
    if options and options.spreadsheet_safe:
        names += [copy_of(name) for name in TABLES]
    return sorted(names)


def foreign_files(folder: Folder, due: list[str]) -> Iterator[Problem]:
    """What is missing from the folder, and what does not belong there."""
    for name in due:
        if name not in folder.names:
            yield name, "is missing, or is no plain file"
    for name in sorted(set(os.listdir(folder.path)) - set(due)):
        yield shown(name), "is not a file of this package"


def sum_problems(folder: Folder, due: list[str]) -> Iterator[Problem]:
    """What ``SHA256SUMS`` says otherwise than the files, each listed once, in the order of their names."""
    listed: dict[str, str] = {}
    for number, line in enumerate(folder.text(SUMS).splitlines(keepends=True), 1):
        found = _LINE.fullmatch(line)
        if not found or found[2] in listed:
            yield f"{SUMS} line {number}", f"names no file, or one a second time: {shown(line.strip())}"
            continue
        listed[found[2]] = found[1]
        if found[2] not in due or found[2] in _UNLISTED:
            yield f"{SUMS} line {number}", f"names {shown(found[2])}, which is not a file it lists"
        elif found[2] in folder.names and (digest := sha256_of(folder.file(found[2]))) != found[1]:
            yield found[2], f"has the SHA-256 {digest}, and {SUMS} line {number} says {found[1]}"
    for name in due:
        if name not in listed and name not in _UNLISTED:
            yield SUMS, f"does not list {name}"
    if list(listed) != sorted(listed):
        yield SUMS, "is not sorted by name"


def rates_file(folder: Folder) -> Optional[str]:
    """The file to read the rates from: the copy for spreadsheets, where ``SHA256SUMS`` says that it alone is unchanged.

    Otherwise a forged rate would be called right, and the copy wrong. None where there is no such file.
    """
    unchanged = (name for name in (RATES, copy_of(RATES)) if _as_listed(folder, name))
    return next(unchanged, RATES if RATES in folder.names else None)


def _as_listed(folder: Folder, name: str) -> bool:
    try:
        return name in folder.names and f"{sha256_of(folder.file(name))}  {name}" in folder.text(SUMS).splitlines()
    except Unsound:
        return False


def descriptor_problems(folder: Folder, options: Options) -> Iterator[Problem]:
    """What ``datapackage.json`` says otherwise than its files are: their bytes, hashes and columns."""
    paths = [str(resource["path"]) for resource in options.resources]
    for name in sorted(set(TABLES) - set(paths)):
        yield DESCRIPTOR, f"does not describe {name}"
    for path, resource in zip(paths, options.resources):
        if path not in TABLES or paths.count(path) > 1:
            yield DESCRIPTOR, f"describes {shown(path)}, which is no table of a package, or describes it twice"
        elif path in folder.names:
            yield from _described(folder.file(path), path, resource)


def _described(file: str, name: str, resource: Mapping[str, Any]) -> Iterator[Problem]:
    size, digest = os.path.getsize(file), f"sha256:{sha256_of(file)}"
    if resource["bytes"] != size:
        yield name, f"has {size} bytes, and {DESCRIPTOR} says {shown(str(resource['bytes']))}"
    if resource["hash"] != digest:
        yield name, f"has the hash {digest}, and {DESCRIPTOR} says {shown(str(resource['hash']))}"
    try:
        columns = tuple(field["name"] for field in resource["schema"]["fields"])
    except (LookupError, TypeError):
        columns = ()
    if columns != TABLES[name].columns:
        yield DESCRIPTOR, f"does not name the columns of {name}"


def leaf_problems(folder: Folder) -> Iterator[Problem]:
    """Which lines of the journal have another hash than ``entries.csv`` names: where the root says that one has."""
    named = _leaves_named(folder.file("entries.csv")) if "entries.csv" in folder.names else iter(())
    number, leaf = next(named, (0, ""))
    for at, line in lines_of(folder.file(JOURNAL)):
        while number and number < at:
            number, leaf = next(named, (0, ""))
        if number == at and leaf != (mine := leaf_of(line.rstrip(b"\n")).hex()):
            yield f"{JOURNAL} line {at}", f"was changed: its hash is {mine}, and entries.csv says {shown(leaf)}"


def _leaves_named(path: str) -> Iterator[tuple[int, str]]:
    columns = TABLES["entries.csv"].columns
    for _, line in lines_of(path):
        row = dict(zip(columns, cells_of(line)))
        if row.get("Change") == "1" and re.fullmatch("[0-9]{1,18}", row["Journal_ID"]):
            yield int(row["Journal_ID"]), row.get("Leaf_Hash", "")


def sha256_of(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(2**20), b""):
            digest.update(block)
    return digest.hexdigest()
