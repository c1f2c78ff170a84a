"""The command `checkpoint`: the head of the log, signed."""

from __future__ import annotations

import sys

from cli.key import Signing, signing_key
from cli.options import Place, takes
from cli.session import Session


@takes
def checkpoint(signing: Signing = Signing(), place: Place = Place()) -> None:
    """Sign the head of all entries, keep it in the book, and print it: a file of it proves later what was there."""
    session = Session(place)
    key = signing_key(signing)
    with session.book() as book:
        signed = book.checkpoint(key)
    sys.stdout.buffer.write(signed.encode())
