"""Exchange: the rate sources there are, embedded or the book's own, and what is imported into the book.

The ECB's reference rates are embedded, shared by all books and read-only; what a book holds of the
source ``ecb`` lies over them. Every other source is the book's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ledger import redenomination
from ledger.conversion import Converter
from ledger.errors import InputError, Problem
from ledger.formats import ecb
from ledger.formats.ecb import EcbHistory
from ledger.formats.rates.gather import RateFile
from ledger.message import message
from ledger.money import currency
from ledger.rate import Policy, Rate, RateSource
from ledger.store import rates
from ledger.store.database import Connection

DEFAULT = ("ecb",)
"""The sources that are asked where none is named."""

EMBEDDED: Mapping[str, Callable[[], EcbHistory]] = {"ecb": ecb.embedded}
"""The sources that come with the ledger."""


_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_TAKEN = (redenomination.NAME,)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of rates: ``read`` = ``imported`` + ``unchanged`` + ``rejected``.

    ``problems`` say why each figure was rejected, and what else is odd about the file.
    """

    read: int
    imported: int
    unchanged: int
    rejected: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rate sources of one book, or those that need none; known at a moment, where one is given.

    Its sources read through the connection, and last as long as it is open.
    """

    connection: Connection | None = None
    book: int = 0
    known_at: datetime | None = None

    def names(self) -> list[str]:
        """The sources there are: the embedded ones, then the book's own."""
        own = rates.names(self.connection, self.book) if self.connection else []
        return list(dict.fromkeys([*EMBEDDED, *own]))

    def sources(self, wanted: Sequence[str] = DEFAULT) -> list[RateSource]:
        """The sources with these names, in order. Raises :class:`InputError` for an unknown one."""
        return [self._source(name) for name in self.known(wanted)]

    def known(self, wanted: Sequence[str]) -> Sequence[str]:
        """These names, if there are such sources. Raises :class:`InputError` naming those there are."""
        there = self.names()
        for name in wanted:
            if name not in there:
                raise InputError(
                    "there is no rate source '{name}': choose from {there}",
                    name=name,
                    there=", ".join(there),
                    hint=message("aidledger rate import FILE --as {name} adds one to the book", name=name),
                )
        return wanted

    def _source(self, name: str) -> RateSource:
        embedded: RateSource | None = EMBEDDED[name]() if name in EMBEDDED else None
        if embedded and self.known_at:
            embedded = embedded.known(self.known_at.astimezone(UTC).date())
        own = self.connection and (embedded is None or rates.published(self.connection, self.book, name))
        if self.connection and own:
            return rates.BookRates(self.connection, self.book, name, self.known_at, embedded)
        if embedded is None:
            raise InputError("there is no rate source '{name}' without a book", name=name)
        return embedded

    def listed(
        self,
        currencies: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[Rate]:
        """The rates of these currencies (all, if none are named), both days included; changed ones after the older.

        Without ``since``, those of the last day or period of each pair up to ``until``.
        Raises :class:`InputError` for a source there is not, and for a currency no source has.
        """
        wanted = self.known(sources or self.names())
        self._refuse_unpublished(currencies, wanted)
        for name in wanted:
            if name in EMBEDDED:
                yield from _embedded(EMBEDDED[name](), currencies, since, until)
        if self.connection:
            yield from rates.listed(self.connection, self.book, wanted, currencies=currencies, since=since, until=until)

    def _refuse_unpublished(self, currencies: Sequence[str], sources: Sequence[str]) -> None:
        known = {code for name in sources for pair in self._source(name).pairs for code in pair}
        for code in currencies:
            if code not in known:
                raise InputError(
                    "no source has ever published a rate of {code}: looked in {sources}",
                    code=code,
                    sources=", ".join(sources),
                    hint=message("they have published {known}", known=", ".join(sorted(known))),
                )


def _embedded(history: EcbHistory, currencies: Sequence[str], since: date | None, until: date | None) -> Iterator[Rate]:
    last = min(until or history.last, history.last)
    if since is None:
        days = history.days(date.min, last)
        since = days[-1] if days else last
    chosen = [code for code in currencies if code in history.currencies]
    if chosen or not currencies or history.pivot in currencies:
        yield from history.rates(() if history.pivot in currencies else chosen, since, last)


@dataclass(frozen=True, slots=True)
class Worth:
    """What figures are to be shown in: a currency, a policy, rate sources in order, and when amounts are valued.

    ``on`` is one day for all; else it is each pledge's own, or with ``by_event`` the day an amount reached its stage.
    With ``list_missing``, what there is no rate for is reported in its own currency instead of being refused.
    """

    currency: str | None = None
    policy: str = "spot"
    sources: tuple[str, ...] = ("ecb",)
    on: date | None = None
    by_event: bool = False
    list_missing: bool = False


def converter(worth: Worth, exchange: Exchange = Exchange()) -> Converter:
    """What values amounts as asked. Raises :class:`~ledger.errors.InputError` for an unknown policy or source."""
    target, known_at = currency(str(worth.currency).upper()), exchange.known_at
    known_on = known_at.astimezone(UTC).date() if known_at else None
    return Converter(exchange.sources(worth.sources), Policy.parse(worth.policy), target, known_on)


def import_rates(connection: Connection, book: int, file: RateFile, at: datetime) -> Imported:
    """Keep what is new in a file of rates. The connection holds the write lock.

    Raises :class:`InputError` for a source whose name could not be asked for.
    """
    if file.source in _TAKEN:
        raise InputError(
            "'{source}' is the ledger's own word for rates fixed by law: give the source another name",
            source=file.source,
        )
    if not _NAME.fullmatch(file.source):
        raise InputError(
            "'{source}' cannot name a rate source: use lower-case letters, digits, hyphens, dots", source=file.source
        )
    embedded = EMBEDDED[file.source]() if file.source in EMBEDDED else None
    added = rates.add(connection, book, file.rates, sha256=file.sha256, at=at, embedded=embedded)
    rejected = sum(problem.severity == "error" for problem in file.problems)
    unchanged = added.unchanged + file.set_aside
    read = added.imported + unchanged + rejected
    return Imported(read, added.imported, unchanged, rejected, tuple(file.problems))


def update_rates(connection: Connection, book: int, file: Path, *, url: str, at: datetime) -> Imported:
    """Keep what a history fetched from the ECB adds to what is known. The connection holds the write lock.

    Raises :class:`~ledger.errors.FetchError` for a file that is not sound, or knows less than is known.
    """
    from ledger.formats.ecb_update import Known, news  # noqa: PLC0415 - 10 ms that only an update pays

    history = EMBEDDED["ecb"]()
    own = rates.listed(connection, book, [history.name], since=date.min)
    imported = {
        (rate.period.start, rate.quote): rate.value
        for rate in own
        if rate.kind == "spot" and rate.period and rate.base == history.pivot and rate.quote in history.currencies
    }
    return import_rates(connection, book, news(file, url, Known(history, imported), at.date()), at)
