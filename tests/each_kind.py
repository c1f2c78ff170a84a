"""A book with entries of each kind, said in every way that changes what stands in a line.

Its lines are kept, by kind, in ``tests/golden/lines``.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from ledger.book import Book
from ledger.journal import JSON, Citation
from ledger.pledge import MoveKind, Terms
from ledger.recognition import steps
from ledger.recognition.joint import shared
from tests.world import (
    MISSILE,
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
    money,
    register_item,
    register_party,
    register_source,
    reopen,
    repay,
    reverse,
    revise,
    supersede,
)

UID = "7b0a3cf6-19d4-4e58-9c2f-5d1e8a6b4c30"
FIRST = datetime(2025, 3, 2, 9, tzinfo=UTC)
TITLE = "Ракети «ППО» \N{ROCKET} \"5,000+\" \\ a/b; c|d, =1+1, <e> & 'f'"
"""Letters of three and four bytes, the two characters that are escaped, and those that other formats would."""

CITATION = Citation(
    url="https://example.org/a?b=1&c=ї",
    title='The "paper"',
    publisher="Example \\ Press",
    published="2025-03-02",
    retrieved="2025-03-03",
    quote="“more than 5,000”",
    official=True,
    file="page.html",
    sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)


def lines_by_kind(folder: Path) -> dict[str, list[str]]:
    """Make the book in this folder; the lines as they are stored, by kind, in the order of their numbers."""
    found: dict[str, list[str]] = defaultdict(list)
    with recorded(folder) as book, book.database.reading() as connection:
        for kind, line in connection.exec_driver_sql("SELECT kind, line FROM entry ORDER BY number"):
            found[kind].append(line)
    return dict(found)


@contextmanager
def recorded(folder: Path) -> Iterator[Book]:
    """The book, made in this folder. Its clock stands still within each part, however often it is looked at."""
    moments = [FIRST]
    with patch("uuid.uuid4", return_value=uuid.UUID(UID)):
        book = Book.create(str(folder / "each.db"), clock=lambda: moments[-1], recorded_by='Ада "A." L.')
    with book:
        for part in (_registers, _promises, _facility, _repayable, _corrections, _of_files, _periods, _joint):
            moments.append(moments[-1] + timedelta(hours=1, microseconds=7))
            part(book)
        yield book


def _registers(book: Book) -> None:
    register_item(book)
    register_party(book, "CZI", 'The "Czech" initiative \\ Česká iniciativa', "group", on="2025-01-01")
    register_source(book, "shells", "Фонд «снаряди»", note="a note", cite="https://example.org/fund")
    join(book, "GB", "CZI", "2025-01-01", "2025-12-31")
    join(book, "NA", "CZI")


def _promises(book: Book) -> None:
    evidence = steps.Evidence(
        on=date(2025, 1, 2), note="first / «перша»", origin="paper:1", citations=(CITATION, Citation(official=False))
    )
    said = announcement(
        "GB",
        "up_to 1600000000.00 GBP, firm 1160000000.00 GBP",
        f"at_least 5000 {MISSILE}",
        "1 JPY",
        id="P-1",
        title=TITLE,
        instrument="export_credit",
        source="ukef",
        lender="GB",
        obligor="UA",
        repayment_source="budget",
        package="spring 2025",
        stated=("2000000000.00 USD", "0.001 KWD"),
        schedule={"2025-06-01": "1000000000.00 GBP", "2025-03-06": "600000000.00 GBP"},
        max_exposure="2900000000.00 GBP",
        terms=Terms(interest="4.25", grace=5, maturity=19, payments=2, repayment="2"),
    )
    book.record(replace(said, evidence=evidence))
    announce(book, "NO", id="P-2", on="2025-01-03", purpose="humanitarian")
    announce(book, "JP", "9223372036854775807 JPY", id="P-3", on="2025-01-04", stage="committed")
    commit(book, "P-1", "1160000000.00 GBP", on="2025-01-05")
    commit(book, "P-1", f"5000 {MISSILE}", on="2025-01-05", origin="paper:2")
    allocate(book, "P-1", "400000000.00 GBP", on="2025-01-06")
    disburse(book, "P-1", "100000000.00 GBP", f"20 {MISSILE}", on="2025-01-07")
    disburse(book, "P-1", "0.01 GBP", on="2025-01-07", paid="0.001 KWD")
    disburse(book, "P-1", "2000000000.00 GBP", on="2025-01-08", top_up=True)


def _facility(book: Book) -> None:
    announce(book, "GB", "3500.00 GBP", id="LIMIT", on="2025-01-10")
    announce(book, "GB", "1600.00 GBP", id="CHILD", on="2025-01-11", parent="LIMIT")
    announce(book, "GB", "50.00 GBP", id="OTHER", on="2025-01-11", purpose="other")
    draw(book, "LIMIT", "OTHER", "30.00 GBP", on="2025-01-12")
    draw(book, "LIMIT", "OTHER", "20.00 GBP", on="2025-01-12", existing=True)
    reverse(book, last_number(book), note="entered twice")
    cancel(book, "CHILD", "600.00 GBP", on="2025-01-13", to_parent=True)
    cancel(book, "CHILD", "100.00 GBP", on="2025-01-13", note="expired")
    announce(book, "GB", "1.00 GBP", id="NEWER", on="2025-01-14", purpose="financial")
    supersede(book, "CHILD", "NEWER", on="2025-01-14")


def _repayable(book: Book) -> None:
    announce(book, "DE", "1000.00 EUR", id="LOAN", instrument="loan", on="2025-01-20", source="era")
    disburse(book, "LOAN", on="2025-01-21")
    repay(book, "LOAN", "100.00 EUR", on="2025-01-22")
    repay(book, "LOAN", "100.00 EUR", on="2025-01-23", paid="4500.00 UAH")
    forgive(book, "LOAN", "50.00 EUR", on="2025-01-24")
    announce(book, "FR", "30.00 USD", id="GUARANTEE", instrument="guarantee", max_exposure="56.00 USD", on="2025-01-25")
    call(book, "GUARANTEE", "40.00 USD", on="2025-01-26")
    call(book, "GUARANTEE", "1.00 USD", on="2025-01-27", paid="1 JPY")


def _corrections(book: Book) -> None:
    revise(book, "LIMIT", "about 4000.00 GBP", on="2025-02-01", note='raised: "new" \\ limit')
    revise(book, "LIMIT", "3900.00 GBP", on="2025-02-02", origin="paper:3")
    revise(book, "P-2", "exact 5.00 NOK", on="2025-02-03")
    revise(book, "NEWER", "0.50 GBP", by=True, on="2025-02-03")
    announce(book, "SE", "60.00 GBP", id="KRONOR", on="2025-02-04")
    revise(book, "KRONOR", "up_to 800.00 SEK, firm 500.00 SEK", on="2025-02-04", replaces="GBP")
    amend(book, "OTHER", title=TITLE, source="budget", on="2025-02-05")
    reverse(book, last_number(book))
    amend(book, "OTHER", donor="PL", on="2025-02-06", note="misattributed")
    book.record(
        steps.Distinguish(pledge="OTHER", other="NEWER", evidence=steps.Evidence(on=date(2025, 2, 8), note="two"))
    )


def _of_files(book: Book) -> None:
    evidence = steps.Evidence(on=date(2025, 2, 10), origin="iati:XA-1:9", note="type 3", citations=(CITATION,))
    book.record(steps.Correct(kind=MoveKind.DISBURSE, pledge="LOAN", amounts=(money("10.00 EUR"),), evidence=evidence))
    content: dict[str, JSON] = {
        "kind": "commit",
        "pledge": "P-1",
        "on": "2025-01-05",
        "amounts": [f"4000 {MISSILE}"],
        "citations": [{"url": "https://example.org/2"}],
        "note": None,
    }
    evidence = steps.Evidence(on=date(2025, 2, 11), origin="paper:2@2", note='amounts was ["5000"], now ["4000"]')
    book.record(steps.Restate(pledge="P-1", restates="paper:2", content=content, evidence=evidence))
    paid = next(entry.number for entry in entries(book) if entry.pledge == "LOAN" and entry.kind == "disburse")
    book.record(
        steps.Match(
            account="GB29NWBK60161331926819",
            lines=(
                steps.Booked("2025-01", "TR1", date(2025, 1, 21), money("-600.00 EUR")),
                steps.Booked("2025-01", "TR2", date(2025, 1, 22), money("-300.00 EUR")),
            ),
            settled=(steps.Settled(paid, "LOAN", money("-1000.00 EUR")),),
            partial=True,
            evidence=steps.Evidence(on=date(2025, 2, 12), origin="match:A:TR1"),
        )
    )


def _periods(book: Book) -> None:
    close(book, "2025-01", on="2025-02-13")
    reopen(book, "2025-01", on="2025-02-14")
    close(book, "2025-02", on="2025-03-01")


def _joint(book: Book) -> None:
    whole = announcement(
        "GB",
        "up_to 100.00 EUR, firm 50.00 EUR",
        f"at_least 7 {MISSILE}",
        title=TITLE,
        stated=("110.00 USD",),
        schedule={"2025-06-01": "50.00 EUR", "2025-07-01": "50.00 EUR"},
        max_exposure="120.00 EUR",
        package="joint «100»",
        instrument="guarantee",
        on="2025-03-02",
    )
    evidence = steps.Evidence(on=date(2025, 3, 2), note="in thirds", origin="paper:4", citations=(CITATION,))
    parts = shared(whole, ("GB", "NO", "CZI"), (1, 1, 1))
    book.record(steps.AnnounceJointly(parts=parts, evidence=evidence))
    reverse(book, last_number(book), note="not signed")
    reverse(book, last_number(book), note="signed after all")
    drawn = announcement("GB", "100.00 GBP", parent="LIMIT", stage="committed")
    parts = shared(drawn, ("GB", "FR"), (3, 1))
    book.record(steps.AnnounceJointly(parts=parts, evidence=steps.Evidence(on=date(2025, 3, 2))))
    undisclosed = shared(announcement("GB"), ("SE", "FI"))
    book.record(steps.AnnounceJointly(parts=undisclosed, evidence=steps.Evidence(on=date(2025, 3, 2))))
