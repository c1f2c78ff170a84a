"""Verification: the book beside the heads of its log that were signed, its own and those that others hold.

Nothing that the book keeps is believed: each line is hashed again. What is compared are the lines; whether columns,
postings and projections say what the lines do is ``check``'s to find.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.errors import LedgerError, Problem
from ledger.proof.checkpoint import Checkpoint
from ledger.signing import note
from ledger.signing.key import PublicKey
from ledger.store import log
from ledger.store.checks.log import Relogged
from ledger.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys whose signatures count. Where they were named, ``demanded``, no other is enough."""

    keys: tuple[PublicKey, ...] = ()
    demanded: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found wrong, and what is right: how many entries, under which root, signed by whom."""

    problems: tuple[Problem, ...]
    size: int = 0
    root: str = ""
    signed_by: tuple[PublicKey, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no error was found."""
        return all(problem.severity != "error" for problem in self.problems)


def of_book(scope: Scope, uid: str, trust: Trust) -> Verified:
    """Compare every line with the hashes that the book keeps, and with each head that it signed."""
    again = _relogged(scope)
    signatures = [signature(each.note, f"checkpoint {each.number}", trust) for each in again.signed]
    problems = [
        *_gap(again),
        *again.problems(uid),
        *(problem for found in signatures for problem in found.problems),
    ]
    signers = dict.fromkeys(key for found in signatures for key in found.signed_by)
    return Verified(tuple(problems), again.size, text_of(again.root()) if again.size else "", tuple(signers))


def of_checkpoint(scope: Scope, uid: str, signed: str, trust: Trust) -> Verified:
    """Compare every line with a head that was signed before, as somebody keeps it.

    Raises :class:`~ledger.errors.InputError` where it is no checkpoint.
    """
    opened = note.opened(signed, ())
    head = Checkpoint.read(opened.text)
    where = f"checkpoint of {head.size} entr{'y' if head.size == 1 else 'ies'}"
    by = signature(signed, where, trust)
    if head.origin != uid:
        message = f"it is of the book {head.origin}, and this is {uid}"
        return Verified((Problem("error", "other-book", where, message), *by.problems))
    again = _relogged(scope, [head.size])
    problems = [*_gap(again), *again.problems(uid), *_beside(again, head, where), *by.problems]
    return Verified(tuple(problems), head.size, text_of(head.root), by.signed_by)


def _relogged(scope: Scope, sizes: Iterable[int] = ()) -> Relogged:
    again = Relogged(scope.connection, scope.book, sizes)
    for number, line in log.numbered(scope.connection, scope.book):
        again.add(number, line)
    return again


def _gap(again: Relogged) -> Iterator[Problem]:
    """The first number that is missing between two."""
    if again.gap is not None:
        yield Problem("error", "gap", f"entry {again.gap}", f"there is no entry {again.gap}, and there are later ones")


def _beside(again: Relogged, head: Checkpoint, where: str) -> Iterator[Problem]:
    """What a head says otherwise than the lines."""
    if head.size > again.size:
        message = f"there is none, and a {where} was signed: what came from here on was taken away"
        yield Problem("error", "shortened", f"entry {again.size + 1}", message)
    elif again.roots[head.size] != head.root:
        message = (
            f"its root is {text_of(head.root)}, and the first {head.size} lines make {text_of(again.roots[head.size])}:"
            " they are not those that were signed; aidledger verify PACKAGE names the entry, with a package made then"
        )
        yield Problem("error", "rewritten", where, message)


def signature(signed: str, where: str, trust: Trust) -> Verified:
    """Who signed a note, of those that are trusted, and what is wrong with that."""
    try:
        opened = note.opened(signed, trust.keys)
    except LedgerError as error:
        return Verified((Problem("error", "wrong-signature", where, error.message),))
    if opened.signed_by:
        return Verified((), signed_by=opened.signed_by)
    by = f"it is signed by {', '.join(opened.others)}" if opened.others else "it is not signed"
    if trust.demanded:
        return Verified((Problem("error", "unknown-signer", where, f"{by}, and not by the key that was named"),))
    message = f"{by}, which is no key that is known here: name the one you trust with --trust or --key"
    return Verified((Problem("warning", "unknown-signer", where, message if opened.others else by),))


def text_of(root: bytes) -> str:
    """A root as people compare it, in base64."""
    return b64encode(root).decode()
