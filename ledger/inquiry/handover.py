"""Handover: what leaves a book for other programs and other people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ledger.exchange import DEFAULT, Exchange, Worth, converter
from ledger.formats import tabular
from ledger.inquiry.opened import Opened
from ledger.selection import EVERYTHING, Selection
from ledger.store import listing
from ledger.store.place import Place

if TYPE_CHECKING:
    from ledger.audit.package import Wanted
    from ledger.audit.package import Watch as Looking
    from ledger.formats.iati.written.content import Content as Activities
    from ledger.formats.iati.written.content import Reporter
    from ledger.formats.package.about import About
    from ledger.formats.plaintext.content import Content
    from ledger.formats.spreadsheet import Remarks
    from ledger.statements.parquet import Watch as Overseeing
    from ledger.statements.workbook import Watch
    from ledger.store.backup import Held
    from ledger.store.copied import Watch as Copying


class Handover(Opened):
    """A book written for others: each method is one form of it, from one state of the book."""

    @contextmanager
    def register(self, selection: Selection = EVERYTHING) -> Iterator[Iterator[str]]:
        """The plain CSV register of postings, some hundreds of lines at a time, from one state of the book."""
        with self._reading(selection) as scope:
            yield tabular.register(listing.register(scope))

    def workbook(
        self,
        target: BinaryIO,
        selection: Selection = EVERYTHING,
        worth: Worth | None = None,
        watch: Watch = lambda _, rows: rows,
    ) -> Remarks:
        """Write a workbook (XLSX) of reports, pledges and register, and say what no spreadsheet can hold."""
        from ledger.statements import workbook  # noqa: PLC0415 - only this export pays

        with self._reading(selection) as scope:
            return workbook.write(scope, self._valuation(scope, worth), target, uid=self.uid, watch=watch)

    @contextmanager
    def journal_for_others(
        self, selection: Selection = EVERYTHING, rates: Sequence[str] = DEFAULT
    ) -> Iterator[Content]:
        """What a journal for hledger or Beancount holds, from one state of the book; its prices are these rates."""
        from ledger.statements.plaintext import content_of  # noqa: PLC0415 - only this export pays

        with self._reading(selection) as scope:
            exchange = Exchange(scope.connection, scope.book, listing.known_moment(scope))
            yield content_of(scope, converter(Worth("EUR", sources=tuple(rates)), exchange), self.uid)

    @contextmanager
    def activities(self, reporter: Reporter, selection: Selection = EVERYTHING) -> Iterator[Activities]:
        """What a file of IATI activities holds, from one state of the book: an activity for each selected pledge."""
        from ledger.statements.iati import content_of  # noqa: PLC0415 - only this export pays

        with self._reading(selection) as scope:
            yield content_of(scope, reporter)

    def columns(
        self, folder: Path, selection: Selection = EVERYTHING, watch: Overseeing = lambda _, rows: rows
    ) -> Mapping[str, int]:
        """Write entries, postings, pledges and rates as Parquet files into an empty folder; say how many rows each has.

        Raises :class:`~ledger.errors.Refusal` where the extra is not installed.
        """
        from ledger.statements import parquet  # noqa: PLC0415 - only this export pays

        with self._reading(selection) as scope:
            return parquet.write(scope, folder, uid=self.uid, watch=watch)

    def package(self, folder: Path, worth: Worth, wanted: Wanted, watch: Looking = lambda _, rows: rows) -> About:
        """Write an auditor's package of one state of the book into an empty folder, and give what it says of itself."""
        from ledger.audit import package  # noqa: PLC0415 - only this export pays

        with self._reading() as scope:
            valued = package.Worth(self._valuation(scope, worth), worth.sources)
            return package.write(scope, folder, valued, wanted, uid=self.uid, watch=watch)

    def copy(self, target: Place, watch: Copying = lambda _, rows: rows, *, examine: bool = False) -> Held:
        """Put a copy of the whole book, as one state of it, at another place, and say what the copy holds.

        Rows pass through ``watch``, by the names of their tables, where they are copied one by one; with ``examine``
        every invariant of the copy is looked at. Raises :class:`~ledger.errors.Refusal` where something is at the
        place, which is left alone, and where the book is not sound.
        """
        from ledger.store.backup import Source  # noqa: PLC0415 - only a copy pays
        from ledger.store.transfer import transfer  # noqa: PLC0415

        return transfer(Source(self.database, self.key, self.uid), target, watch, examine=examine)
