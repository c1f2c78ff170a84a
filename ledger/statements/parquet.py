"""The book in columns: entries, postings, pledges and rates as Parquet files, for programs that add up millions.

Each file carries the book's name in its first column, so that the files of many books can be read as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from ledger.formats import ecb, parquet
from ledger.formats.parquet import RATE_DIGITS, Row
from ledger.money import commodity, plain
from ledger.period import stamp
from ledger.proof.leaf import canonical
from ledger.proof.tree import leaf_hash
from ledger.rate import Rate
from ledger.store import columnar, extract, listing, rates
from ledger.store.scope import Scope

Watch = Callable[[str, Iterator[Row]], Iterator[Row]]
"""Who looks on while rows are written: a function of a file's name and rows that hands on the rows."""

_PLACED = itemgetter(
    *("number", "line", "on_date", "recorded_at", "kind", "pledge", "donor", "recipient"),
    *("purpose", "instrument", "source", "stage", "commodity"),
)
_TEXTS = itemgetter("title", "note", "citation_url", "citation_quote", "reverses", "origin")
_FACTS = ("id", "donor", "recipient", "on", "purpose", "instrument", "source", "title")
_MORE = ("lender", "obligor", "repayment_source", "parent", "package")
_WEEK = timedelta(days=7)
_WHOLE_DIGITS = 38 - RATE_DIGITS


def write(scope: Scope, folder: Path, *, uid: str, watch: Watch) -> Mapping[str, int]:
    """Write the files of a selection into an empty folder, and say how many rows each has.

    The same book, selection and reference rates give the same bytes, as long as pyarrow is the same.
    """
    parquet.require_pyarrow()
    number, at = extract.last_entry(scope)
    about = {"aidledger.book": uid, "aidledger.entries": str(number), "aidledger.recorded_at": stamp(at)}
    made = {
        "entries": _entries(scope),
        "postings": _postings(scope),
        "pledges": _pledges(scope),
        "rates": _rates(scope),
    }
    found = {}
    for name, rows in made.items():
        named = ((uid, *row) for row in watch(name, rows))
        found[name] = parquet.write(folder / f"{name}.parquet", name, named, about)
    return found


def _entries(scope: Scope) -> Iterator[Row]:
    for *told, note, origin, reverses, line in columnar.entries(scope):
        said = json.loads(line)
        leaf = leaf_hash(line.encode()).hex()
        yield *told, canonical(said["facts"]), said["citations"], note, origin, reverses, line, leaf


def _postings(scope: Scope) -> Iterator[Row]:
    """The postings as the register has them; debit positive."""
    for row in listing.register(scope):
        units, of = row["amount"], commodity(row["commodity"])
        amount = Decimal(plain(units, of))
        sides = (amount, None) if units > 0 else (None, amount.copy_negate())
        yield *_PLACED(row), *sides, amount, units, of.digits, *_TEXTS(row)


def _pledges(scope: Scope) -> Iterator[Row]:
    """What each pledge states: an absent fact is absent, a list of facts too."""
    for row in columnar.pledges(scope):
        said = json.loads(row.facts)
        yield (
            *map(said.get, (*_FACTS, *_MORE)),
            _money(said["max_exposure"]) if "max_exposure" in said else None,
            _listed(said, "stated", _money),
            _listed(said, "schedule", _instalment),
            said.get("terms"),
            _listed(said, "holds", _hold),
            *(row.entry, row.void),
        )


def _listed(said: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> list[Any] | None:
    return [read(each) for each in said[name]] if name in said else None


def _money(text: str) -> dict[str, object]:
    value, code = text.split(" ")
    return {"amount": Decimal(value), "commodity": code}


def _instalment(fact: Mapping[str, str]) -> dict[str, object]:
    return {"on": date.fromisoformat(fact["on"]), **_money(fact["amount"])}


def _hold(fact: Mapping[str, str]) -> dict[str, object]:
    firm = _money(fact["firm"])["amount"] if "firm" in fact else None
    return {"commodity": fact["commodity"], "firmness": fact["firmness"], "firm": firm}


# Rates: those that count, each once


def _rates(scope: Scope) -> Iterator[Row]:
    """The reference rates of the book's years, and all that the book imported, as they were known."""
    moment = listing.known_moment(scope)
    history = ecb.embedded()
    names = rates.names(scope.connection, scope.book)
    over = {_key(rate): rate for rate in _own(scope, [history.name] if history.name in names else [], moment)}
    known = history.known(moment.astimezone(UTC).date()) if moment else history
    fixings = (over.pop(_key(rate), rate) for rate in _of_years(known, columnar.years(scope)))
    others = _own(scope, [name for name in names if name != history.name], moment)
    for rate in chain(fixings, _later(over), others):
        yield _rate(rate)


def _own(scope: Scope, names: list[str], moment: datetime | None) -> Iterator[Rate]:
    """The rates that the book imported; of several for the same period, the last one."""
    listed = rates.listed(scope.connection, scope.book, names, since=date.min) if names else ()
    known = (rate for rate in listed if moment is None or (rate.retrieved_at and rate.retrieved_at <= moment))
    for _, same in groupby(known, _key):
        yield list(same)[-1]


def _of_years(history: ecb.EcbHistory, years: set[int]) -> Iterator[Rate]:
    """The fixings of these years, and of the week before each, which stand in for its first days."""
    if not years:
        return
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    for day in history.days(first - _WEEK if first.year > 1 else first, last):
        if day.year in years or (day + _WEEK).year in years:
            yield from history.rates((), day, day)


def _later(left: Mapping[tuple[str, ...], Rate]) -> Iterator[Rate]:
    """What is left once the fixings have gone by: asked for only then."""
    yield from left.values()


def _key(rate: Rate) -> tuple[str, ...]:
    return rate.source, rate.base, rate.quote, str(rate.period or "")


def _rate(rate: Rate) -> Row:
    since, until = (rate.period.start, rate.period.last) if rate.period else (None, None)
    dated = (rate.source, rate.kind, rate.base, rate.quote, since, until)
    return (*dated, _decimal(rate.text), rate.text, rate.sha256, rate.retrieved_at)


def _decimal(text: str) -> Decimal | None:
    """The exact value, where a decimal of a file can hold it."""
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return Decimal(f"{whole}.{part or 0}") if len(part) <= RATE_DIGITS and len(whole) <= _WHOLE_DIGITS else None
