"""An open book: where it is, one state of it to look at, and how figures of it are valued."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ledger.exchange import Exchange, Worth, converter
from ledger.reports.measures import Valuation
from ledger.selection import EVERYTHING, Selection
from ledger.store import listing, log
from ledger.store.database import Database
from ledger.store.scope import Scope
from ledger.store.view import View


def now() -> datetime:
    """The moment it is, with the machine's own time zone, so that its day is the user's."""
    return datetime.now(UTC).astimezone()


class _Waited(Exception):
    """Who was writing is done, and nothing else was wanted."""


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
    def _reading(self, selection: Selection = EVERYTHING, *others: Selection) -> Iterator[Scope]:
        self._settle(each.known_at for each in (selection, *others))
        with self.database.reading() as connection:
            View(connection, self.key, date.min).require_known(selection)
            yield Scope(connection, self.key, selection)

    def _settle(self, known: Iterable[int | datetime | None]) -> None:
        """Let whoever writes finish, where a moment is asked about that no entry has passed.

        An entry's moment is taken before the entry can be seen: a look in between would miss what every later look
        at the same moment finds. Who may not write cannot wait for those who do.
        """
        moments = [moment for moment in known if isinstance(moment, datetime)]
        if moments and self.database.writable and not self._passed(max(moments)):
            with suppress(_Waited), self.database.writing():
                raise _Waited

    def _passed(self, moment: datetime) -> bool:
        """Whether an entry was recorded after a moment, so that none can be recorded at it any more."""
        with self.database.reading() as connection:
            known = Scope(connection, self.key, Selection(known_at=moment)).last_number
            return (known or 0) < log.size_of(connection, self.key)

    @contextmanager
    def _view(self) -> Iterator[View]:
        with self.database.reading() as connection:
            yield View(connection, self.key, self.clock().date())

    def _valuation(self, scope: Scope, worth: Worth | None) -> Valuation:
        if worth is None or worth.currency is None:
            return Valuation()
        exchange = Exchange(scope.connection, scope.book, listing.known_moment(scope))
        return Valuation(converter(worth, exchange), worth.on, worth.by_event, worth.list_missing)
