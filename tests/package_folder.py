"""The words that tests of the auditor's package share: a book to make one of, and what is in the folder."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from tests import places
from tests.commandline import Answer, typed

TABLES = (
    "chart_of_accounts.csv",
    "citations.csv",
    "control_totals.csv",
    "entries.csv",
    "fx_rates.csv",
    "gl_detail.csv",
    "items_balance.csv",
    "items_detail.csv",
    "late_entries.csv",
    "pledges.csv",
    "source_listing.csv",
    "trial_balance.csv",
    "user_listing.csv",
)
OTHERS = ("README.txt", "SHA256SUMS", "checkpoint", "datapackage.json", "journal.jsonl", "verify.py")
SIGNED = ("SHA256SUMS.sig", "allowed_signers")


def packed(folder: str = "package", *words: str) -> Path:
    """A package of the book that commands are about, where nothing hinders it."""
    answer = typed("export audit --out", folder, *words)
    assert answer.code == 0, answer
    assert answer.printed == f"{folder}\n"
    return Path(folder)


def refused_packing(*words: str) -> Answer:
    """How `export audit` ends that is refused, with nothing left of it."""
    before = {path: path.lstat().st_ino for path in Path().rglob("*")}
    answer = typed("export audit", *words)
    assert answer.code in {1, 2}, answer
    assert answer.printed == ""
    assert {path: path.lstat().st_ino for path in Path().rglob("*")} == before
    return answer


def names(folder: Path) -> list[str]:
    """The files of a package."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a package, and what is in them."""
    return {name: (folder / name).read_bytes() for name in names(folder)}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one of its tables."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def descriptor(folder: Path) -> Any:
    """What ``datapackage.json`` says."""
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def lines_of(book: Path) -> list[str]:
    """The canonical lines that a book holds, by plain SQL."""
    with places.sql(book) as tables:
        return [line for (line,) in tables.execute("SELECT line FROM entry ORDER BY number")]


def root_of(lines: list[str]) -> str:
    """The root over some lines, in Base64: MTH as RFC 9162 (2.1.1) defines it, written down."""

    def mth(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        split = 1
        while 2 * split < len(leaves):
            split *= 2
        return hashlib.sha256(b"\1" + mth(leaves[:split]) + mth(leaves[split:])).digest()

    return base64.b64encode(mth([line.encode() for line in lines])).decode()
