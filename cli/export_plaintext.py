"""`export hledger` and `export beancount`: the journal for other accounting programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Place, Shape, Where, Words, takes
from cli.render import note
from cli.session import Session
from cli.typed import selection
from cli.whole import output, show_written
from ledger.message import message

if TYPE_CHECKING:
    from ledger.formats.plaintext.content import Content

_Journal = Callable[["Content"], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Written:
    """Where a journal goes, and whose rates are its prices."""

    out: Annotated[
        str | None,
        typer.Option("--out", metavar="PATH", help=message("The file to write, whole or not at all; stdout else.")),
    ] = None
    rates: Annotated[
        Words,
        typer.Option("--rates", metavar="SOURCE,...", help=message("Whose rates are its prices; ecb if not said.")),
    ] = ()


@takes
def hledger(
    written: Written = Written(), where: Where = Where(), shape: Shape = Shape(), place: Place = Place()
) -> None:
    """Write the journal for hledger: accounts, commodities, prices and every selected posting."""
    from ledger.formats.plaintext.hledger import journal

    _write(journal, written, where, shape, Session(place))


@takes
def beancount(
    written: Written = Written(), where: Where = Where(), shape: Shape = Shape(), place: Place = Place()
) -> None:
    """Write the journal for Beancount: accounts, commodities, prices and every selected posting."""
    from ledger.formats.plaintext.beancount import journal

    _write(journal, written, where, shape, Session(place))


def _write(journal: _Journal, written: Written, where: Where, shape: Shape, session: Session) -> None:
    rates = written.rates or ("ecb",)
    with (
        session.book() as book,
        book.journal_for_others(selection(where, session), rates) as content,
        output(written.out, book, shape) as file,
    ):
        file.writelines(piece.encode() for piece in journal(content))
    if content.unpriced:
        note(
            message(
                "without a price on some of the days they are posted on: {currencies} (no rate to EUR in {sources});"
                " --rates SOURCE,... asks others",
                currencies=", ".join(content.unpriced),
                sources=", ".join(rates),
            )
        )
    show_written(written.out, shape)
