"""Exports: the book for other programs and for auditors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.export_audit import audit
from cli.export_iati import iati
from cli.export_parquet import parquet
from cli.export_plaintext import beancount, hledger
from cli.lazy import noun
from cli.options import Place, Shape, Valuation, Where, takes
from cli.progress import watched
from cli.render import note
from cli.session import Session
from cli.typed import selection, worth
from cli.whole import output, show_written
from ledger.errors import InputError
from ledger.message import counted, message

app = noun(message("Write the book for other programs and for auditors."))


@app.callback()
def export() -> None:
    """Write the book for other programs and for auditors."""


@app.command("csv")
@takes
def csv(
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="PATH", help=message("The file to write, whole or not at all; stdout else.")),
    ] = None,
    where: Where = Where(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Write the plain register: a row for each posting, in entry order (RFC 4180)."""
    session = Session(place)
    with session.book() as book, book.register(selection(where, session)) as lines, output(out, book, shape) as file:
        file.writelines(line.encode() for line in lines)
    show_written(out, shape)


@app.command("xlsx")
@takes
def xlsx(
    out: Annotated[
        str | None, typer.Option("--out", metavar="PATH.xlsx", help=message("The file to write, whole or not at all."))
    ] = None,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Write a workbook for people: totals, pipeline, items, pledges, the register, and the rates used (XLSX)."""
    if out is None:
        raise InputError("a workbook is a file, which no terminal shows: name it with --out PATH.xlsx")
    if Path(out).suffix.lower() != ".xlsx":
        raise InputError("--out {out}: a workbook's name ends in .xlsx, or spreadsheets do not open it", out=out)
    session = Session(place)
    with session.book() as book, output(out, book, shape) as file:
        remarks = book.workbook(file, selection(where, session), worth(valuation, session), watched)
    show_written(out, shape)
    if (numbers := remarks.as_text).count:
        note(
            counted(
                "{count} number with too many digits for a spreadsheet, marked in the workbook: {places}",
                "{count} numbers with too many digits for a spreadsheet, marked in the workbook: {places}",
                count=numbers.count,
                places=numbers.named,
            )
        )
    if (cut := remarks.cut).count:
        note(
            counted(
                "{count} cut text, marked in the workbook: {places}",
                "{count} cut texts, marked in the workbook: {places}",
                count=cut.count,
                places=cut.named,
            )
        )


app.command("hledger")(hledger)
app.command("beancount")(beancount)
app.command("iati")(iati)
app.command("audit")(audit)
app.command("parquet")(parquet)
