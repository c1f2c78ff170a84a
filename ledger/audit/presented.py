"""Presented: packages and proofs as somebody holds them, checked by themselves and beside the book."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ledger.audit.verification import Trust, Verified, signature, text_of
from ledger.errors import InputError, LedgerError, Problem
from ledger.message import Message, message
from ledger.proof import leaf
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.inclusion import Inclusion
from ledger.proof.tree import leaf_hash, root_from_inclusion
from ledger.signing import note
from ledger.store import log
from ledger.store.scope import Scope

JOURNAL, HEAD = "journal.jsonl", "checkpoint"
PROOF, LINE = ".tlog-proof", ".json"
LONGEST_NOTE = 2**20
"""How many bytes of a checkpoint or of a proof are read: a thousand times what one has."""

_SHOWN = 80


def read_note(path: Path) -> str:
    """The text of a checkpoint or a proof. Raises :class:`InputError` for what cannot be read, or cannot be one."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_NOTE + 1)
    except OSError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.strerror) from error
    if len(data) > LONGEST_NOTE:
        raise InputError("{path} is no checkpoint: it is too large", path=path)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InputError("{path} is no checkpoint: it is not UTF-8", path=path) from None


def of_package(folder: Path, trust: Trust) -> Verified:
    """Check a package by itself, as its own ``verify.py`` does, and whose signature it has."""
    from ledger.formats.verifier.main import problems  # noqa: PLC0415 - large, and only packages pay

    found = [Problem("error", "package", place, what) for place, what in problems(str(folder))]
    try:
        signed = read_note(folder / HEAD)
        head = Checkpoint.read(note.opened(signed, ()).text)
    except LedgerError as error:
        broken = [] if found else [Problem("error", "package", HEAD, error.message)]
        return Verified((*found, *broken))
    by = signature(signed, HEAD, trust)
    return Verified((*found, *by.problems), head.size, text_of(head.root), by.signed_by)


def origin_of(folder: Path) -> str | None:
    """The book that a package says it is of, None where it does not say so in a way that can be read."""
    try:
        return Checkpoint.read(note.opened(read_note(folder / HEAD), ()).text).origin
    except LedgerError:
        return None


def beside_book(scope: Scope, folder: Path) -> Iterator[Problem]:
    """The first entry of a package's journal that the book has otherwise, or has not."""
    with (folder / JOURNAL).open("rb") as file:
        ours = log.numbered(scope.connection, scope.book)
        for number, (raw, held) in enumerate(zip_longest(file, ours), 1):
            if raw is None:
                return
            theirs = raw.rstrip(b"\n")
            if held is None:
                what = message("the package has it, and the book ends before it")
                yield Problem("error", "shortened", f"entry {number}", what)
                return
            if held[0] != number:
                yield Problem(
                    "error", "gap", f"entry {number}", message("the package has it, and the book has only later ones")
                )
                return
            if theirs != held[1]:
                yield Problem("error", "differs", f"entry {number}", _difference(theirs, held[1]))
                return


def _difference(was: bytes, now: bytes) -> Message:
    """What is the first thing that two lines say differently."""
    try:
        before, after = json.loads(was), json.loads(now)
    except ValueError:
        return message("one of its two lines, in the package and in the book, cannot be read")
    found = _first_difference(before, after, "")
    if found is None:
        return message("the package and the book write the same in different bytes")
    name, old, new = found[0], _shown(found[1]), _shown(found[2])
    if not name:
        return message("the line was {old} in the package, is {new} in the book", old=old, new=new)
    return message("{name} was {old} in the package, is {new} in the book", name=name, old=old, new=new)


def _first_difference(was: Any, now: Any, name: str) -> tuple[str, object, object] | None:  # noqa: ANN401 - any JSON
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            inner = f"{name}.{key}" if name else key
            if found := _first_difference(was.get(key), now.get(key), inner):
                return found
        return None
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (old, new) in enumerate(zip(was, now, strict=True), 1):
            if found := _first_difference(old, new, f"{name}.{place}"):
                return found
        return None
    return None if was == now else (name, was, now)


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def of_proof(path: Path, trust: Trust) -> Verified:
    """Check that the entry beside a proof is in the log whose head the proof holds.

    Raises :class:`InputError` where one of the two cannot be read, or it is no proof.
    """
    found = Inclusion.read(read_note(path))
    head = Checkpoint.read(note.opened(found.checkpoint, ()).text)
    line = _line_beside(path)
    by = signature(found.checkpoint, path.name, trust)
    problems = [*_included(found, head, line, path), *by.problems]
    return Verified(tuple(problems), head.size, text_of(head.root), by.signed_by, proven=(found.index + 1,))


def _line_beside(path: Path) -> bytes:
    beside = path.with_suffix(LINE)
    try:
        return beside.read_bytes()
    except OSError as error:
        raise InputError(
            "{beside}, the entry that is proven, cannot be read: {reason}", beside=beside, reason=error.strerror
        ) from error


def _included(found: Inclusion, head: Checkpoint, line: bytes, path: Path) -> Iterator[Problem]:
    where = path.with_suffix(LINE).name
    try:
        root = root_from_inclusion(leaf_hash(line), found.index, head.size, found.path)
    except LedgerError as error:
        yield Problem("error", "proof", path.name, error.message)
        return
    if root != head.root:
        what = message("it is not entry {index} of the log: its line, or the proof, was altered", index=found.index + 1)
        yield Problem("error", "proof", where, what)
        return
    try:
        entry = leaf.read(line.decode())
    except (LedgerError, UnicodeDecodeError):
        yield Problem("error", "proof", where, message("it is in the log, and it is no entry"))
        return
    if (entry.book, entry.number) != (head.origin, found.index + 1):
        what = message(
            "it says that it is entry {number} of {book}, and it is {index} of {origin}",
            number=entry.number,
            book=entry.book,
            index=found.index + 1,
            origin=head.origin,
        )
        yield Problem("error", "proof", where, what)
