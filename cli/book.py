"""The book itself: made, checked, brought up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Place, Shape, takes
from cli.render import note
from cli.session import Session, patience, refuse_in_run, too_late
from ledger.message import message
from ledger.table import Column, Table


@takes
def init(
    recipient: Annotated[
        str, typer.Option("--recipient", metavar="CODE", help=message("Who receives, where a pledge does not say."))
    ] = "UA",
    require_citation: Annotated[
        bool, typer.Option("--require-citation", help=message("Refuse entries on pledges without a citation."))
    ] = False,
    roles: Annotated[
        bool, typer.Option("--roles", help=message("In PostgreSQL, make roles for an owner, writers and auditors."))
    ] = False,
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Make a new, empty book, which only its owner may read. One that is there already is left alone."""
    from ledger.book import Book

    refuse_in_run(message("a run is about a book that is there: make it before the run"))
    session = Session(place)
    with Book.create(session.path, recipient=recipient, require_citation=require_citation, roles=roles) as book:
        too_late()
    if shape.format == "table":
        typer.echo(session.shown)
    else:
        columns = [Column("path"), Column("book", "code"), Column("recipient", "code")]
        session.show(Table(columns, [(session.shown, book.uid, recipient)]), shape)
    if book.roles:
        owner, writer, auditor = book.roles
        note(
            message(
                "roles: {owner} owns the tables, {writer} records, {auditor} reads; GRANT gives them to people",
                owner=owner,
                writer=writer,
                auditor=auditor,
            )
        )
    note(message("next: {command}", command="aidledger pledge add --help"))


@takes
def check(shape: Shape = Shape(), place: Place = Place()) -> None:
    """Check every invariant of the book, and list what is suspicious. Exits 1 where an invariant is broken."""
    session = Session(place)
    with session.book() as book:
        problems = book.check()
    columns = [Column("severity", "code"), Column("code", "code"), Column("where"), Column("message")]
    rows = [(problem.severity, problem.code, problem.where, problem.message) for problem in problems]
    broken = any(problem.severity == "error" for problem in problems)
    session.show(Table(columns, rows, notes=[] if broken else [message("every invariant holds")]), shape)
    if broken:
        raise typer.Exit(1)


@takes
def upgrade(shape: Shape = Shape(), place: Place = Place()) -> None:
    """Bring a book that an older version made up to this version's schema. Copy the file first."""
    from ledger.book import upgrade

    refuse_in_run(message("a run is about a book of this version: upgrade it before the run"))
    session = Session(place)
    before, after = upgrade(session.path, patience=patience())
    too_late()
    if shape.format != "table":
        columns = [Column("path"), Column("before", "code"), Column("after", "code")]
        session.show(Table(columns, [(session.shown, before, after)]), shape)
    note(
        message("schema {before} -> {after}", before=before, after=after)
        if before != after
        else message("schema {after} already: nothing to do", after=after)
    )
