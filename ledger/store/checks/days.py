"""Days in order: stages that held less than nothing on some day, which is suspicious and no error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, select

from ledger.errors import Problem
from ledger.journal import Entry, Posting, Stage, first_negative
from ledger.message import message
from ledger.money import Money, commodity
from ledger.store.tables import POSTINGS
from ledger.store.view import View


def out_of_order(pledge: str, dated: list[tuple[date, Posting]]) -> Problem | None:
    """The first day on which a stage of this pledge would have held less than nothing."""
    if found := first_negative(dated):
        day, account, units = found
        amount = Money(units, account.commodity)
        what = message(
            "on {day} it held {amount} {stage}: something is dated before what it draws on",
            day=day,
            amount=amount,
            stage=account.stage,
        )
        return Problem("warning", "out-of-order", pledge, what)
    return None


def caused_by(view: View, entry: Entry) -> Iterator[Problem]:
    """What an entry makes suspicious: not what was so before it."""
    before = replace(view, before=entry.number)
    for pledge in sorted({posting.pledge for posting in entry.postings}):
        found = out_of_order(pledge, view.dated_postings(pledge))
        if found and found != out_of_order(pledge, before.dated_postings(pledge)):
            yield found


def pledges_out_of_order(connection: Connection, book: int) -> Iterator[Problem]:
    """Every pledge of a book that is :func:`out_of_order`, by its id; each posting is read once."""
    columns = (POSTINGS.c.pledge, POSTINGS.c.on_date, POSTINGS.c.stage, POSTINGS.c.commodity, POSTINGS.c.amount)
    rows = select(*columns).filter_by(book=book).order_by(POSTINGS.c.pledge, POSTINGS.c.entry, POSTINGS.c.line)
    found = connection.execute(rows.execution_options(yield_per=1000))
    for pledge, postings in groupby(found, key=lambda row: str(row.pledge)):
        dated = [
            (
                date.fromisoformat(row.on_date),
                Posting(pledge, Stage(row.stage), Money(row.amount, commodity(row.commodity))),
            )
            for row in postings
        ]
        if problem := out_of_order(pledge, dated):
            yield problem
