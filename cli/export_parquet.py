"""The command `export parquet`: the book in columns, as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Place, Shape, Where, takes
from cli.progress import watched
from cli.render import note
from cli.session import Session
from cli.typed import selection
from cli.whole import show_written, whole_folder
from ledger.errors import InputError
from ledger.message import Message, counted, joined, message


@takes
def parquet(
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help=message("The folder to write, whole or not at all."))
    ] = None,
    where: Where = Where(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Write entries, postings, pledges and rates in columns, for DuckDB, Spark and their like (Parquet)."""
    from ledger.formats.parquet import require_pyarrow

    if out is None:
        raise InputError("an export as Parquet is a folder of files: name it with --out DIR")
    require_pyarrow()
    session = Session(place)
    with session.book() as book, whole_folder(Path(out), _in_the_way) as folder:
        rows = book.columns(folder, selection(where, session), watched)
    if shape.format == "table":
        typer.echo(out)
    show_written(out, shape)
    written = (
        counted("{count} row in {file}", "{count} rows in {file}", count=count, file=f"{name}.parquet")
        for name, count in rows.items()
    )
    note(joined(written))


def _in_the_way(place: Path) -> Message | None:
    """Why what is there has to stay: only an earlier export of the same four files, or nothing, is replaced."""
    from ledger.formats.parquet import FILES

    if place.is_symlink() or not place.is_dir():
        return message("is no folder")
    found = {each.name for each in place.iterdir()}
    return None if found in (set(), set(FILES)) else message("holds other files than an export as Parquet")
