"""An outsiders' book: every instrument and purpose, twelve currencies, and texts that break careless readers.

Other programs read what is exported from it. It is the same down to each byte, whenever it is made, and nothing in
it is real. Its pledges are promised in 2024 and lived in 2025; 2024 is closed, and two entries came late.
"""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ledger.book import Book
from ledger.formats.rates.gather import RateFile
from ledger.journal import Citation
from ledger.money import Money, currency
from ledger.period import Period
from ledger.pledge import MOVES, Instrument, MoveKind, Purpose, Terms
from ledger.rate import Rate
from ledger.recognition.statement import entry_stated
from ledger.recognition.steps import Booked, Correct, Distinguish, Evidence, Match, Move, Restate, Settled
from tests import places
from tests.hostile_texts import text
from tests.world import (
    Clock,
    allocate,
    amend,
    announce,
    announcement,
    call,
    cancel,
    close,
    commit,
    disburse,
    draw,
    entries,
    forgive,
    join,
    last_number,
    make_book,
    money,
    movement,
    register_item,
    register_party,
    register_source,
    reopen,
    repay,
    reverse,
    revise,
    supersede,
)

UID = "5f0c1a52-9d3e-4b7a-8c61-7e2d4a9b3c10"
BANK = "central-bank"
"""The name of the book's own rates: of what the European Central Bank has none (``--rates ecb,central-bank``)."""
DONORS = {
    "GBP": "GB",
    "EUR": "DE",
    "USD": "US",
    "JPY": "JP",
    "KRW": "KR",
    "KWD": "KW",
    "BHD": "BH",
    "NOK": "NO",
    "CHF": "CH",
    "PLN": "PL",
    "UAH": "NA",
    "ISK": "IS",
}
"""A donor for each currency; Namibia's code is what careless readers take for nothing."""
MISSILE, SHELL = "air-defence-missile", "shell.155-mm_era2"
USERS = ("ada", "Олена Ґ.", "=cmd|'/C calc'!A1", 'o"brien, m.; jr')


def many_currencies(path: Path, uid: str = UID) -> Path:
    """Put such a book at a path: quick but for the first time in a process. Give back the path."""
    places.copied(_made(uid), path)
    return path


@cache
def _made(uid: str) -> Path:
    path, clock = Path(tempfile.mkdtemp(dir=places.of_process())) / "many.db", Clock("2024-01-02")
    with patch("uuid.uuid4", return_value=uuid.UUID(uid)), make_book(path, clock) as book:
        _fill(book, clock)
    return path


def _fill(book: Book, clock: Clock) -> None:
    _registers(book)
    _rates(book)
    pledges = _promises(book, clock)
    _lives(book, clock, pledges)
    clock.turn_to("2025-03-03")
    _facility(book)
    _corrections(book)
    _largest(book)
    clock.turn_to("2025-04-02")
    _late(book)


def _registers(book: Book) -> None:
    register_item(book, MISSILE, 'Missile, "air defence"; «ракета»')
    register_item(book, SHELL, "=155 mm | shell")
    register_party(book, "CZI", 'The "Czech" initiative | Česká; iniciativa', "group")
    register_party(book, "Fund-7.b", "=Fund 7, b\\c", "institution")
    register_source(book, "shells", "+1; fund | «снаряди»")
    join(book, "GB", "CZI", "2024-01-01", "2024-12-31")
    join(book, "NA", "CZI")


def _rates(book: Book) -> None:
    """Rates by year, by month and undated, against the euro and the dollar, one with more digits than most hold."""
    found = [
        Rate(BANK, "EUR", "KWD", Period.parse("2024"), "year", Decimal("0.3329123456789012345678")),
        Rate(BANK, "EUR", "KWD", Period.parse("2025"), "year", Decimal("0.345")),
        Rate(BANK, "EUR", "BHD", None, "table", Decimal("0.40718")),
    ]
    months = [Period.parse(f"{year}-{month:02}") for year in (2024, 2025) for month in range(1, 13)]
    found += [
        Rate(BANK, "EUR", "UAH", month, "month", Decimal(4100 + 17 * place).scaleb(-2))
        for place, month in enumerate(months)
    ]
    book.import_rates(RateFile(BANK, "plain", "0123456789abcdef" * 4, found, [], 0))


# What is promised, in 2024: a pledge for each instrument and purpose


def _promises(book: Book, clock: Clock) -> dict[str, tuple[Instrument, Money]]:
    """A pledge every nine days; the second quarter is closed on the way."""
    found: dict[str, tuple[Instrument, Money]] = {}
    for place, (instrument, purpose) in enumerate(product(Instrument, Purpose)):
        day = date(2024, 1, 6) + timedelta(days=9 * place)
        clock.turn_to(str(day + timedelta(days=1)))
        book.recorded_by = USERS[place % len(USERS)]
        if place == len(Purpose) * 4:
            close(book, "2024-Q2")
        found[_announced(book, place, instrument, purpose, day)] = (instrument, _amount(place))
    return found


