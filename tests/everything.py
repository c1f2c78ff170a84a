"""A book in which everything there is has happened: each kind of step, each table filled."""

from __future__ import annotations

from pathlib import Path

from ledger.book import Book
from tests import places
from tests.world import (
    MISSILE,
    Clock,
    allocate,
    amend,
    announce,
    call,
    cancel,
    close,
    commit,
    disburse,
    draw,
    forgive,
    join,
    last_number,
    register_item,
    register_party,
    register_source,
    reopen,
    repay,
    reverse,
    revise,
    supersede,
)


def filled(empty_book: Path, folder: Path) -> Path:
    """The file of such a book, made in this folder from the file of an empty one."""
    path = folder / "full.db"
    places.copied(empty_book, path)
    with opened(path) as book:
        fill(book)
    return path


def opened(path: Path) -> Book:
    """The book in a file, kept by ``ada`` on 2 March 2025."""
    return Book.open(places.at(path), clock=Clock(), recorded_by="ada")


def fill(book: Book) -> None:
    """Record each kind of step at least once, in January to March 2025."""
    register_item(book)
    register_party(book, "CZI", "The Czech initiative", "group")
    register_source(book, "shells", "The Czech initiative's fund")
    join(book, "GB", "CZI", "2025-01-01")
    _facility(book)
    _loan(book)
    _guarantee(book)
    announce(book, "NO", purpose="humanitarian", title="Not disclosed", on="2025-01-03")
    close(book, "2025-01")
    reopen(book, "2025-01")
    close(book, "2025-01")


def _facility(book: Book) -> None:
    parent = announce(book, "GB", "100.00 GBP", on="2025-01-05", source="ukef", package="air-defence")
    child = announce(
        book,
        "GB",
        "up_to 30.00 GBP, firm 10.00 GBP",
        f"at_least 50 {MISSILE}",
        title='Missiles «Ракети» [LMM], "5,000+"; it\'s 100 %',
        on="2025-01-06",
        parent=parent,
        origin="paper:1",
        cite="https://example.org/missiles",
        quote="fifty air-defence missiles",
        stated=("40.00 USD",),
    )
    draw(book, parent, child, "10.00 GBP", on="2025-01-07")
    cancel(book, child, "5.00 GBP", on="2025-01-08", to_parent=True)
    disburse(book, child, "2.00 GBP", f"20 {MISSILE}", on="2025-01-09", paid="2.40 EUR")
    repay(book, child, "1.00 GBP", on="2025-01-10")
    revise(book, parent, "120.00 GBP", on="2025-01-11")
    newer = announce(book, "GB", "1.00 GBP", on="2025-01-12", purpose="financial")
    supersede(book, child, newer, on="2025-01-13")
    amend(book, newer, title="The newer one", on="2025-01-14")


def _loan(book: Book) -> None:
    loan = announce(
        book,
        "DE",
        "1000.00 EUR",
        instrument="loan",
        source="era",
        on="2025-01-20",
        schedule={"2025-02-01": "300.00 EUR", "2025-05-01": "600.00 EUR"},
    )
    commit(book, loan, "600.00 EUR", on="2025-01-21")
    allocate(book, loan, "200.00 EUR", on="2025-01-22")
    disburse(book, loan, "250.00 EUR", on="2025-02-23")
    forgive(book, loan, "40.00 EUR", on="2025-02-24")
    disburse(book, loan, "800.00 EUR", on="2025-02-25", top_up=True)
    cancel(book, announce(book, "DE", "7 JPY", on="2025-02-26"), on="2025-02-27")
    reverse(book, last_number(book))


def _guarantee(book: Book) -> None:
    guarantee = announce(
        book, "FR", "30.00 USD", instrument="guarantee", max_exposure="56.00 USD", stage="committed", on="2025-02-01"
    )
    call(book, guarantee, "40.00 USD", on="2025-02-02")
    repay(book, guarantee, "10.00 USD", on="2025-02-03")
    mistaken = announce(book, "FR", "9.00 EUR", on="2025-02-04")
    reverse(book, last_number(book))
    assert book.facts(mistaken).void
