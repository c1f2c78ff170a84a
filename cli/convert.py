"""Conversion of one amount, with the rate it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from cli.options import Place, Shape, Words, takes
from cli.session import Session
from ledger.message import message
from ledger.table import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class Rates:
    """Which rate values an amount, and whose."""

    policy: Annotated[
        str,
        typer.Option("--policy", metavar="spot|month|year|fixed:PERIOD", help=message("Which rate values the amount.")),
    ] = "spot"
    rates: Annotated[
        Words, typer.Option("--rates", metavar="SOURCE,...", help=message("Whose rates, the first that has one; ecb."))
    ] = ()


@takes
def convert(
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help=message('Such as "1.6bn GBP".'))],
    currency: Annotated[
        str, typer.Argument(metavar="CURRENCY", help=message("The currency to convert to, such as EUR."))
    ],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=message("The amount's day; today if not said."))
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help=message("Show both rates against the euro, and any fallback."))
    ] = False,
    rates: Rates = Rates(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Convert an amount exactly, rounded once at the end, half-up. Needs no book, but uses the rates of one."""
    from ledger.book import Worth, converter, now
    from ledger.rate import rate_text

    session = Session(place)
    money = session.amount(amount, {})
    day = session.day(on) if on else now().date()
    worth = Worth(currency, rates.policy, rates.rates or ("ecb",))
    with session.book_or_none() as book:
        found = book.convert(money, worth, day) if book else converter(worth).convert(money, day)
    used = found.used
    row: dict[tuple[str, str], Cell] = {
        ("amount", "money"): found.amount,
        ("currency", "code"): found.amount.commodity.code,
        ("result", "money"): found.result,
        ("result_currency", "code"): found.result.commodity.code,
        ("on", "date"): day,
        ("rate", "number"): rate_text(used.rate),
        ("rate_date", "code"): used.rate_date,
        ("policy", "code"): str(used.policy),
        ("source", "code"): used.source,
    }
    if explain:
        row |= {
            ("pivot", "code"): used.pivot,
            ("base_rate", "number"): rate_text(used.base_value),
            ("quote_rate", "number"): rate_text(used.quote_value),
            ("observations", "count"): used.observations,
            ("fallback", "text"): used.fallback,
        }
    columns = [Column(name, kind) for name, kind in row]  # type: ignore[arg-type] # the kinds above
    notes = [used.fallback] if used.fallback else []
    session.show(Table(columns, [tuple(row.values())], notes=notes), shape)
