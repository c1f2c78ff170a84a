"""Checkpoints: the head of a book's log, signed, printed and kept."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.errors import LedgerError, Refusal
from ledger.message import Message, message
from ledger.proof.checkpoint import Checkpoint, hash_text
from ledger.signing import note
from ledger.signing.key import Key
from ledger.store import log
from ledger.store.scope import Scope


def sign(scope: Scope, uid: str, key: Key) -> str:
    """Sign the head of all entries, and keep it with the hashes of what is new; the signed note (C2SP tlog-checkpoint).

    The connection holds the write lock. The same head signed again is the same text, and is kept once. What was signed
    before is not read again. Raises :class:`Refusal` where the kept hashes are no longer those that were signed last,
    and where what is new is not whole.
    """
    connection, book = scope.connection, scope.book
    refuse_another_past(log.Log(connection, book, uid), key)
    log.extend(connection, book, uid)
    found = log.head(connection, book, uid)
    signed = note.sign(found.text, key)
    log.keep(connection, book, found, signed)
    return signed


def refuse_another_past(tree: log.Log, key: Key) -> None:
    """Refuse a log whose kept hashes are not those of the head that was kept last, or whose head was forged."""
    last = log.last_checkpoint(tree.connection, tree.book)
    if last is None:
        if tree.kept:
            raise Refusal(
                "the log keeps the hashes of {kept} entries, and no checkpoint: they were taken away; nothing"
                " was signed",
                kept=tree.kept,
                hint="aidledger check",
            )
        return
    head = _head(last, tree.uid, key)
    if last.size > tree.size or tree.root(last.size) != head.root:
        raise Refusal(
            "the log is not what checkpoint {number}, of {size} entries, was signed of: nothing was signed",
            number=last.number,
            size=last.size,
            hint="aidledger verify",
        )


class Past:
    """Every head that a book keeps, to compare while its lines pass by in their order.

    Raises :class:`Refusal` where one of them was altered, or is not what ``key`` signed.
    """

    def __init__(self, scope: Scope, uid: str, key: Key | None) -> None:
        self._scope = scope
        self._heads: dict[int, list[tuple[int, Checkpoint]]] = {}
        for each in log.checkpoints(scope.connection, scope.book):
            self._heads.setdefault(each.size, []).append((each.number, _head(each, uid, key)))

    @property
    def sizes(self) -> Iterable[int]:
        """Of how many entries the heads are."""
        return self._heads.keys()

    def compare(self, found: Checkpoint) -> None:
        """Refuse the lines whose head this is, where one of their number was signed otherwise."""
        for number, head in self._heads.get(found.size, ()):
            if head != found:
                raise Refusal(
                    "the first {size} lines are not those of checkpoint {number}: their root is {root}, and it"
                    " says {signed}; nothing was written",
                    size=found.size,
                    number=number,
                    root=hash_text(found.root),
                    signed=hash_text(head.root),
                    hint=where_it_differs(self._scope, found),
                )

    def end(self, size: int) -> None:
        """Refuse a journal that ends before what was signed does."""
        for signed in sorted(self._heads):
            if signed > size:
                raise Refusal(
                    "the book has {size} entries, and checkpoint {number} was signed of {signed}: the last were taken"
                    " away; nothing was written",
                    size=size,
                    number=self._heads[signed][0][0],
                    signed=signed,
                    hint="aidledger verify",
                )


def where_it_differs(scope: Scope, found: Checkpoint) -> Message:
    """What to type that names the entry whose line is not what it was.

    ``found`` is a head of the lines as they are. Kept hashes that lead to it were rewritten with them: they
    tell nothing.
    """
    kept = log.Log(scope.connection, scope.book, found.origin)
    if found.size > kept.kept or kept.root(found.size) == found.root:
        return message("aidledger verify PACKAGE names the entry, with a package made before")
    return message("aidledger verify names the entry")


def refuse_rewritten(scope: Scope, found: Checkpoint) -> None:
    """Refuse a head, made from the lines as they are, that is not the one that the kept hashes lead to.

    Only what is newer than the kept rows is read. Raises :class:`Refusal`.
    """
    kept = log.Log(scope.connection, scope.book, found.origin)
    if kept.kept and kept.root(found.size) != found.root:
        raise Refusal(
            "the first {size} lines are not those whose hashes the log keeps: nothing was signed or written",
            size=found.size,
            hint=message("aidledger verify names the entry"),
        )


def _head(kept: log.Kept, uid: str, key: Key | None) -> Checkpoint:
    """The head that a kept note is of. Raises :class:`Refusal` for one that was altered, or not signed by its key."""
    try:
        opened = note.opened(kept.note, [key.public] if key else [])
        head = Checkpoint.read(opened.text)
    except LedgerError as error:
        raise _altered(kept, error.message) from error
    if head.origin != uid:
        why = message("it is of the book {origin}, and this is {uid}", origin=head.origin, uid=uid)
        raise _altered(kept, why)
    if (head.size, hash_text(head.root)) != (kept.size, kept.root):
        raise _altered(kept, message("its text is not what its columns say"))
    return head


def _altered(kept: log.Kept, why: str) -> Refusal:
    what = message(
        "checkpoint {number} was altered: {reason}; nothing was signed or written", number=kept.number, reason=why
    )
    return Refusal(what, hint="aidledger verify")
