"""A session: the book, the language and the way of reading figures that one command line asks for."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.countries import naming_countries
from cli.options import Place, Shape
from cli.render import note, show, warn
from cli.typed import file, one_of, whole
from ledger.errors import InputError
from ledger.message import message
from ledger.table import Column, Table

if TYPE_CHECKING:
    from ledger.book import Book, Recorded
    from ledger.locale import Language
    from ledger.money import Commodity, Money
    from ledger.notation import Notation
    from ledger.pledge import Promise


RARELY = (200_000, 20, 100)
"""When garbage is collected: seldom, since the many small values of a report never point at each other in circles."""

_HELD: ContextVar[Book | None] = ContextVar("held", default=None)


@contextmanager
def holding(book: Book) -> Iterator[None]:
    """Have every command until the block ends work on this open book: those of a run."""
    token = _HELD.set(book)
    try:
        yield
    finally:
        _HELD.reset(token)


def refuse_in_run(why: str) -> None:
    """Refuse what cannot be taken back where this command is one of several that are kept together, or not at all."""
    if _HELD.get() is not None:
        raise InputError(why)


@dataclass(frozen=True)
class Session:
    """What one command works with: opened, read and shown as its options say."""

    place: Place

    @cached_property
    def tag(self) -> str:
        """The locale's tag: ``--locale``, else the environment's."""
        from ledger.locale import resolve

        return resolve(self.place.locale, os.environ)

    @cached_property
    def language(self) -> Language:
        """How figures are shown."""
        from ledger.locale import Language

        return Language(self.tag)

    @cached_property
    def notation(self) -> Notation:
        """How figures are read."""
        from ledger.locale import notation

        return notation(self.tag)

    @property
    def path(self) -> str:
        """Where the book is: ``--book``, else ``AIDLEDGER_BOOK``, else in the user's data folder."""
        return self.place.book or str(_default_path())

    @property
    def shown(self) -> str:
        """Where the book is, as it may be printed: never with a password."""
        if "://" not in self.path:
            return self.path
        from ledger.store.place import located

        return str(located(self.path))

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The book, open."""
        from ledger.book import Book

        tag = self.tag  # refused before anything is recorded, not when that is to be shown
        if (held := _HELD.get()) is not None:
            _require_same(held, self.path)
            with naming_countries(tag):
                yield held
            return
        with naming_countries(tag), Book.open(self.path, patience=patience()) as book:
            book.database.settled = too_late
            if not gc.isenabled():  # as cli.main left it: by now everything is loaded
                gc.freeze()
                gc.set_threshold(*RARELY)
                gc.enable()
            yield book

    @contextmanager
    def book_or_none(self) -> Iterator[Book | None]:
        """The book, open, for what needs none: where there is no file, nothing is missing."""
        from ledger.store.place import File, located

        where = located(self.path)
        if isinstance(where, File) and not where.path.exists():
            if self.place.book:
                note(message("there is no book at {path}: only the embedded rates are there", path=self.shown))
            yield None
            return
        with self.book() as book:
            yield book

    def day(self, text: str) -> date:
        """A day as it was typed: ``2025-03-02``, or as the locale writes it."""
        from ledger.locale.days import read_day

        return read_day(text, self.tag)

    def amount(self, text: str, items: Mapping[str, Commodity]) -> Money:
        """An amount as it was typed."""
        from ledger.amount import read

        return read(text, self.notation, items)

    def promise(self, text: str, items: Mapping[str, Commodity], firmness: str | None = None) -> Promise:
        """A promised amount as it was typed, with how firm it is: by the text (``5000+``), or by its option."""
        from ledger.amount import read_promise
        from ledger.pledge import Firmness, Promise

        amount, said = read_promise(text, self.notation, items)
        if said and firmness and said != firmness:
            raise InputError(
                "'{text}' says {meaning}, and --firmness says {firmness}: keep one of the two",
                text=text,
                meaning=said,
                firmness=firmness,
            )
        return Promise(amount, one_of(Firmness, said or firmness or "exact", "--firmness"))

    def show(self, table: Table, shape: Shape, book: Book | None = None) -> None:
        """Print a table in the form asked for; for people with the names of the book's own parties."""
        if shape.format != "table":
            show(table, shape.format, _UNUSED)
        else:
            names = book.party_names() if book else {}
            show(_named(table, names), shape.format, self.language)

    def show_explained(self, table: Table, shape: Shape, book: Book, *, explain: bool) -> None:
        """Print a report, and if it is to be explained its rates.

        For people they stand below it; JSON and CSV are one list, so there they come in its place.
        """
        rates = table.explained() if explain else None
        if explain and rates is None:
            raise InputError("--explain shows the rates of a conversion: add --in CUR, the currency to convert to")
        if not rates or shape.format == "table":
            self.show(table, shape, book)
        if rates:
            if shape.format == "table":
                typer.echo()
            else:
                note(
                    message("these are the rates used and what each of them valued: leave --explain out for the report")
                )
            self.show(rates, shape)

    def show_created(self, recorded: Recorded, ids: Sequence[str], shape: Shape) -> None:
        """Print the ids of what an entry created, for people a line each; and what is to be said about it."""
        self.mention(recorded)
        with _after(recorded):
            if shape.format == "table":
                typer.echo("\n".join(ids))
            else:
                self.show(created(recorded, ids), shape)

    def show_recorded(self, recorded: Recorded, shape: Shape) -> None:
        """Print the postings of an entry, and what is to be said about it."""
        self.mention(recorded)
        with _after(recorded):
            self.show(postings_of(recorded), shape)

    def mention(self, recorded: Recorded) -> None:
        """Say on stderr what is to be said about an entry."""
        if recorded.repeated:
            note(
                message(
                    "origin {origin} is entry {number} already: nothing was recorded",
                    origin=recorded.entry.origin,
                    number=recorded.entry.number,
                )
            )
        for problem in recorded.problems:
            warn(message("{where}: {problem}", where=problem.where, problem=problem.message))


