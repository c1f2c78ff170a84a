"""Edits of a package, as somebody makes them who has the folder and an editor, and perhaps a key of their own."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ledger.formats.package import sums
from ledger.formats.verifier import assembled
from ledger.proof.checkpoint import Checkpoint
from ledger.signing import note, sshsig
from ledger.signing.key import Key, PublicKey
from tests.commandline import book, done, settings_for
from tests.everything import filled
from tests.package_folder import packed
from tests.places import copied

Edit = Callable[[bytes], bytes]
"""What becomes of the bytes of a file."""


def edited(path: Path, edit: Edit) -> None:
    """Change a file, which must be another one afterwards."""
    before = path.read_bytes()
    after = edit(before)
    assert after != before, path
    path.write_bytes(after)


def one_digit(data: bytes) -> bytes:
    """The last digit of a file made another one; in a file without any, its last letter."""
    digits = [place for place, byte in enumerate(data) if byte in b"0123456789"]
    at = (digits or [place for place, byte in enumerate(data) if chr(byte).isalpha()])[-1]
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def without(line: int) -> Edit:
    """A file without one of its lines, counted from 1."""
    return lambda data: b"".join(each for at, each in enumerate(data.splitlines(keepends=True), 1) if at != line)


def swapped(line: int) -> Edit:
    """A file in which a line changed places with the one after it."""

    def edit(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        lines[line - 1 : line + 1] = reversed(lines[line - 1 : line + 1])
        return b"".join(lines)

    return edit


def twice(line: int) -> Edit:
    """A file with one of its lines a second time."""

    def edit(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join([*lines[:line], *lines[line - 1 :]])

    return edit


def cell(line: int, column: str, value: str) -> Edit:
    """A CSV in which one cell of a line says something else."""

    def edit(data: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
        rows[line - 1][rows[0].index(column)] = value
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()

    return edit


def said(**changes: Any) -> Edit:
    """A descriptor that says something else of what the package is of."""

    def edit(data: bytes) -> bytes:
        found = json.loads(data)
        found["aidledger"] |= changes
        return (json.dumps(found, indent=2, ensure_ascii=False) + "\n").encode()

    return edit


def replaced(old: str, new: str) -> Edit:
    """A file in which the first of these words are others."""
    return lambda data: data.replace(old.encode(), new.encode(), 1)


def appended(folder: Path, number: int, **changes: Any) -> str:
    """Append an entry as only the program could write it, like that of ``number`` but for these: its place."""
    lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(lines[number - 1]) | {"origin": None, "recorded_at": json.loads(lines[-1])["recorded_at"]}
    entry |= {"number": len(lines) + 1, **changes}
    line = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    edited(folder / "journal.jsonl", lambda data: data + f"{line}\n".encode())
    return f"journal.jsonl line {len(lines) + 1}"


def entry_where(folder: Path, fits: Callable[[Any], bool]) -> Any:
    """The first entry of the journal of this sort."""
    lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return next(entry for entry in map(json.loads, lines) if fits(entry))


def hashed_anew(folder: Path) -> None:
    """Bring the hashes in the descriptor and in the list up to date, as a careful forger does."""
    descriptor = folder / "datapackage.json"
    found = json.loads(descriptor.read_text(encoding="utf-8"))
    for resource in found["resources"]:
        data = (folder / resource["path"]).read_bytes() if (folder / resource["path"]).exists() else b""
        resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    descriptor.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="")
    listed_anew(folder)


def listed_anew(folder: Path) -> None:
    """Bring the list of hashes up to date."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in sums.UNLISTED}
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    (folder / sums.NAME).write_text(sums.listed(listed), encoding="utf-8", newline="")


def unsigned(folder: Path) -> None:
    """Take every trace of a signature away, and bring the hashes up to date."""
    for name in (sums.SIGNATURE, sums.SIGNERS):
        (folder / name).unlink()
    edited(folder / "checkpoint", lambda data: data.partition(b"\n\n")[0] + b"\n")
    edited(folder / "datapackage.json", said(signed_by=None))
    listed_anew(folder)


def signed_by(folder: Path, key: Key) -> None:
    """Sign a package anew in the name of another key."""
    text = note.opened((folder / "checkpoint").read_text(encoding="utf-8"), ()).text
    (folder / "checkpoint").write_text(note.sign(text, key), encoding="utf-8", newline="")
    edited(
        folder / "datapackage.json",
        said(signed_by={"name": key.public.name, "fingerprint": key.public.fingerprint}),
    )
    listed_anew(folder)
    listed = (folder / sums.NAME).read_bytes()
    (folder / sums.SIGNATURE).write_text(sshsig.sign(listed, key), encoding="utf-8", newline="")
    (folder / sums.SIGNERS).write_text(sshsig.allowed_signers(key.public), encoding="utf-8", newline="")


def head(folder: Path) -> Checkpoint:
    """The head that the checkpoint of a package names."""
    return Checkpoint.read(note.opened((folder / "checkpoint").read_text(encoding="utf-8"), ()).text)


def signer(folder: Path) -> PublicKey:
    """The key that a package says it is signed by."""
    return PublicKey.read((folder / sums.SIGNERS).read_text(encoding="utf-8"))


def seal(empty_book: Path, folder: Path) -> Path:
    """A signed package of a book in which everything has happened, which continues an earlier checkpoint.

    Beside it are the key and that checkpoint; since then two people have recorded something late.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        monkeypatch.setenv("AIDLEDGER_KEY", str(folder / "key"))
        copied(filled(empty_book, folder), book())
        done("key create ada")
        (folder / "earlier").write_text(done("checkpoint"), encoding="utf-8", newline="")
        for user in ("eve", "zoë"):
            monkeypatch.setenv("AIDLEDGER_USER", user)
            cited = f'--title "=1+1, \'{user}\'" --cite https://example.org/{user} --quote "-{ord(user[0])}"'
            done(f'pledge add GB "10 GBP" --on 2025-02-11 --purpose other --instrument grant {cited}')
        return packed("package", "--since", "earlier", "--spreadsheet-safe").resolve()


@cache
def verifier() -> ModuleType:
    """The text of ``verify.py`` as a module."""
    module = ModuleType("verify")
    module.__file__ = "verify.py"
    exec(compile(assembled.text(), "verify.py", "exec"), vars(module))  # noqa: S102 - it is what is tested
    return module


def verified(path: Path, *options: str) -> tuple[int, str]:
    """How ``verify.py`` ends on a package or a proof, and what it prints."""
    printed, said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=""), io.StringIO()
    with redirect_stdout(printed), redirect_stderr(said):
        code = verifier().main([str(path), *options])
    assert not said.getvalue()
    printed.seek(0)
    return code, printed.read()


def failures(path: Path, *options: str) -> list[str]:
    """The lines by which ``verify.py`` says that a package or a proof does not hold, without their first word."""
    code, printed = verified(path, *options)
    assert code == 1, printed
    assert "signed by    " not in printed
    return re.findall(r"^FAILED (.+)$", printed, re.MULTILINE)


def places(path: Path, *options: str) -> list[str]:
    """The places that those lines name."""
    return [line.split(": ")[0] for line in failures(path, *options)]


def in_file(name: str, found: list[str]) -> bool:
    """Whether one of these places is in this file."""
    return any(name in {each.strip("'").split(" ")[0] for each in place.split(", ")} for place in found)
