"""``reconcile statement``: a bank's or a treasury's statement beside what the book says was paid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Place, Shape, Where, Words, takes
from cli.render import note
from cli.session import Session
from cli.typed import selection, whole
from ledger.errors import InputError
from ledger.message import counted, message

if TYPE_CHECKING:
    from ledger.reconcile.cash import Terms

_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Comparing:
    """How a statement is compared with the book."""

    received: Annotated[
        bool, typer.Option("--received", help=message("The account is the recipient's: what was disbursed came in."))
    ] = False
    days: Annotated[
        str,
        typer.Option("--days", metavar="N", help=message("How many days a booking may be from the day in the book.")),
    ] = "5"
    tolerance: Annotated[
        str | None,
        typer.Option(
            "--tolerance", metavar="AMOUNT|PCT", help=message("How far amounts may differ either way: 1 GBP, 0.1%.")
        ),
    ] = None
    fees: Annotated[
        str | None,
        typer.Option("--fees", metavar="AMOUNT", help=message("The most that bank charges may take from a payment.")),
    ] = None

    def terms(self, session: Session) -> Terms:
        """The terms as the ledger takes them."""
        from cli.reconcile import read_tolerance  # which imports this module, to have its command
        from ledger.reconcile.cash import Terms

        days = whole(self.days, "--days")
        if days > _MOST_DAYS:
            raise InputError(
                "--days {days}: a booking may be {most_days} days at most from the day in the book",
                days=days,
                most_days=_MOST_DAYS,
            )
        fees = session.amount(self.fees, {}) if self.fees else None
        return Terms(received=self.received, days=days, fees=fees, tolerance=read_tolerance(session, self.tolerance))


@dataclass(frozen=True, slots=True)
class Accepting:
    """What of a comparison is recorded."""

    accept: Annotated[
        bool, typer.Option("--accept", help=message("Record what is matched, as entries that move nothing."))
    ] = False
    proposed: Annotated[
        Words,
        typer.Option(
            "--accept-proposed", metavar="GROUP,...|all", help=message("Record these proposed groups as well.")
        ),
    ] = ()


@takes
def statement(
    file: Annotated[str, typer.Argument(metavar="FILE", help=message("camt.053, MT940, or a table through a map."))],
    mapping: Annotated[
        str | None,
        typer.Option("--map", metavar="MAP.toml", help=message("What a table's columns mean, if not the ledger's.")),
    ] = None,
    comparing: Comparing = Comparing(),
    accepting: Accepting = Accepting(),
    where: Where = Where(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """A bank's statement beside what was paid by the book: matched, proposed, only ours, only theirs."""
    from ledger.formats.bank.map import load
    from ledger.formats.bank.recognise import read

    session = Session(place)
    chosen = selection(where, session)
    terms = comparing.terms(session)
    records = accepting.accept or bool(accepting.proposed)
    if records and (where.known_at or where.as_of):
        raise InputError("matches are recorded in the book as it stands: leave --known-at and --as-of out")
    read_file = read(Path(file), load(Path(mapping)) if mapping else None)
    with session.book() as book:
        found = book.statement(read_file, chosen, terms)
        if records:
            steps = found.steps(matched=accepting.accept, proposed=accepting.proposed)
            new = [one for one in book.record_all(steps) if not one.repeated]
            note(counted("{count} match is recorded", "{count} matches are recorded", count=len(new)))
            found = book.statement(read_file, chosen, terms)
        session.show(found.table, shape, book)
