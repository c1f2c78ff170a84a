"""The auditor's package: a folder that can be checked without this software.

Each of its tables follows from the journal that is in it (and from the rates it names), the journal from the signed
head, and the list of hashes covers every file. All of it is read from one state of the book and written in one order:
the same state, options and key give the same bytes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.audit.checkpoints import Past, refuse_rewritten, where_it_differs
from ledger.audit.tables import every
from ledger.audit.tables.every import Asked
from ledger.errors import InputError, Refusal
from ledger.formats.package import datapackage, readme, sums
from ledger.formats.package.about import About, Reporting, root_text
from ledger.formats.package.files import Files, add_table, add_table_and_copy
from ledger.formats.verifier import assembled
from ledger.period import Period
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.tree import Frontier, Span, consistency_spans, leaf_hash
from ledger.reports.measures import Valuation
from ledger.signing import note, sshsig
from ledger.signing.key import Key
from ledger.store import extract, log
from ledger.store.scope import Scope

JOURNAL, CHECKPOINT, CONSISTENCY, VERIFIER = "journal.jsonl", "checkpoint", "consistency.txt", "verify.py"

Watch = Callable[[str, Iterator[Any]], Iterator[Any]]
"""Who looks on while a file is written: a function of its name and rows that hands on the rows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a package is to be of.

    ``since`` is the note of an earlier checkpoint, as its keeper has it; without a ``key`` nothing is signed.
    """

    period: Period | None = None
    since: str | None = None
    key: Key | None = None
    spreadsheet_safe: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """How amounts are valued in the reporting currency, and the names of the rate sources that were asked for."""

    valuation: Valuation
    rates: tuple[str, ...]


def write(scope: Scope, folder: Path, worth: Worth, wanted: Wanted, *, uid: str, watch: Watch) -> About:
    """Write the package of a whole book into an empty folder, and give what it says of itself.

    Raises :class:`~ledger.errors.Refusal` where the book is not what was signed before, and
    :class:`~ledger.errors.MissingRate` where there is no rate; what was written until then is the caller's to remove.
    """
    earlier = _earlier(wanted, uid)
    files, key = Files(folder), wanted.key
    head, proof = _journal(scope, files, earlier, Past(scope, uid, key), uid=uid, watch=watch)
    refuse_rewritten(scope, head)
    files.add(CHECKPOINT, note.sign(head.text, key) if key else head.text)
    if earlier:
        files.add(CONSISTENCY, consistency_text(earlier, proof), str(wanted.since))
    for name, rows in every.files(scope, Asked(wanted.period, earlier, worth.valuation)):
        (add_table_and_copy if wanted.spreadsheet_safe else add_table)(files, name, watch(name, rows))
    signer = key.public if key else None
    about = About(head, _reporting(worth), wanted.period, earlier, signer, wanted.spreadsheet_safe)
    files.add(datapackage.NAME, datapackage.text(about, files.written))
    files.add(VERIFIER, assembled.text())
    files.add(readme.NAME, readme.text(about, files.written))
    _seal(files, key)
    return about


def consistency_text(earlier: Checkpoint, proof: Sequence[bytes]) -> str:
    """The proof that a journal continues an earlier one: how many entries that had, then the hashes.

    They are in the order of RFC 9162 (2.1.4.1), a line each in Base64; an empty line ends them.
    """
    return "".join(f"{line}\n" for line in (f"old {earlier.size}", *(b64encode(each).decode() for each in proof), ""))


def _earlier(wanted: Wanted, uid: str) -> Checkpoint | None:
    """The earlier checkpoint, if it is one of this book and nobody has forged our own signature of it."""
    if wanted.since is None:
        return None
    known = [wanted.key.public] if wanted.key else []
    found = Checkpoint.read(note.opened(wanted.since, known).text)
    if found.origin != uid:
        raise Refusal(
            "the checkpoint is one of the book {origin}, and this is the book {uid}", origin=found.origin, uid=uid
        )
    if not found.size:
        raise InputError("the checkpoint is one of no entries: there is nothing to prove of it")
    return found


def _journal(
    scope: Scope, files: Files, earlier: Checkpoint | None, past: Past, *, uid: str, watch: Watch
) -> tuple[Checkpoint, list[bytes]]:
    """Write the journal line by line; its head, and the proof that it continues the earlier one."""
    size, _ = extract.last_entry(scope)
    if earlier and earlier.size > size:
        raise Refusal(
            "the checkpoint is one of {size} entries, and the book has {there}: entries are missing, or it"
            " is an older copy of the book",
            size=earlier.size,
            there=size,
            hint="aidledger verify CHECKPOINT",
        )
    ends = {*past.sizes, *([earlier.size] if earlier else [])}
    tree, spans = Frontier(), _Spans(consistency_spans(earlier.size, size) if earlier else ())
    with files.new(JOURNAL) as write:
        for data in watch(JOURNAL, log.sound(scope.connection, scope.book, uid)):
            leaf = leaf_hash(data)
            spans.add(tree.size, leaf)
            tree.add(leaf)
            write(data + b"\n")
            if tree.size in ends:
                found = Checkpoint(uid, tree.size, tree.root())
                past.compare(found)
                _refuse_another(earlier, found, scope)
    past.end(tree.size)
    return Checkpoint(uid, tree.size, tree.root()), spans.hashes()


def _refuse_another(earlier: Checkpoint | None, found: Checkpoint, scope: Scope) -> None:
    if earlier and found.size == earlier.size and found.root != earlier.root:
        raise Refusal(
            "the first {size} entries of the book are not those of the checkpoint: their root is"
            " {root}, and it says {signed}",
            size=earlier.size,
            root=root_text(found),
            signed=root_text(earlier),
            hint=where_it_differs(scope, found),
        )


class _Spans:
    """The hashes of some subtrees that share no leaf, made while the leaves pass by in their order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._trees = {span: Frontier() for span in spans}
        self._ahead = sorted(spans, reverse=True)

    def add(self, index: int, leaf: bytes) -> None:
        """Let one leaf pass by."""
        while self._ahead and index >= self._ahead[-1][1]:
            self._ahead.pop()
        if self._ahead and index >= self._ahead[-1][0]:
            self._trees[self._ahead[-1]].add(leaf)

    def hashes(self) -> list[bytes]:
        """The hash of each, in the order they were asked for."""
        return [tree.root() for tree in self._trees.values()]


def _reporting(worth: Worth) -> Reporting:
    """What is said of the reporting currency. Raises :class:`InputError` where none is named."""
    valuation, converter = worth.valuation, worth.valuation.converter
    if converter is None:
        raise InputError("a package has a reporting currency: name it with --in CUR")
    value_at = valuation.on.isoformat() if valuation.on else "event" if valuation.by_event else "pledge"
    missing = "list" if valuation.list_missing else "refuse"
    return Reporting(converter.target.code, str(converter.policy), worth.rates, value_at, missing)


def _seal(files: Files, key: Key | None) -> None:
    """List every file with its hash, and sign the list."""
    listed = sums.listed(files.hashes())
    files.add(sums.NAME, listed)
    if key:
        files.add(sums.SIGNATURE, sshsig.sign(listed.encode(), key))
        files.add(sums.SIGNERS, sshsig.allowed_signers(key.public))
