"""Proving: that entries are in the log, without showing the others (RFC 9162, 2.1.3; C2SP tlog-proof)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from ledger.audit.checkpoints import refuse_another_past
from ledger.errors import LedgerError, Refusal
from ledger.message import Message, message
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.inclusion import Inclusion
from ledger.proof.tree import inclusion_spans, leaf_hash, root_from_inclusion
from ledger.signing import note
from ledger.signing.key import Key
from ledger.store import log
from ledger.store.scope import Scope
from ledger.store.view import View


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry's line, exactly as it is hashed, and the text that proves that the log has it."""

    number: int
    line: bytes
    proof: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """The entries that touch a pledge, each proven against one signed head."""

    head: Checkpoint
    entries: tuple[Proven, ...]


def prove(scope: Scope, uid: str, pledge: str, key: Key) -> Proofs:
    """Prove each entry that touches a pledge against the head of all entries, signed now. Nothing is kept.

    Raises :class:`~ledger.errors.UnknownRecord` where there is no such pledge, :class:`Refusal` where a line is not
    the one whose hash the log keeps, or the log is not what was signed last.
    """
    View(scope.connection, scope.book, date.min).pledge(pledge)
    lines = log.touching(scope.connection, scope.book, pledge)
    tree = log.Log(scope.connection, scope.book, uid)
    refuse_another_past(tree, key)
    head = Checkpoint(uid, tree.size, tree.root())
    return Proofs(head, tuple(_proven(tree, head, note.sign(head.text, key), lines)))


def _proven(tree: log.Log, head: Checkpoint, signed: str, lines: Iterable[tuple[int, bytes]]) -> Iterator[Proven]:
    for number, line in lines:
        path = tuple(tree.span_hash(span) for span in inclusion_spans(number - 1, head.size))
        if root_from_inclusion(leaf_hash(line), number - 1, head.size, path) != head.root:
            raise Refusal(
                "entry {number} is not the one whose hash the log keeps: nothing was proven",
                number=number,
                hint="aidledger verify",
            )
        yield Proven(number, line, Inclusion(number - 1, path, signed).text)


_LONGEST = 120
"""How many characters of a file's name a pledge may take."""


def safe_name(pledge: str) -> str:
    """An id as part of a file's name, on every system, and no other id's.

    >>> safe_name("GB-2025-0001"), safe_name("../etc")
    ('GB-2025-0001', '%2E.%2Fetc')
    """
    name = quote(pledge, safe="").replace("~", "%7E")
    name = f"%2E{name[1:]}" if name.startswith(".") else name
    digest = hashlib.sha256(pledge.encode()).hexdigest()
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 65]}~{digest}"


def entry_name(name: str, number: int) -> str:
    """The name of the files of one entry, without their endings."""
    return f"{name}-{number}"


def in_the_way(folder: Path, pledge: str) -> Message | None:
    """Why a folder that is there has to stay, as the rest of a sentence.

    None where it is empty, or holds whole proofs of this pledge only.
    """
    if folder.is_symlink() or not folder.is_dir():
        return message("is there already, and is no folder")
    names = sorted(each.name for each in folder.iterdir())
    proven = re.compile(rf"({re.escape(pledge)}-\d+)\.(?:json|tlog-proof)")
    entries = {found[1] for name in names if (found := proven.fullmatch(name))}
    others = [name for name in names if not proven.fullmatch(name)]
    if strange := [name for name in others if name not in _BESIDE] or (others if not entries else []):
        return message("holds {file}, which is no proof of this pledge", file=strange[0])
    changed = [entry for entry in sorted(entries) if not _whole(folder / f"{entry}.tlog-proof")]
    return message("holds {file}, which is no whole proof", file=changed[0]) if changed else None


_BESIDE = ("allowed_signers", "verify.py")


def _whole(path: Path) -> bool:
    """Whether a proof and the entry beside it are as they were written."""
    try:
        found = Inclusion.read(path.read_text(encoding="utf-8"))
        head = Checkpoint.read(note.opened(found.checkpoint, ()).text)
        leaf = leaf_hash(path.with_suffix(".json").read_bytes())
        return root_from_inclusion(leaf, found.index, head.size, found.path) == head.root
    except (LedgerError, OSError, UnicodeDecodeError):
        return False
