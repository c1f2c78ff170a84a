"""The report on items: units promised and delivered, and what one of them costs."""

from __future__ import annotations

from cli.options import By, Explain, Place, Shape, Valuation, Where, takes
from cli.session import Session
from cli.typed import selection, worth


@takes
def items(
    by: By = None,
    explain: Explain = False,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Units of items promised, delivered and open, and the price of a unit that a pledge's money implies."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        found = book.units(selection(where, session), dimensions(by, ("pledge",)), worth(valuation, session))
        session.show_explained(found, shape, book, explain=explain)
