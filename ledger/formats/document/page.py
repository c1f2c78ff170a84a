"""The page: a summary as one HTML file without scripts, that asks nobody for anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ledger.errors import InputError
from ledger.formats.document import words
from ledger.formats.document.cells import Grid, Writing
from ledger.formats.drawing.palette import DARK, LIGHT, SERIES
from ledger.formats.drawing.svg import svg
from ledger.formats.markup import template
from ledger.locale import Language
from ledger.message import message
from ledger.period import stamp
from ledger.reports.chart import Form, charts, term
from ledger.reports.summary import MOST_RATES, Cited, Summary, chosen, shortened
from ledger.table import Table

_NARROW = 560
"""How wide drawings are here, so that their letters can still be read on a phone."""
_BARS = 25
_PANELS = 8
_PLEDGES = 6
_PARTIES = {"donor", "group", "recipient"}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: what it is about, its drawing and the same figures as a table."""

    name: str
    heading: str
    about: str
    drawn: str
    drawing: str
    grid: Grid
    notes: tuple[str, ...]


def page(
    summary: Summary,
    language: Language,
    name: Callable[[str], str] = str,
    *,
    title: str = words.TITLE,
    said: Callable[[str], str] = str,
    spoken: str = "en",
) -> str:
    """The document, the same bytes for the same summary; ``name`` gives the name of a party's code.

    Its figures are in the notation of ``language``, its words as ``said`` says messages, in the language of the code
    ``spoken``: English, where neither is given. What stands in the data is text: only addresses that begin with http
    or https become links.
    """
    writing = Writing(language, name, said)
    filters = [(said(term(key)), _named(key, values, writing)) for key, values in chosen(summary.selection)]
    before, _, after = said(words.recorded(language.number(summary.entry))).partition(words.HERE)
    text = template("ledger.formats.document", "summary.html.jinja").render(
        title=said(title),
        lang=language.tag.replace("_", "-") if language.tag.split("_")[0] == spoken else spoken,
        words={key: said(word) for key, word in words.WORDS.items()},
        light=LIGHT,
        dark=DARK,
        colours=SERIES,
        summary=summary,
        recorded_at=stamp(summary.recorded_at),
        recorded=(before, language.day(summary.recorded_at.date()), after),
        pledges=said(words.pledges(summary, language.number(summary.pledges), selected=bool(filters))),
        valued=words.valued(summary, said),
        filters=filters,
        sections=_sections(summary, writing),
        sources=[_source(cited, writing) for cited in summary.sources],
        more_cited=said(words.more_cited(summary.more_cited, language.number(summary.more_cited))),
        rates=summary.rates and writing.grid("rates", said(words.RATES), summary.rates, MOST_RATES),
    )
    return f"{text}\n"


def _named(key: str, values: Sequence[str], writing: Writing) -> str:
    return ", ".join(writing.name(value) if key in _PARTIES else writing.said(value) for value in values)


def _sections(summary: Summary, writing: Writing) -> list[Section]:
    """The parts that hold figures, each drawn and as a table."""
    promised, day = ("pledged", "disbursed"), writing.language.day(summary.day)
    parts = [
        part._replace(about=message(part.about, day=day), caption=message(part.caption, day=day))
        for part in words.PARTS
    ]
    tables = (summary.donors, summary.kinds, summary.pipeline, summary.timeline)
    values = (promised, promised, ("amount", "overdue"), promised)
    return [
        _section(part, table, writing, values=named) for part, table, named in zip(parts, tables, values, strict=True)
    ]


def _section(part: words.Part, table: Table, writing: Writing, *, values: Sequence[str]) -> Section:
    said, name = writing.said, part.name
    form: Form = "columns" if "period" in table.header else "bars"
    try:
        drawn = charts(table, values, form, name=writing.name, most=_BARS, panels=_PANELS)
    except InputError:  # too much for a drawing, not for a table
        drawn = []
    drawing = svg(drawn, writing.language, name=f"{name}-chart", wide=_NARROW, said=said) if drawn else ""
    grid = writing.grid(name, said(part.caption), shortened(table))
    heading = said(part.heading)
    drawn_as = said(words.drawn(heading))
    return Section(name, heading, said(part.about), drawn_as, drawing, grid, tuple(map(said, table.notes)))


def _source(cited: Cited, writing: Writing) -> dict[str, Any]:
    """A source in words, with its link where it has an address that a browser may open."""
    source, said = cited.citation, writing.said
    ids = list(cited.pledges)
    more = len(ids) - _PLEDGES
    pledges = words.for_pledges(", ".join(ids[:_PLEDGES]), more, writing.language.number(max(more, 0)))
    return {
        "url": source.url,
        "link": linkable(source.url),
        "title": source.title or source.url or source.quote or source.file or said(message("a source without a name")),
        "by": ", ".join(part for part in (source.publisher, source.published, said(_kind(source.official))) if part),
        "pledges": said(pledges) if ids else "",
    }


def _kind(official: bool | None) -> str:  # noqa: FBT001 - a value, no switch
    return {True: message("official"), False: message("press"), None: ""}[official]


def linkable(url: str | None) -> bool:
    """Whether an address is one that a browser may open from here: of the web, with a host, without a password.

    >>> linkable("https://example.org/a"), linkable("javascript:alert(1)"), linkable("https://a:b@example.org")
    (True, False, False)
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
