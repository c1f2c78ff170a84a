"""The command `checkpoint`: the head of the log, signed."""

from __future__ import annotations

import sys

from cli.key import Signing, signing_key
from cli.options import Place, Shape, takes
from cli.session import Session, refuse_in_run
from ledger.message import message
from ledger.table import Column, Table


@takes
def checkpoint(signing: Signing = Signing(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Sign the head of all entries, keep it in the book, and print it: a file of it proves later what was there."""
    refuse_in_run(message("what is signed cannot be taken back: sign after the run"))
    session = Session(place)
    key = signing_key(signing)
    with session.book() as book:
        signed = book.checkpoint(key)
    if shape.format == "table":
        sys.stdout.buffer.write(signed.encode())
        return
    origin, size, root, *_ = signed.splitlines()
    columns = [*_codes("origin"), Column("size", "count"), *_codes("root", "name", "fingerprint", "checkpoint")]
    session.show(Table(columns, [(origin, int(size), root, key.public.name, key.public.fingerprint, signed)]), shape)


def _codes(*names: str) -> list[Column]:
    return [Column(name, "code") for name in names]
