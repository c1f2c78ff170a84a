"""Moves: the steps by which a pledge goes from stage to stage, one command each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from cli.options import Evidence, Place, Shape, takes
from cli.session import Session
from cli.typed import evidence, one_of
from ledger.message import message

ABOUT = {
    "commit": "Record that a promise became binding: legislated or signed.",
    "allocate": "Record that money or items were earmarked to a concrete package.",
    "disburse": "Record what was paid or delivered.",
    "call": "Record that a guarantee was called and paid.",
    "repay": "Record principal (or a grant) that came back.",
    "forgive": "Record principal that was written off.",
    "cancel": "Record what was withdrawn, expired or released before delivery.",
}


@dataclass(frozen=True, slots=True)
class How:
    """From where a move draws, and what goes beside it."""

    item: Annotated[
        list[str] | None, typer.Option("--item", metavar='"N CODE"', help=message("Pieces of an item."))
    ] = None
    only: Annotated[
        str | None,
        typer.Option("--from", metavar="STAGE", help=message("The one stage to draw from; the nearest first else.")),
    ] = None
    top_up: Annotated[
        bool, typer.Option("--top-up", help=message("Record what goes beyond the promise as an excess."))
    ] = False
    at: Annotated[
        str | None, typer.Option("--at", metavar="AMOUNT", help=message("What was really paid, in another currency."))
    ] = None
    back: Annotated[
        bool, typer.Option("--return", help=message("Cancelling: give the money back to the facility."))
    ] = False


def _command(kind: str) -> Callable[..., None]:
    @takes
    def command(
        pledge: Annotated[str, typer.Argument(metavar="PLEDGE", help=message("Its id."))],
        amount: Annotated[
            str | None, typer.Argument(metavar="[AMOUNT|all]", help=message("How much; all of it where not said."))
        ] = None,
        how: How = How(),
        given: Evidence = Evidence(),
        shape: Shape = Shape(),
        place: Place = Place(),
    ) -> None:
        from ledger.journal import Stage
        from ledger.pledge import MoveKind
        from ledger.recognition.steps import Move

        session = Session(place)
        with session.book() as book:
            known = book.known_items()
            every = (amount or "").strip().casefold() == "all" or (amount is None and not how.item)
            typed = [*([amount] if amount is not None and not every else []), *(how.item or ())]
            step = Move(
                kind=MoveKind(kind),
                pledge=pledge,
                amounts=tuple(session.amount(text, known) for text in typed),
                everything=every,
                only=one_of(Stage, how.only, "--from") if how.only else None,
                top_up=how.top_up,
                paid=session.amount(how.at, known) if how.at else None,
                to_parent=how.back,
                evidence=evidence(given, session),
            )
            session.show_recorded(book.record(step), shape)

    command.__doc__ = f"{ABOUT[kind]} Every posting is shown."
    return command


COMMANDS: dict[str, Callable[..., None]] = {kind: _command(kind) for kind in ABOUT}
