"""Moves: the steps by which a pledge goes from stage to stage, one command each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.lazy import talks
from cli.options import Evidence, Place, Shape, takes
from cli.session import Session
from cli.typed import evidence, one_of
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.recognition.steps import Move

ABOUT = {
    "commit": message("Record that a promise became binding: legislated or signed. Every posting is shown."),
    "allocate": message("Record that money or items were earmarked to a concrete package. Every posting is shown."),
    "disburse": message("Record what was paid or delivered. Every posting is shown."),
    "call": message("Record that a guarantee was called and paid. Every posting is shown."),
    "repay": message("Record principal (or a grant) that came back. Every posting is shown."),
    "forgive": message("Record principal that was written off. Every posting is shown."),
    "cancel": message("Record what was withdrawn, expired or released before delivery. Every posting is shown."),
}
"""What each command is for, as its help says it."""


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


@dataclass(frozen=True, slots=True)
class Moving:
    """What was typed of a move: all of it text, read by :func:`moved`."""

    kind: str
    pledge: str
    amount: str | None = None
    how: How = How()
    given: Evidence = Evidence()


def moved(typed: Moving, session: Session, book: Book) -> Move:
    """The step that moves money or items. Raises :class:`~ledger.errors.InputError` for what cannot be read."""
    from ledger.journal import Stage
    from ledger.pledge import MoveKind
    from ledger.recognition.steps import Move

    known, how, amount = book.known_items(), typed.how, typed.amount
    every = (amount or "").strip().casefold() == "all" or (amount is None and not how.item)
    said = [*([amount] if amount is not None and not every else []), *(how.item or ())]
    return Move(
        kind=MoveKind(typed.kind),
        pledge=typed.pledge,
        amounts=tuple(session.amount(text, known) for text in said),
        everything=every,
        only=one_of(Stage, how.only, "--from") if how.only else None,
        top_up=how.top_up,
        paid=session.amount(how.at, known) if how.at else None,
        to_parent=how.back,
        evidence=evidence(typed.given, session),
    )


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
        session = Session(place)
        with session.book() as book:
            step = moved(Moving(kind, pledge, amount, how, given), session, book)
            session.show_recorded(book.record(step), shape)

    command.__doc__ = ABOUT[kind]
    return talks("cli.conversation.steps:move")(command)


COMMANDS: dict[str, Callable[..., None]] = {kind: _command(kind) for kind in ABOUT}
