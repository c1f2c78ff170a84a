"""The book: the thing one opens. Each public method is one step, or one look, in one transaction."""

from __future__ import annotations

import getpass
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ledger.closing import UNDATED, refuse_closed
from ledger.errors import InputError, Problem
from ledger.exchange import DEFAULT, Exchange, Imported, Worth, converter, import_rates, update_rates
from ledger.formats.rates.gather import RateFile
from ledger.inquiry.assurance import Assurance
from ledger.inquiry.handover import Handover
from ledger.inquiry.opened import now
from ledger.inquiry.registers import Registers
from ledger.inquiry.reports import Reports
from ledger.journal import Entry, refuse_controls
from ledger.money import Money
from ledger.rate import Conversion, RateSource
from ledger.recognition.opening import opening
from ledger.recognition.recognise import recognise
from ledger.recognition.steps import Step
from ledger.reports.rates import rate_list
from ledger.selection import EVERYTHING
from ledger.store import listing, schema
from ledger.store.append import append, books, find_book, open_book
from ledger.store.database import PATIENCE, Connection, made, opened
from ledger.store.origins import recorded_before
from ledger.store.place import located
from ledger.store.scope import Scope
from ledger.store.view import View
from ledger.table import Table

if TYPE_CHECKING:
    from ledger.formats.reading import Reading
    from ledger.intake import Intake, Watch
    from ledger.signing.key import Key

__all__ = ["Book", "Recorded", "Worth", "converter", "now", "upgrade", "user"]


