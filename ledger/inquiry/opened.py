"""An open book: where it is, one state of it to look at, and how figures of it are valued."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ledger.exchange import Exchange, Worth, converter
from ledger.reports.measures import Valuation
from ledger.selection import EVERYTHING, Selection
from ledger.store import listing
from ledger.store.database import Database
from ledger.store.scope import Scope
from ledger.store.view import View


def now() -> datetime:
    """The moment it is, with the machine's own time zone, so that its day is the user's."""
    return datetime.now(UTC).astimezone()


@dataclass
class Opened:
    """A book that is looked at: each look sees one state of it, whatever is written meanwhile.

    ``clock`` gives the present moment with a time zone.
    """

    database: Database
    key: int
    uid: str
    clock: Callable[[], datetime] = now

    @contextmanager
    def _reading(self, selection: Selection = EVERYTHING) -> Iterator[Scope]:
        with self.database.reading() as connection:
            View(connection, self.key, date.min).require_known(selection)
            yield Scope(connection, self.key, selection)

    @contextmanager
    def _view(self) -> Iterator[View]:
        with self.database.reading() as connection:
            yield View(connection, self.key, self.clock().date())

    def _valuation(self, scope: Scope, worth: Worth | None) -> Valuation:
        if worth is None or worth.currency is None:
            return Valuation()
        exchange = Exchange(scope.connection, scope.book, listing.known_moment(scope))
        return Valuation(converter(worth, exchange), worth.on, worth.by_event, worth.list_missing)
