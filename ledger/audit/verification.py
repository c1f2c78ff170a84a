"""Verification: the book beside the heads of its log that were signed, its own and those that others hold.

Nothing that the book keeps is believed: each line is hashed again. What is compared are the lines; whether columns,
postings and projections say what the lines do is ``check``'s to find.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.errors import LedgerError, Problem
from ledger.message import Message, counted, message
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
    """What was found wrong, and what is right: the first ``size`` entries, under which root, signed by whom.

    ``proven`` are the numbers of the entries that proofs are of, where not all of the first are shown. Of a book,
    ``held`` is how many entries it has, and ``signed`` how many of them a checkpoint covers.
    """

    problems: tuple[Problem, ...]
    size: int = 0
    root: str = ""
    signed_by: tuple[PublicKey, ...] = ()
    proven: tuple[int, ...] = ()
    held: int | None = None
    signed: int = 0

    @property
    def holds(self) -> bool:
        """Whether no error was found."""
        return all(problem.severity != "error" for problem in self.problems)


def of_book(scope: Scope, uid: str, trust: Trust) -> Verified:
    """Compare every line with the hashes that the book keeps, and with each head that it signed.

    What is said to be right is what the widest of them covers; without any, nothing was compared, and ``signed`` is 0.
    """
    again, unread = _relogged(scope)
    by = {each.number: signature(each.note, f"checkpoint {each.number}", trust) for each in again.signed}
    wrong = (problem for found in by.values() for problem in found.problems)
    problems = (*unread, *_gap(again), *again.problems(uid), *wrong)
    covered = max((each.size for each in again.signed), default=0)
    signers = dict.fromkeys(key for each in again.signed if each.size == covered for key in by[each.number].signed_by)
    size = covered or again.size
    return Verified(problems, size, _root(again, size), tuple(signers), held=again.size, signed=covered)


def of_checkpoint(scope: Scope, uid: str, signed: str, trust: Trust) -> Verified:
    """Compare every line with a head that was signed before, as somebody keeps it.

    Raises :class:`~ledger.errors.InputError` where it is no checkpoint.
    """
    opened = note.opened(signed, ())
    head = Checkpoint.read(opened.text)
    where = f"checkpoint of {head.size} entr{'y' if head.size == 1 else 'ies'}"
    by = signature(signed, where, trust)
    if head.origin != uid:
        what = message("it is of the book {origin}, and this is {uid}", origin=head.origin, uid=uid)
        return Verified((Problem("error", "other-book", where, what), *by.problems))
    again, unread = _relogged(scope, [head.size])
    problems = (*unread, *_gap(again), *again.problems(uid), *_beside(again, head, where), *by.problems)
    covered = max([head.size, *(each.size for each in again.signed)])
    return Verified(problems, head.size, text_of(head.root), by.signed_by, held=again.size, signed=covered)


def _relogged(scope: Scope, sizes: Iterable[int] = ()) -> tuple[Relogged, list[Problem]]:
    """The log made anew, and the lines that are no text."""
    again = Relogged(scope.connection, scope.book, sizes)
    unread = []
    for number, line in log.numbered(scope.connection, scope.book):
        again.add(number, line)
        if not log.is_text(line):
            unread.append(
                Problem("error", "unreadable-line", f"entry {number}", message("its line is no text (UTF-8)"))
            )
    return again, unread


def _root(again: Relogged, size: int) -> str:
    """The root over the first lines, as far as there are so many."""
    return text_of(again.roots[size] if size in again.roots else again.root()) if again.size else ""


def _gap(again: Relogged) -> Iterator[Problem]:
    """The first number that is missing between two."""
    if again.gap is not None:
        yield Problem(
            "error",
            "gap",
            f"entry {again.gap}",
            message("there is no entry {gap}, and there are later ones", gap=again.gap),
        )


def _beside(again: Relogged, head: Checkpoint, where: str) -> Iterator[Problem]:
    """What a head says otherwise than the lines."""
    if head.size > again.last:
        what = counted(
            "there is none, and a checkpoint of {count} entry was signed: what came from here on was taken away",
            "there is none, and a checkpoint of {count} entries was signed: what came from here on was taken away",
            count=head.size,
        )
        yield Problem("error", "shortened", f"entry {again.last + 1}", what)
    elif again.gap is not None and again.gap <= head.size:
        return
    elif again.roots[head.size] != head.root:
        what = message(
            "its root is {signed}, and the first {size} lines make {made}: they are not those that"
            " were signed; aidledger verify PACKAGE names the entry, with a package made then",
            signed=text_of(head.root),
            size=head.size,
            made=text_of(again.roots[head.size]),
        )
        yield Problem("error", "rewritten", where, what)


def signature(signed: str, where: str, trust: Trust) -> Verified:
    """Who signed a note, of those that are trusted, and what is wrong with that."""
    try:
        opened = note.opened(signed, trust.keys)
    except LedgerError as error:
        return Verified((Problem("error", "wrong-signature", where, error.message),))
    if opened.signed_by:
        return Verified((), signed_by=opened.signed_by)
    severity: Literal["error", "warning"] = "error" if trust.demanded else "warning"
    return Verified((Problem(severity, "unknown-signer", where, _unknown(opened.others, demanded=trust.demanded)),))


def _unknown(signers: Sequence[str], *, demanded: bool) -> Message:
    """Whose a signature is that is not known, if there is one."""
    if not signers:
        if demanded:
            return message("it is not signed, and not by the key that was named")
        return message("it is not signed")
    by = ", ".join(signers)
    if demanded:
        return message("it is signed by {signers}, and not by the key that was named", signers=by)
    return message(
        "it is signed by {signers}, which is no key that is known here: name the one you trust with --trust or --key",
        signers=by,
    )


def text_of(root: bytes) -> str:
    """A root as people compare it, in base64."""
    return b64encode(root).decode()
