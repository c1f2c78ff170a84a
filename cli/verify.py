"""The command `verify`: the book, a checkpoint, a package or a proof beside what was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.key import key_path
from cli.options import Place, Shape, Words, takes
from cli.render import note
from cli.session import Session
from ledger.errors import InputError
from ledger.message import Message, counted, message
from ledger.table import Column, Table

if TYPE_CHECKING:
    from ledger.audit.verification import Trust, Verified
    from ledger.book import Book
    from ledger.signing.key import PublicKey


@dataclass(frozen=True, slots=True)
class Trusting:
    """Whose signatures count; where nobody is named, one's own are known."""

    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="PATH", help=message("A file with the key that must have signed, private or public.")
        ),
    ] = None
    trust: Annotated[
        Words,
        typer.Option(
            "--trust", metavar="VERIFIER,...", help=message("Keys that must have signed, as `key show` has them.")
        ),
    ] = ()


@takes
def verify(
    given: Annotated[
        str | None,
        typer.Argument(
            metavar="[CHECKPOINT|PACKAGE|PROOF]",
            help=message(
                "What was signed: the file of a checkpoint, the folder of a package or of proofs, a .tlog-proof."
            ),
        ),
    ] = None,
    trusting: Trusting = Trusting(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Prove that nothing was rewritten: hash each entry again, and compare with what was signed. Exits 1 if it was."""
    session, trust = Session(place), _trust(trusting)
    found = _book(session, trust) if given is None else _given(Path(given), session, trust)
    columns = [Column("severity", "code"), Column("code", "code"), Column("where"), Column("message")]
    rows = [(problem.severity, problem.code, problem.where, problem.message) for problem in found.problems]
    session.show(Table(columns, rows, notes=_notes(found) if found.holds else ()), shape)
    if not found.holds:
        raise typer.Exit(1)


def _notes(found: Verified) -> list[str]:
    """What holds, for people."""
    signers = [
        message("signed by {signer}, {fingerprint}", signer=each.name, fingerprint=each.fingerprint)
        for each in found.signed_by
    ]
    size, held = found.size, found.held
    if held is not None and not found.signed:
        return [
            message(
                "the book keeps no checkpoint: nothing to compare with; {entries}, root {root}",
                entries=_entries(size),
                root=found.root,
            )
        ]
    notes: list[str] = [*signers, message("verified: {what}, root {root}", what=_what(found), root=found.root)]
    if (after := (held or 0) - found.signed) > 0:
        notes.append(
            counted(
                "no checkpoint covers the last entry yet: aidledger checkpoint",
                "no checkpoint covers the last {count} entries yet: aidledger checkpoint",
                count=after,
            )
        )
    return notes


def _what(found: Verified) -> Message:
    """Which entries were verified."""
    size, held, proven = found.size, found.held, found.proven
    if proven:
        return counted(
            "entry {numbers} of {size}",
            "entries {numbers} of {size}",
            count=len(proven),
            numbers=_numbers(proven),
            size=size,
        )
    if held is None or held == size:
        return _entries(size)
    if by := ", ".join(each.name for each in found.signed_by):
        return message(
            "the first {size} of {held} entries are as {signers} signed them", size=size, held=held, signers=by
        )
    return message("{size} of {held} entries", size=size, held=held)


def _entries(count: int) -> Message:
    return counted("{count} entry", "{count} entries", count=count)


def _numbers(proven: Sequence[int]) -> str:
    """The numbers of entries, as far as a line holds them."""
    named, more = ", ".join(map(str, proven[:_SHOWN])), len(proven) - _SHOWN
    return message("{named} and {count} more", named=named, count=more) if more > 0 else named


_SHOWN = 20


def _trust(trusting: Trusting) -> Trust:
    """The keys that count: those that were named, else one's own, where there is one."""
    from ledger.audit.verification import Trust
    from ledger.signing.key import PublicKey

    named = [*([_public(Path(trusting.key))] if trusting.key else []), *map(PublicKey.read, trusting.trust)]
    if named:
        return Trust(tuple(named), demanded=True)
    own = key_path(None)
    own = own.with_name(f"{own.name}.pub")
    return Trust((_public(own),) if own.exists() else ())


def _public(path: Path) -> PublicKey:
    """The public half of the key in a file, which may hold either."""
    from ledger.signing.key import public_half

    return public_half(path)


def _book(session: Session, trust: Trust) -> Verified:
    with session.book() as book:
        return book.verify(trust)


def _given(path: Path, session: Session, trust: Trust) -> Verified:
    from ledger.audit import presented

    if path.is_dir():
        return _folder(path, session, trust)
    text = presented.read_note(path)
    if path.suffix == presented.PROOF:
        return presented.of_proof(path, trust)
    with session.book() as book:
        return book.verify(trust, text)


def _folder(path: Path, session: Session, trust: Trust) -> Verified:
    from ledger.audit import presented

    if (path / presented.JOURNAL).exists() or (path / presented.HEAD).exists():
        return _package(path, session, trust)
    proofs = sorted(path.glob(f"*{presented.PROOF}"))
    if not proofs:
        raise InputError("{path} is neither a package nor a folder of proofs", path=path)
    found = [presented.of_proof(each, trust) for each in proofs]
    proven = sorted(number for each in found for number in each.proven)
    signers = dict.fromkeys(key for each in found for key in each.signed_by)
    problems = tuple(problem for each in found for problem in each.problems)
    return replace(found[-1], problems=problems, proven=tuple(proven), signed_by=tuple(signers))


def _package(path: Path, session: Session, trust: Trust) -> Verified:
    from ledger.audit import presented
    from ledger.errors import Problem

    found = presented.of_package(path, trust)
    with _at_hand(session) as book:
        if book is None:
            note(message("no book is at hand: the package was checked by itself"))
            return found
        origin = presented.origin_of(path)
        if origin != book.uid:
            what = message(
                "it is of the book {origin}, and {path} is {uid}: only the package was checked",
                origin=origin,
                path=session.shown,
                uid=book.uid,
            )
            more = [Problem("warning", "other-book", str(path), what)]
        else:
            more = book.beside(path)
    return replace(found, problems=(*more, *found.problems))


@contextmanager
def _at_hand(session: Session) -> Iterator[Book | None]:
    """The book that was named, or the user's own where there is one."""
    if session.place.book is None and not Path(session.path).exists():
        yield None
        return
    with session.book() as book:
        yield book
