"""Which layout a file of rates is in, told by what it holds and never by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.rates import contents, dac, ecb_history, ecb_sdmx, hmrc, imf, nbu, plain, us_treasury
from ledger.formats.rates.contents import Broken, Content
from ledger.formats.rates.gather import RateFile, gather
from ledger.formats.rates.layout import Layout, Line, shown
from ledger.message import message

LAYOUTS: tuple[Layout, ...] = (
    ecb_history.LAYOUT,
    ecb_sdmx.LAYOUT,
    imf.LAYOUT,
    nbu.LAYOUT,
    dac.BY_COUNTRY,
    dac.BY_ENTITY,
    us_treasury.LAYOUT,
    plain.LAYOUT,
)
"""Every layout that is a CSV; HMRC's is JSON."""
PUBLISHERS = frozenset(layout.source for layout in (*LAYOUTS, hmrc.LAYOUT) if layout.source)
LONGEST_NAME = 64

_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


def read(path: Path, name: str | None = None) -> RateFile:
    """The rates of a file, whichever of the known layouts it is in, as a proposal: nothing is written.

    ``name`` is the source's name for a plain CSV, whose publisher the file does not
    tell; without it the file's own name is used, in lower-case letters, digits and hyphens.

    Raises :class:`InputError` for a file that cannot be read as a whole: not there, too
    large, not UTF-8, in no known layout, without a line; and for a name that is none,
    is a publisher's, or is given for a publisher's file.
    """
    try:
        content = contents.load(path)
        layout, lines = _recognised(content)
        source = _source(layout, path, name)
        found = gather(lines, layout, source, content.sha256)
    except InputError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.message, hint=error.hint) from None
    if layout is plain.LAYOUT:
        return replace(found, problems=(*found.problems, *plain.doubts(found.rates)))
    return found


def _recognised(content: Content) -> tuple[Layout, Iterable[Line | Broken]]:
    """The layout of a file, and its lines."""
    if content.is_json:
        document = contents.document(content.text)
        if hmrc.LAYOUT.recognises(hmrc.keys(document)):
            return hmrc.LAYOUT, hmrc.lines(document)
        raise _unknown(content)
    header = contents.header(content.text)
    for layout in LAYOUTS:
        if layout.recognises(header):
            return layout, contents.lines(content.text)
    raise _unknown(content)


def _unknown(content: Content) -> InputError:
    begins = shown(content.text.lstrip()[:200].partition("\n")[0].rstrip())
    known = "; ".join(f"{layout.word} ({layout.header})" for layout in (*LAYOUTS, hmrc.LAYOUT))
    return InputError(
        "it is in no layout that is known, it begins {begins}",
        begins=begins,
        hint=message("known are {known}", known=known),
    )


def _source(layout: Layout, path: Path, name: str | None) -> str:
    """Who published the rates: the layout says, or the caller, or the file's name."""
    if layout.source:
        if name is not None and name != layout.source:
            raise InputError(
                "its layout is that of '{source}', so its source cannot be called {name}",
                source=layout.source,
                name=shown(name),
            )
        return layout.source
    chosen = _cleaned(path.stem) if name is None else name
    if not _NAME.fullmatch(chosen) or len(chosen) > LONGEST_NAME:
        raise InputError(
            "{name} cannot be the name of its source",
            name=shown(chosen),
            hint=message("name it with --as, in lower-case letters, digits and hyphens, such as --as kiel-r7"),
        )
    if chosen in PUBLISHERS:
        raise InputError(
            "its source cannot be called '{name}', since it is not in a layout of that publisher's",
            name=chosen,
            hint=message("give it a name of its own, such as --as {name}-by-hand", name=chosen),
        )
    return chosen


def _cleaned(stem: str) -> str:
    """A file's name as the name of a source: ``Kiel R7 (rates)`` is ``kiel-r7-rates``."""
    return "-".join(re.findall(r"[a-z0-9]+", stem.lower()))[:LONGEST_NAME].rstrip("-")
