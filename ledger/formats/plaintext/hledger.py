"""hledger: the journal as its program of that name reads it, everything in it declared.

An account is STAGE:DONOR:PLEDGE, an entry's number its code, its kind the payee, the pledge's title and
the entry's note the description. Entries stand in the order of their numbers, not of their days.
Source: hledger's manual, "journal format" (1.25).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.formats.plaintext.content import Account, Content, Declared, Entry, Place, Price, Tags
from ledger.formats.plaintext.names import hledger_commodity, hledger_description, hledger_name, hledger_tag
from ledger.journal import Stage


def journal(content: Content) -> Iterator[str]:
    """The journal, piece by piece: declarations, prices, entries. The same content gives the same bytes."""
    yield from (f"; {line}\n" for line in content.about)
    yield "\ndecimal-mark .\n"
    yield from map(_commodity, content.commodities)
    yield from (f"payee {kind}\n" for kind in content.kinds)
    yield from (f"account {stage}\n" for stage in Stage)
    yield from map(_account, content.accounts)
    yield from map(_price, content.prices)
    yield from map(_entry, content.entries)


def _commodity(declared: Declared) -> str:
    of = declared.commodity
    said = f"  ; name:{hledger_tag(declared.name)}" if declared.name else ""
    return f"commodity 1000.{'0' * of.digits} {hledger_commodity(of)}{said}\n"


def _account(account: Account) -> str:
    return f"account {_name(account.place)}  ; {', '.join(_tags(account.facts))}\n"


def _price(price: Price) -> str:
    return f"P {price.on} {price.base} {price.value} {price.quote}\n"


def _entry(entry: Entry) -> str:
    said = f" | {hledger_description(entry.text)}" if entry.text else ""
    tags = "".join(f"    ; {tag}\n" for tag in _tags(entry.facts))
    lines = "".join(
        f"    {_name(line.place)}  {line.amount.plain()} {hledger_commodity(line.amount.commodity)}\n"
        for line in entry.lines
    )
    return f"\n{entry.on} ({entry.number}) {entry.kind}{said}\n{tags}{lines}"


def _tags(facts: Tags) -> Iterable[str]:
    return (f"{name}:{hledger_tag(value)}" for name, value in facts)


def _name(place: Place) -> str:
    return f"{place.stage}:{hledger_name(place.donor)}:{hledger_name(place.pledge)}"
