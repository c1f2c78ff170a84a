"""The stream: XML read in pieces by the standard library's expat, so that memory does not grow with the file.

Expat tells the right line of any file, and lets a DOCTYPE be refused before anything it declares is looked at,
which leaves no entity to expand. What is bounded: a text, a piece of markup, the depth, the names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.parsers import expat

from ledger.errors import InputError

DEEPEST = 100
LONGEST_TEXT = 1_000_000  # characters of one text or attribute
LARGEST_MARKUP = 2 * 2**20  # bytes of one tag, comment or instruction
MOST_NAMES = 20_000  # of elements and attributes

_PIECE = 2**16  # bytes

Parser = expat.XMLParserType


def parser(encoding: str | None, names: dict[str, str]) -> Parser:
    """A parser that knows no DOCTYPE, and keeps the names it meets in ``names``."""
    made = expat.ParserCreate(encoding, None, names)
    made.StartDoctypeDeclHandler = _refuse_doctype
    return made


def feed(to: Parser, file: BinaryIO, names: dict[str, str]) -> None:
    """The rest of a file, a piece at a time.

    Raises :class:`InputError` where one tag, or the number of names, grows beyond what is read.
    """
    fed = -file.tell()
    while piece := file.read(_PIECE):
        to.Parse(piece)
        if fed + file.tell() - to.CurrentByteIndex > LARGEST_MARKUP:
            raise InputError("it has a tag or comment of more than {most} MiB", most=LARGEST_MARKUP // 2**20)
        if len(names) > MOST_NAMES:
            raise InputError("its elements have more than {most:,} different names", most=MOST_NAMES)
    to.Parse(b"", True)  # noqa: FBT003 - expat takes no names


@contextmanager
def faults() -> Iterator[None]:
    """What expat and the system call an error, in one line of ours."""
    try:
        yield
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise InputError("it is not well-formed XML: line {line}, {reason}", line=error.lineno, reason=said) from None
    except OSError as error:
        raise InputError("it cannot be opened: {reason}", reason=error.strerror or error) from None
    except (LookupError, ValueError):
        raise InputError("its encoding is not read here: save it as UTF-8") from None


def _refuse_doctype(*_: object) -> None:
    raise InputError("it has a DOCTYPE, which no such file needs and which may declare entities: take it out")
