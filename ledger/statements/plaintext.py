"""The journal for other programs, put together: accounts, prices and entries, each read when it is needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from ledger.conversion import Converter
from ledger.errors import MissingRate
from ledger.formats.plaintext.content import Account, Content, Declared, Entry, Line, Place, Price, Tags
from ledger.journal import Citation, Stage
from ledger.money import Money, commodity
from ledger.period import Period, parse_date, stamp
from ledger.rate import Leg, rate_text
from ledger.statements.workbook import selection_in_words
from ledger.store import extract, listing, posted
from ledger.store.scope import Scope

_ORDER = {stage: place for place, stage in enumerate(Stage)}
_DIGITS = 60
"""More than any published rate has: none is rounded."""

_UNDATED = "undated"
"""The date of a rate that has none, and so can be no price of a day."""

_PLEDGE_FACTS = ("pledge", "recipient", "purpose", "instrument", "source", "title")
_ENTRY_FACTS = ("pledge", "recorded_at", "recorded_by", "origin", "reverses")


def content_of(scope: Scope, converter: Converter, uid: str) -> Content:
    """What a journal of the selected postings holds, with the rates that lead to the converter's currency.

    The same book, selection and rates give the same content. It is read through the scope's connection,
    while that is open.
    """
    used = posted.days(scope)
    prices, unpriced = _prices(used, converter)
    codes = {code for code, _ in used} | {code for price in prices for code in (price.base, price.quote)}
    return Content(
        about=_about(scope, uid),
        since=min((day for _, day in used), default=""),
        commodities=_declared(codes, dict(listing.items(scope))),
        kinds=posted.kinds(scope),
        accounts=_accounts(scope),
        prices=prices,
        unpriced=unpriced,
        entries=_entries(scope),
    )


def _about(scope: Scope, uid: str) -> list[str]:
    number, at = extract.last_entry(scope)
    return [f"aidledger {uid}", f"up to entry {number}, recorded at {stamp(at)}", selection_in_words(scope.selection)]


def _declared(codes: Iterable[str], items: Mapping[str, str]) -> list[Declared]:
    found = sorted(map(commodity, codes), key=lambda of: (of.kind, of.code))
    return [Declared(of, items.get(of.code)) for of in found]


def _accounts(scope: Scope) -> Iterator[Account]:
    """The accounts, pledge by pledge, in the order of the stages."""
    for _, of_pledge in groupby(posted.accounts(scope), key=attrgetter("pledge")):
        by_stage = sorted(of_pledge, key=lambda row: _ORDER[Stage(row.stage)])
        for stage, rows in groupby(by_stage, key=attrgetter("stage")):
            yield _account(Stage(stage), list(rows))


def _account(stage: Stage, rows: Sequence[Any]) -> Account:
    of = rows[0]
    facts = [(name, value) for name in _PLEDGE_FACTS if (value := getattr(of, name)) is not None]
    held = tuple(commodity(row.commodity) for row in rows)
    return Account(Place(stage, of.donor, of.pledge), min(row.since for row in rows), held, facts)


def _prices(used: Iterable[tuple[str, str]], converter: Converter) -> tuple[list[Price], list[str]]:
    """The published rates of each currency on each day it was posted on, once each; the currencies that lack one."""
    found: set[tuple[str, str, str, str]] = set()
    missing: dict[str, None] = {}
    for code, day in used:
        legs = _legs(code, day, converter) if commodity(code).is_currency else ()
        if legs is None or any(leg.rate_date == _UNDATED for leg in legs):
            missing[code] = None
        else:
            found |= {(_first_day(leg), leg.base, leg.quote, rate_text(leg.value, _DIGITS)) for leg in legs}
    return [Price(*price) for price in sorted(found)], list(missing)


def _legs(code: str, day: str, converter: Converter) -> Sequence[Leg] | None:
    """The published rates that lead from a currency to the converter's on a day, None where nothing does."""
    try:
        return converter.used(code, parse_date(day)).legs
    except MissingRate:
        return None


def _first_day(leg: Leg) -> str:
    return str(Period.parse(leg.rate_date).start)


def _entries(scope: Scope) -> Iterator[Entry]:
    for number, rows in groupby(posted.postings(scope), key=attrgetter("entry")):
        yield _entry(number, list(rows))


def _entry(number: int, rows: Sequence[Any]) -> Entry:
    said = json.loads(rows[0].line)
    subject = next((row for row in rows if row.pledge == said["pledge"]), rows[0])
    facts = [(name, str(said[name])) for name in _ENTRY_FACTS if said[name] is not None]
    return Entry(
        number=number,
        on=said["on"],
        kind=said["kind"],
        text=" - ".join(text for text in (subject.title, said["note"]) if text),
        reverses=said["reverses"],
        facts=[*facts, *_cited(said["citations"])],
        lines=[Line(Place(Stage(row.stage), row.donor, row.pledge), _amount(row)) for row in rows],
    )


def _amount(row: Any) -> Money:  # noqa: ANN401 - a row of postings
    return Money(row.amount, commodity(row.commodity))


def _cited(citations: Sequence[Mapping[str, object]]) -> Tags:
    """What each citation says: ``citation_url`` of the first, ``citation_2_url`` of the second."""
    return [
        (f"citation_{f'{place}_' if place > 1 else ''}{name}", _word(citation[name]))
        for place, citation in enumerate(citations, 1)
        for name in Citation.__slots__
        if name in citation
    ]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