def user() -> str:
    """Who records: ``AIDLEDGER_USER``, else the system's user.

    Raises :class:`~ledger.errors.InputError` where neither says.
    """
    try:
        name = os.environ.get("AIDLEDGER_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user id without a name, as in some containers
        raise InputError("the system has no name for this user: set AIDLEDGER_USER") from None
    refuse_controls(name, "AIDLEDGER_USER")
    return name


class _Previewed(Exception):
    """Nothing is kept of what was tried."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a step: its entry, suspicions about it, and whether it was there before (same origin)."""

    entry: Entry
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


@dataclass
class Book(Reports, Registers, Handover, Assurance):
    """An open book: pledges recorded and moved; what may be asked of it is in the rooms of :mod:`ledger.inquiry`.

    ``recorded_by`` is written into each entry. Use it as a context manager, or :meth:`close` it.
    """

    recorded_by: str = field(default_factory=user)
    roles: Sequence[str] = ()
    """The roles of its database that were made with it: an owner, writers, auditors."""

    @classmethod
    def create(
        cls,
        place: str,
        *,
        recipient: str = "UA",
        require_citation: bool = False,
        roles: bool = False,
        clock: Callable[[], datetime] = now,
        recorded_by: str | None = None,
    ) -> Book:
        """A new book in a file that only its owner may read, or in a database of PostgreSQL, with ``roles`` if wanted.

        Raises :class:`~ledger.errors.Refusal` where something is there already: it is left alone.
        """
        where, by = located(place), recorded_by or user()
        uid = str(uuid.uuid4())
        draft = opening(on=clock().date(), recipient=recipient, require_citation=require_citation)
        with made(where) as database:
            book = cls(database, uuid.UUID(uid).int >> 65, uid, clock, by)
            with database.making() as connection:
                book.roles = schema.made(connection, where, with_roles=roles)
                open_book(connection, book.key, where, draft, uid=uid, at=clock().astimezone(UTC), by=by)
                View(connection, book.key, clock().date()).require_party(recipient)
        return book

    @classmethod
    def open(
        cls,
        place: str,
        *,
        clock: Callable[[], datetime] = now,
        recorded_by: str | None = None,
        patience: int = PATIENCE,
    ) -> Book:
        """The book at a place (:func:`ledger.store.place.located`).

        Raises :class:`~ledger.errors.NotABook` for any other file, :class:`~ledger.errors.StoreRefusal` where
        its schema is not this version's.
        """
        where = located(place)
        database = opened(where, patience)
        with database.or_closed(), database.reading() as connection:
            schema.require_current(connection, where)
            found = find_book(connection, where)
        return cls(database, *found, clock, recorded_by or user())

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What is recorded

    def record(self, step: Step) -> Recorded:
        """Record one step: all of it, or nothing.

        The same origin with the same content records nothing and gives the entry that is there.
        Raises a :class:`~ledger.errors.LedgerError` that says what, where and what to do.
        """
        return self.record_all([step])[0]

    def record_all(self, steps: Sequence[Step]) -> list[Recorded]:
        """Record several steps in one transaction: all of them and the copies of what is attached, or nothing."""

        def work(connection: Connection) -> list[Recorded]:
            found = [self._record(connection, step) for step in steps]
            for attachment in (each for step in steps for each in step.evidence.attachments):
                self.database.copies(connection, self.key).keep(attachment, self.database.beside)
            return found

        return self.database.write(work)

    def preview(self, steps: Sequence[Step]) -> list[Recorded]:
        """What would be recorded by several steps, and is not: their entries as they would be, and what is suspicious.

        Raises what :meth:`record_all` raises.
        """
        with suppress(_Previewed), self.database.writing() as connection:
            found = [self._record(connection, step) for step in steps]
            raise _Previewed
        return found

    @contextmanager
    def together(self, *, rehearse: bool = False) -> Iterator[None]:
        """One transaction for everything that is recorded until the block ends: all of it, or nothing.

        What is asked meanwhile sees what was recorded before; a step that is refused leaves nothing of itself.
        With ``rehearse``, nothing is kept.
        """
        with suppress(_Previewed), self.database.holding():
            yield
            if rehearse:
                raise _Previewed

    def _record(self, connection: Connection, step: Step) -> Recorded:
        from ledger.statements.foresight import foreseen  # noqa: PLC0415 - only who records pays

        today = self.clock().date()
        if step.evidence.origin is not None:
            number = listing.origin_of(self._scope(connection), step.evidence.origin)
            if number is not None:
                return Recorded(recorded_before(step, View(connection, self.key, today, before=number)), repeated=True)
        view = View(connection, self.key, today)
        draft = recognise(step, view)
        if draft.kind not in UNDATED:
            refuse_closed(draft.on, view.closed_before)
        entry = append(connection, self.key, draft, at=self.clock(), by=self.recorded_by)
        return Recorded(entry, tuple(foreseen(view, entry)))

    def _scope(self, connection: Connection) -> Scope:
        return Scope(connection, self.key, EVERYTHING)

    def take_in(
        self,
        reading: Reading,
        *,
        revise: bool = False,
        strict: bool = False,
        rehearse: bool = False,
        tell: Watch = lambda _: None,
    ) -> Intake:
        """Record what is new in a file, in one transaction: all that can be, or nothing.

        ``tell`` hears each rejection and remark. With ``revise``, what the book says otherwise is restated;
        with ``strict``, any problem refuses the file; with ``rehearse``, nothing is kept.
        Raises :class:`~ledger.intake.Refused` where the file is refused, with what would have become of it.
        """
        from ledger.intake import Rehearsed, require_taken, take_in  # noqa: PLC0415 - 10 ms that only imports pay

        with suppress(Rehearsed), self.database.writing() as connection:
            result = take_in(
                connection, self.key, reading, clock=self.clock, by=self.recorded_by, revise=revise, tell=tell
            )
            require_taken(result, strict=strict)
            if rehearse:
                raise Rehearsed
        return result

    def checkpoint(self, key: Key) -> str:
        """Sign the head of all entries, keep it, and give its text; the same head again is kept once.

        Raises :class:`~ledger.errors.Refusal` where the log is no longer what was signed last.
        """
        from ledger.audit.checkpoints import sign  # noqa: PLC0415 - only who signs pays for cryptography

        return self.database.write(lambda connection: sign(self._scope(connection), self.uid, key))

    # Rates

    @contextmanager
    def rate_sources(
        self, names: Sequence[str] = DEFAULT, known_at: datetime | None = None
    ) -> Iterator[Sequence[RateSource]]:
        """The rate sources with these names, embedded or the book's own, for as long as the block lasts.

        Raises :class:`~ledger.errors.InputError` for a name there is not, with those there are.
        """
        with self.database.reading() as connection:
            yield Exchange(connection, self.key, known_at).sources(names)

    def convert(self, amount: Money, worth: Worth, on: date) -> Conversion:
        """What an amount of a day is worth, with its evidence, by the embedded rates and the book's own."""
        with self.database.reading() as connection:
            return converter(worth, Exchange(connection, self.key)).convert(amount, on)

    def rates(
        self,
        currencies: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> Table:
        """The rates of these currencies and sources (all, if none are named), both days included.

        Without ``since``, those of the last day or period up to ``until``.
        """
        with self.database.reading() as connection:
            return rate_list(Exchange(connection, self.key).listed(currencies, sources, since, until))

    def import_rates(self, file: RateFile) -> Imported:
        """Keep what is new in a file of rates, or nothing: a changed rate is kept beside the older one."""
        return self.database.write(lambda connection: import_rates(connection, self.key, file, self.clock()))

    def update_rates(self, file: Path, url: str) -> Imported:
        """Keep what the ECB's history adds, as just fetched from an address: nothing, unless all of it is sound."""
        with self.database.writing() as connection:
            return update_rates(connection, self.key, file, url=url, at=self.clock())


def upgrade(place: str, *, patience: int = PATIENCE) -> tuple[str, str]:
    """Bring a book of an older schema up to date; its projections are filled from its entries.

    Returns the schema's revision before and after. Raises as :meth:`Book.open`.
    """
    where = located(place)
    database = opened(where, patience)
    with closing(database), database.making() as connection:
        before = schema.revision_of(connection, where)
        if before not in schema.REVISIONS:
            schema.require_current(connection, where)
        if before != schema.HEAD:
            schema.upgrade(connection)
            from ledger.store.checks.rebuilt import rebuild  # noqa: PLC0415 - only an upgrade pays for it

            for book in books(connection):
                rebuild(connection, book)
    return before, schema.HEAD
