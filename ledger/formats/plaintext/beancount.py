"""Beancount: the journal as its programs bean-check and bean-query read it, every account opened.

An account is Assets, Liabilities or Equity, then the stage, the donor and the pledge: where a promise stands is an
asset, its other side a liability, a memorandum equity. An entry's kind is the payee, the pledge's title and the entry's
note the narration, ``^entry-2`` the link that a reversal shares with what it reverses.
Source: Beancount's "language syntax" (version 3).
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.formats.plaintext.content import Account, Content, Declared, Entry, Place, Price, Tags
from ledger.formats.plaintext.names import beancount_commodity, beancount_name, beancount_text
from ledger.journal import CREDIT_STAGES, MEMORANDUM


def journal(content: Content) -> Iterator[str]:
    """The journal, piece by piece: declarations, prices, entries. The same content gives the same bytes."""
    yield from (f"; {line}\n" for line in content.about)
    yield f'\noption "title" {beancount_text(content.about[0])}\n'
    yield from (_commodity(declared, content.since) for declared in content.commodities)
    yield from map(_open, content.accounts)
    yield from map(_price, content.prices)
    yield from map(_entry, content.entries)


def _commodity(declared: Declared, since: str) -> str:
    of = declared.commodity
    said = [("code", of.code)] if not of.is_currency else []
    named = [("name", declared.name)] if declared.name else []
    return f"{since} commodity {beancount_commodity(of)}\n{_metadata([*said, *named])}"


def _open(account: Account) -> str:
    commodities = ",".join(map(beancount_commodity, account.commodities))
    return f"{account.since} open {_name(account.place)} {commodities}\n{_metadata(account.facts)}"


def _price(price: Price) -> str:
    return f"{price.on} price {price.base} {price.value} {price.quote}\n"


def _entry(entry: Entry) -> str:
    links = "".join(f" ^entry-{number}" for number in (entry.number, entry.reverses) if number)
    head = f"{entry.on} * {beancount_text(entry.kind)} {beancount_text(entry.text)}{links}"
    lines = "".join(
        f"  {_name(line.place)}  {line.amount.plain()} {beancount_commodity(line.amount.commodity)}\n"
        for line in entry.lines
    )
    return f"\n{head}\n  entry: {entry.number}\n{_metadata(entry.facts)}{lines}"


def _metadata(facts: Tags) -> str:
    return "".join(f"  {name}: {beancount_text(value)}\n" for name, value in facts)


def _name(place: Place) -> str:
    root = "Liabilities" if place.stage in CREDIT_STAGES else "Equity" if place.stage in MEMORANDUM else "Assets"
    stage = place.stage.capitalize()
    return f"{root}:{stage}:{beancount_name(place.donor)}:{beancount_name(place.pledge)}"