SOURCES = (None, "budget", "shells", "era")
IDS = ("=1+1", "007", "NA", 'q"uo;te|d\\', "kiel:ЄС-1", "a:b:c", "🚁-1")
"""Ids of pledges as users may choose them."""
FIRMNESS = ("", "up_to ", "at_least ", "about ")
CURRENCIES = tuple(DONORS)


def _announced(book: Book, place: int, instrument: Instrument, purpose: Purpose, day: date) -> str:
    amount = _amount(place)
    firm = f", firm {Money(amount.units // 4, amount.commodity)}" if place % 3 == 1 else ""
    missiles = [f"at_least {5 + place} {MISSILE}"] if place % 6 == 0 else []
    options: dict[str, Any] = {"title": text(place), "source": SOURCES[place % len(SOURCES)]}
    if place % 5 == 2:  # some have an id of their own, and are of others
        options |= {"id": IDS[place // 5], "package": text(place + 3), "recipient": "MD"}
    step = announcement(
        DONORS[amount.commodity.code],
        f"{FIRMNESS[place % len(FIRMNESS)]}{amount}{firm}",
        *missiles,
        instrument=instrument,
        purpose=purpose,
        **options,
        **_lent(instrument, amount, day),
    )
    return str(book.record(replace(step, evidence=_evidence(place, day))).entry.pledge)


def _amount(place: int) -> Money:
    """From thousands to millions of millions, with digits in every place."""
    of = currency(CURRENCIES[place % len(CURRENCIES)])
    return Money(10 ** (6 + place * 5 % 11) + 7919 * place + 3, of)


def _lent(instrument: Instrument, amount: Money, day: date) -> dict[str, Any]:
    """Whose money is lent, and when a third of it is due each."""
    if not instrument.repayable:
        return {}
    third = str(Money(amount.units // 3, amount.commodity))
    due = {str(day + timedelta(days=365 * year)): third for year in (1, 2)}
    terms = Terms(interest="1.25", grace=2, maturity=30, payments=2, repayment="1")
    more = {"lender": "Fund-7.b", "obligor": "UA", "repayment_source": "era", "schedule": due, "terms": terms}
    if instrument is Instrument.GUARANTEE:
        more["max_exposure"] = str(Money(amount.units * 2, amount.commodity))
    return more


def _evidence(place: int, day: date) -> Evidence:
    """Sources of every shape, several, one or none."""
    first = Citation(url=f"https://example.org/{place}?a=1,2&b=;|\"'", quote=text(place + 5), official=True)
    second = Citation(
        title=text(place + 9),
        publisher="Кабінет, Міністрів",
        published="2024-01",
        retrieved="2024-02-03",
        official=False if place % 2 else None,
        file=f"{place:03}, a.pdf",
        sha256=f"{place:064x}",
    )
    origin = f"paper:{text(place)[:60].replace(' ', '_')}-{place}" if place % 4 == 0 else None
    return Evidence(on=day, citations=(first, second)[: place % 3], note=text(place + 7), origin=origin)


# What became of it, in the first quarter of 2025


def _lives(book: Book, clock: Clock, pledges: dict[str, tuple[Instrument, Money]]) -> None:
    """All but each fifth pledge goes on: some a step or two, some to their end."""
    for place, (pledge, (instrument, amount)) in enumerate(pledges.items()):
        day = date(2025, 1, 2) + timedelta(days=place)
        clock.turn_to(str(day))
        book.recorded_by = USERS[place % len(USERS)]
        for move in _life(pledge, MOVES[instrument], amount)[: place % 5 * 2]:
            book.record(replace(move, evidence=Evidence(on=day, note=text(place + 2))))


def _life(pledge: str, may: frozenset[MoveKind], amount: Money) -> list[Move]:
    """The moves a pledge of this amount may make, in their order."""

    def part(share: int) -> str:
        return str(Money(amount.units // share, amount.commodity))

    pay = MoveKind.CALL if MoveKind.CALL in may else MoveKind.DISBURSE
    paid = "123456.78 EUR" if amount.commodity.code != "EUR" else "99999 JPY"
    return [
        movement("commit", pledge, part(2)),
        movement("allocate", pledge, part(3)),
        movement(pay, pledge, part(4), paid=paid),
        movement("repay", pledge, part(10), paid=str(Money(money(paid).units // 3, money(paid).commodity))),
        movement("cancel", pledge, part(8)),
        movement(pay, pledge, part(5)),
        movement("forgive" if MoveKind.FORGIVE in may else "commit", pledge, part(20)),
        movement("cancel", pledge),
    ]


def _facility(book: Book) -> None:
    """A facility and what is drawn from it, with items, in one currency of two digits and one of three."""
    for of, donor, place in (("GBP", "GB", 0), ("KWD", "KW", 1)):
        parent = announce(
            book, donor, f"up_to 3500000 {of}", f"5000 {MISSILE}", on="2025-02-03", source="ukef", title=text(place)
        )
        child = announce(book, donor, f"1000000 {of}", f"60 {SHELL}", on="2025-02-04", parent=parent, title=text(30))
        draw(book, parent, child, f"500000 {of}", on="2025-02-05")
        cancel(book, child, f"250000 {of}", on="2025-02-06", to_parent=True)
        disburse(book, child, f"200000 {of}", f"20 {SHELL}", on="2025-02-07", paid="240000.01 USD")
        repay(book, child, f"100 {of}", on="2025-02-08")
        held = announce(book, donor, f"70000 {of}", on="2025-02-09", stage="committed", instrument="in_kind")
        draw(book, parent, held, f"70000 {of}", on="2025-02-10", existing=True)
        newer = announce(book, donor, f"1 {of}", on="2025-02-11", purpose="financial", stated=("1.25 USD",))
        supersede(book, child, newer, on="2025-02-12")
        revise(book, parent, f"about 4000000 {of}", on="2025-02-13")


def _corrections(book: Book) -> None:
    """Whatever is put right: revised, also in another currency, amended, topped up, reversed, restated, matched."""
    moved = announce(book, "CZI", "1234567.89 EUR", on="2025-02-14", origin="paper:1", title="=HYPERLINK(1)")
    revise(book, moved, "30000000 JPY", on="2025-02-15", note="now in yen | «єни»")
    commit(book, moved, "10000000 JPY", on="2025-02-16")
    disburse(book, moved, "40000000 JPY", on="2025-02-17", top_up=True, paid="250000.50 EUR")
    cited = last_number(book)
    book.record(Match(account="DE89;|", lines=_lines("-250000.50 EUR"), settled=_settled(cited, moved)))
    amend(book, moved, title="NA", donor="EU", purpose="other", on="2025-02-18")
    amend(book, moved, title="+1; again", on="2025-02-19")
    reverse(book, last_number(book), on="2025-02-20")
    correct = Correct(kind=MoveKind.DISBURSE, pledge=moved, amounts=(money("5000000 JPY"),))
    book.record(replace(correct, evidence=Evidence(on=date(2025, 2, 21), note="too high")))
    opened = next(entry for entry in entries(book) if entry.origin == "paper:1")
    content = {**entry_stated(opened), "note": "restated; «так»"}
    evidence = Evidence(on=date(2025, 2, 22), note="the source says otherwise", origin="paper:1@2")
    book.record(Restate(pledge=moved, restates="paper:1", content=content, evidence=evidence))
    withdrawn = announce(book, "PL", "77.77 PLN", on="2025-02-23", title="Withdrawn")
    reverse(book, last_number(book))
    other = announce(book, "PL", "77.77 PLN", on="2025-02-23", title="Not withdrawn")
    commit(book, other, "7.77 PLN", on="2025-02-24")
    reverse(book, last_number(book))
    reverse(book, last_number(book), note="it was right")
    book.record(Distinguish(pledge=other, other=moved, evidence=Evidence(on=date(2025, 2, 25), note="two of them")))
    assert book.facts(withdrawn).void
    announce(book, "NO", on="2025-02-26", purpose="humanitarian", title="Not disclosed: «не розголошується»")
    announce(book, "NO", f"12 {SHELL}", on="2025-02-27", instrument="in_kind", title="Items alone")


def _lines(amount: str) -> tuple[Booked, ...]:
    return (Booked("2025-02;|", "TR,1", date(2025, 2, 17), money(amount)),)


def _settled(entry: int, pledge: str) -> tuple[Settled, ...]:
    return (Settled(entry, pledge, money("-250000.50 EUR")),)


def _largest(book: Book) -> None:
    """Amounts at the edges: beyond a float, beyond 64 bits where they are added up, and the least there is."""
    for donor in ("KR", "JP"):
        huge = announce(book, donor, "6000000000000000001 KRW", on="2025-02-28", instrument="swap_line")
        commit(book, huge, on="2025-03-01")
        disburse(book, huge, "6000000000000000000 KRW", on="2025-03-02")
        forgive(book, huge, "1 KRW", on="2025-03-03")
    exact = announce(book, "KW", "9007199254740.993 KWD", on="2025-03-01", instrument="loan")
    allocate(book, exact, "0.001 KWD", on="2025-03-02")
    least = announce(book, "BH", "0.001 BHD", on="2025-03-02", instrument="guarantee", max_exposure="0.003 BHD")
    call(book, least, "0.002 BHD", on="2025-03-03")


def _late(book: Book) -> None:
    """2024 is closed; its last quarter is opened again for what came late; and something is late in an open period."""
    close(book, "2024")
    reopen(book, "2024-Q4", note="found in a drawer; «пізно»")
    announce(book, "GB", "999.99 GBP", on="2024-12-24", title="Late", note=text(2))
    close(book, "2024")
    announce(book, "IS", "12345 ISK", on="2025-01-31", title="Late in an open period")