@contextmanager
def _after(recorded: Recorded) -> Iterator[None]:
    """Print what was recorded; where that cannot be done, say that it was recorded, lest it be recorded again."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        reason = message(
            "{reason}; entry {number} is recorded all the same", reason=error.strerror, number=recorded.entry.number
        )
        raise OSError(error.errno, reason) from error


def _require_same(held: Book, place: str) -> None:
    """Refuse a line of a run that is about another book."""
    from ledger.store.place import File, located

    where = located(place)
    if not (held.database.is_at(where.path) if isinstance(where, File) else where == held.database.place):
        raise InputError(
            "--book {path}: the commands of a run are about one book, {held}", path=where, held=held.database.place
        )


def _named(table: Table, names: Mapping[str, str]) -> Table:
    """The table with the names of registered parties in place of their codes: countries are the locale's to name."""
    places = {place for place, column in enumerate(table.columns) if column.kind == "party"}
    rows = [
        [names.get(cell, cell) if k in places and isinstance(cell, str) else cell for k, cell in enumerate(row)]
        for row in table.rows
    ]
    return replace(table, rows=rows)


def patience() -> int:
    """Seconds to wait for a book that another process holds: ``AIDLEDGER_PATIENCE``, else the ledger's own."""
    from ledger.store.database import PATIENCE

    asked = os.environ.get("AIDLEDGER_PATIENCE")
    return whole(asked, "AIDLEDGER_PATIENCE") if asked else PATIENCE


def too_late() -> None:
    """Hear no interrupt any more: what was asked is written, and the command says so and ends."""
    with suppress(ValueError):  # not in the main thread, which alone hears any
        signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Unlocalised:
    """No language at all: JSON and CSV never ask for one."""

    def money(self, money: Money, /) -> str:
        return str(money)

    def party(self, code: str, fallback: str, /) -> str:
        return fallback or code

    def day(self, day: date, /) -> str:
        return day.isoformat()

    def number(self, number: int, /) -> str:
        return str(number)

    def decimal(self, text: str, /) -> str:
        return text


_UNUSED = _Unlocalised()


def _default_path() -> Path:
    """The book in the user's data folder (XDG base directories)."""
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return file(home) / "aidledger" / "book.sqlite"


def postings_of(recorded: Recorded) -> Table:
    """An entry's postings, a row each; one row without an account where it has none."""
    from ledger.money import Money

    entry = recorded.entry
    kinds = (("entry", "code"), ("line", "code"), ("on", "date"), ("kind", "code"), ("pledge", "code"))
    more = (("stage", "code"), ("commodity", "code"), ("debit", "money"), ("credit", "money"))
    rows = [
        (
            entry.number,
            line,
            entry.on,
            entry.kind,
            posting.pledge,
            str(posting.stage),
            posting.amount.commodity.code,
            posting.amount if posting.amount.units > 0 else None,
            Money(-posting.amount.units, posting.amount.commodity) if posting.amount.units < 0 else None,
        )
        for line, posting in enumerate(entry.postings, 1)
    ]
    bare = [(entry.number, None, entry.on, entry.kind, entry.pledge, None, None, None, None)]
    return Table([Column(name, kind) for name, kind in (*kinds, *more)], rows or bare)  # type: ignore[arg-type] # kinds


def created(recorded: Recorded, ids: Sequence[str]) -> Table:
    """What an entry created, a row each; ``outcome`` is ``repeated`` where its origin was there already."""
    entry, outcome = recorded.entry, "repeated" if recorded.repeated else "recorded"
    columns = [Column("id", "code"), Column("entry"), Column("on", "date"), *map(_code, ("kind", "outcome"))]
    return Table(columns, [(each, entry.number, entry.on, entry.kind, outcome) for each in ids])


def _code(name: str) -> Column:
    return Column(name, "code")
