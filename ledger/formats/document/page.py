"""The page: a summary as one HTML file without scripts, that asks nobody for anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ledger.errors import InputError
from ledger.formats.document.cells import Grid, Writing
from ledger.formats.drawing.palette import DARK, LIGHT, SERIES
from ledger.formats.drawing.svg import svg
from ledger.formats.markup import template
from ledger.locale import Language
from ledger.period import stamp
from ledger.reports.chart import Form, charts
from ledger.reports.summary import MOST_RATES, Cited, Summary, chosen, shortened
from ledger.table import Table

TITLE = "Aid pledges"
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
    drawing: str
    grid: Grid
    notes: tuple[str, ...]


def page(summary: Summary, language: Language, name: Callable[[str], str] = str, *, title: str = TITLE) -> str:
    """The document, the same bytes for the same summary; ``name`` gives the name of a party's code.

    Its words are English and its figures in the notation of ``language``. What stands in the data is text: only
    addresses that begin with http or https become links.
    """
    writing = Writing(language, name)
    rates = summary.rates and writing.grid("rates", "Rates that figures were converted with", summary.rates, MOST_RATES)
    text = template("ledger.formats.document", "summary.html.jinja").render(
        title=title,
        lang=language.tag.replace("_", "-") if language.tag.startswith("en") else "en",
        light=LIGHT,
        dark=DARK,
        colours=SERIES,
        summary=summary,
        recorded_at=stamp(summary.recorded_at),
        recorded_on=language.day(summary.recorded_at.date()),
        numbers={key: language.number(getattr(summary, key)) for key in ("entry", "pledges", "more_cited")},
        filters=[(key, _named(key, values, name)) for key, values in chosen(summary.selection)],
        sections=list(_sections(summary, writing)),
        sources=[_source(cited, language) for cited in summary.sources],
        rates=rates,
        number=language.number,
    )
    return f"{text}\n"


def _named(key: str, values: Sequence[str], name: Callable[[str], str]) -> str:
    return ", ".join(name(value) if key in _PARTIES else value for value in values)


def _sections(summary: Summary, writing: Writing) -> list[Section]:
    """The parts that hold figures, each drawn and as a table."""
    promised, day = ("pledged", "disbursed"), writing.language.day(summary.day)
    due = f"How much stands at each stage, and what of it was due by {day} and is not disbursed."
    about = {
        "By donor": "What each donor promised, and what of it was delivered.",
        "By purpose and instrument": "What it is for, and how it is financed.",
        "Pipeline": due,
        "Over time": "All that was promised and delivered up to the end of each period.",
    }
    tables = (summary.donors, summary.kinds, summary.pipeline, summary.timeline)
    values = (promised, promised, ("amount", "overdue"), promised)
    return [
        _section(words, table, writing, values=named)
        for words, table, named in zip(about.items(), tables, values, strict=True)
    ]


def _section(words: tuple[str, str], table: Table, writing: Writing, *, values: Sequence[str]) -> Section:
    heading, about = words
    name = heading.lower().replace(" ", "-")
    form: Form = "columns" if "period" in table.header else "bars"
    try:
        drawn = charts(table, values, form, name=writing.name, most=_BARS, panels=_PANELS)
    except InputError:  # too much for a drawing, not for a table
        drawn = []
    drawing = svg(drawn, writing.language, name=f"{name}-chart", wide=_NARROW) if drawn else ""
    grid = writing.grid(name, f"{heading}: {about[:1].lower()}{about[1:]}", shortened(table))
    return Section(name, heading, about, drawing, grid, tuple(table.notes))


def _source(cited: Cited, language: Language) -> dict[str, Any]:
    """A source in words, with its link where it has an address that a browser may open."""
    said = cited.citation
    ids = list(cited.pledges)
    more = len(ids) - _PLEDGES
    return {
        "url": said.url,
        "link": linkable(said.url),
        "title": said.title or said.url or said.quote or said.file or "a source without a name",
        "by": ", ".join(part for part in (said.publisher, said.published, _kind(said.official)) if part),
        "pledges": ", ".join(ids[:_PLEDGES]) + (f" and {language.number(more)} more" if more > 0 else ""),
    }


def _kind(official: bool | None) -> str | None:  # noqa: FBT001 - a value, no switch
    return {True: "official", False: "press", None: None}[official]


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
