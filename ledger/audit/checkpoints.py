"""Checkpoints: the head of a book's log, signed, printed and kept."""

from __future__ import annotations

from base64 import b64encode

from ledger.errors import Refusal
from ledger.proof.checkpoint import Checkpoint
from ledger.signing import note
from ledger.signing.key import Key
from ledger.store import log
from ledger.store.scope import Scope


def sign(scope: Scope, uid: str, key: Key) -> str:
    """Sign the head of all entries, and keep it with the hashes of what is new; the signed note (C2SP tlog-checkpoint).

    The connection holds the write lock. The same head signed again is the same text, and is kept once.
    Raises :class:`Refusal` where the kept hashes are no longer those that were signed last.
    """
    connection, book = scope.connection, scope.book
    log.extend(connection, book)
    _refuse_another_past(scope)
    found = log.head(connection, book, uid)
    signed = note.sign(found.text, key)
    log.keep(connection, book, found, signed)
    return signed


def refuse_rewritten(scope: Scope, head: Checkpoint) -> None:
    """Refuse a head, made from the lines as they are, that is not the one that the kept hashes lead to.

    Only what is newer than the kept rows is read. Raises :class:`Refusal`.
    """
    kept = log.Log(scope.connection, scope.book)
    if kept.kept and kept.root(head.size) != head.root:
        raise Refusal(
            f"the first {head.size} lines are not those whose hashes the log keeps: nothing was signed or written",
            hint="aidledger verify",
        )


def _refuse_another_past(scope: Scope) -> None:
    last = log.last_checkpoint(scope.connection, scope.book)
    if last is None:
        return
    kept = log.Log(scope.connection, scope.book)
    if last.size > kept.size or b64encode(kept.root(last.size)).decode() != last.root:
        raise Refusal(
            f"the log is not what checkpoint {last.number}, of {last.size} entries, was signed of: nothing was signed",
            hint="aidledger verify",
        )
