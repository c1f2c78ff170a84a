"""Values: what may be typed where an option or an argument expects one.

Everything offered begins with what was typed, and is taken by whatever reads the value. Where nothing is known that
could stand there (a title, a day), nothing is offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cli.completion.line import Cursor, key
from cli.completion.offer import Offer, Paths
from cli.language import said
from ledger.message import message

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.store.suggested import Register, Suggested

Known = tuple[str, str]
"""What may stand there, and what it means."""

_CHOICE = re.compile("([a-z][a-z_-]*:?)[A-Z]*")


@dataclass(frozen=True)
class Asked:
    """A value that is asked for: the part of the word that stands for it, and the line it stands in."""

    cursor: Cursor
    typed: str
    environ: Mapping[str, str]

    @cached_property
    def session(self) -> Session:
        """Where the book is and whose language is spoken, as the line says, else the environment."""
        from cli.options import Place
        from cli.session import Session

        given = self.cursor.given
        book = given.get("--book") or self.environ.get("AIDLEDGER_BOOK")
        return Session(Place(book=book, locale=given.get("--locale")))

    def book(self) -> AbstractContextManager[Suggested]:
        """What the book suggests that the line is about."""
        from ledger.store.suggested import suggested

        return suggested(_expanded(self.session.path, self.environ))


def _expanded(path: str, environ: Mapping[str, str]) -> str:
    """A path as the shell will make it: variables of the environment in place of their names."""
    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", lambda found: environ.get(found[1] or found[2], found[0]), path)


def paths(cursor: Cursor) -> Paths:
    """Whether the shell's own files or folders belong here."""
    metavar = str(getattr(cursor.value, "metavar", ""))
    if "DIR" in metavar:
        return "folders"
    return "files" if re.search("FILE|PATH|MAP|CHECKPOINT|FROM$|TO$", metavar) else ""


def values(cursor: Cursor, environ: Mapping[str, str]) -> Iterator[Offer]:
    """What may stand at the cursor, with what is typed already before it; of several with commas, the last one."""
    kind = kind_of(cursor)
    if kind is None:
        return
    head, comma, typed = cursor.word.rpartition(",") if several(cursor) else ("", "", cursor.word)
    taken = set(head.split(",")) if comma else set()
    for value, meaning in kind(Asked(cursor, typed, environ)):
        if value.startswith(typed) and value not in taken:
            yield Offer(cursor.lead + head + comma + value, meaning, goes_on=value.endswith(":"))


def several(cursor: Cursor) -> bool:
    """Whether several values may stand in one word, with commas."""
    return bool(re.search(r",\.\.\.|D,D|^\{?DONOR", str(cursor.value.metavar)))


Kind = Callable[[Asked], Iterable[Known]]


def kind_of(cursor: Cursor) -> Kind | None:
    """What completes the value at the cursor, None where nothing does."""
    name, metavar = key(cursor.value), str(cursor.value.metavar)
    own = KINDS.get(" ".join((*cursor.path, name))) or (_stages if metavar == "STAGE" else KINDS.get(name))
    return own or (_choices if _CHOICE.search(metavar) and "|" in metavar else None)


def _choices(asked: Asked) -> Iterator[Known]:
    """The words that the help names as all there are: ``table|json|csv``."""
    for each in str(asked.cursor.value.metavar).strip("[]{}").split("|"):
        if choice := _CHOICE.fullmatch(each):
            yield choice[1], ""


def _pledges(asked: Asked) -> Iterable[Known]:
    with asked.book() as book:
        return book.pledges(asked.typed, void=True)


def _live_pledges(asked: Asked) -> Iterable[Known]:
    with asked.book() as book:
        return book.pledges(asked.typed, void=False)


def _entries(asked: Asked) -> Iterable[Known]:
    with asked.book() as book:
        return book.entries(asked.typed)


def _packages(asked: Asked) -> Iterable[Known]:
    with asked.book() as book:
        return book.packages(asked.typed)


def _groups(asked: Asked) -> Iterable[Known]:
    with asked.book() as book:
        return book.groups(asked.typed)


def _parties(asked: Asked) -> Iterator[Known]:
    """Registered parties, then the countries of ISO 3166."""
    from ledger.locale.names import countries

    own = _register(asked, "party", asked.typed)
    yield from own
    yield from ((code, name) for code, name in countries(asked.session.tag).items() if code not in dict(own))


def _sources(asked: Asked) -> Iterable[Known]:
    return _register(asked, "source", asked.typed)


def _register(asked: Asked, register: Register, typed: str) -> list[Known]:
    with asked.book() as book:
        return book.registered(register, typed)


def _rate_sources(asked: Asked) -> Iterator[Known]:
    yield "ecb", said(message("the European Central Bank's reference rates"))
    with asked.book() as book:
        yield from ((source, "") for source in book.rate_sources() if source != "ecb")


def _currencies(asked: Asked) -> Iterable[Known]:
    from ledger.locale.names import currencies

    return currencies(asked.session.tag).items()


def _amounts(asked: Asked) -> Iterator[Known]:
    """What an amount is of, once its number is typed: ``1.6bn `` goes on with a currency or an item."""
    yield from _choices(asked)
    number, blank, code = asked.typed.rpartition(" ")
    if blank and re.search(r"\d", number):
        units = [*_currencies(asked), *_register(asked, "item", code)]
        yield from ((f"{number} {unit}", meaning) for unit, meaning in units)


def _pieces(asked: Asked) -> Iterator[Known]:
    """What a number of pieces is of."""
    number, blank, code = asked.typed.rpartition(" ")
    if blank and re.search(r"\d", number):
        yield from ((f"{number} {item}", name) for item, name in _register(asked, "item", code))


def _instalments(asked: Asked) -> Iterator[Known]:
    """An amount after its day."""
    day, blank, amount = asked.typed.partition(" ")
    if blank:
        for known, meaning in _amounts(Asked(asked.cursor, amount, asked.environ)):
            yield f"{day} {known}", meaning


def _purposes(_: Asked) -> Iterator[Known]:
    from cli.conversation.words import PURPOSES

    return _words(PURPOSES)


def _instruments(_: Asked) -> Iterator[Known]:
    from cli.conversation.words import INSTRUMENTS

    return _words(INSTRUMENTS)


def _firmness(_: Asked) -> Iterator[Known]:
    from cli.conversation.words import FIRMNESS

    return _words(FIRMNESS)


def _words(words: Iterable[str]) -> Iterator[Known]:
    from cli.conversation.words import MEANINGS

    return ((str(word), said(MEANINGS[word])) for word in words)


def _stages(asked: Asked) -> Iterator[Known]:
    """The stages that the step can draw from."""
    from cli.conversation.words import STAGES
    from ledger.pledge import MOVES, MoveKind, sources

    kind = MoveKind(asked.cursor.path[-1])
    found = {stage for instrument, kinds in MOVES.items() if kind in kinds for stage in sources(kind, instrument)}
    return ((str(stage), said(word)) for stage, word in STAGES.items() if stage in found)


def _dimensions(_: Asked) -> Iterator[Known]:
    from ledger.selection import DIMENSIONS

    return ((dimension, "") for dimension in DIMENSIONS)


def _measures(_: Asked) -> Iterator[Known]:
    from ledger.reports.measures import MEASURES

    return ((measure, "") for measure in MEASURES)


def _clearable(_: Asked) -> Iterator[Known]:
    from cli.correct import CLEARED

    return ((fact, "") for fact in CLEARED)


def _repayments(_: Asked) -> Iterator[Known]:
    return ((code, said(meaning)) for code, meaning in REPAYMENTS.items())


def _locales(_: Asked) -> Iterator[Known]:
    return iter(LOCALES.items())


REPAYMENTS: Mapping[str, str] = {
    "1": message("equal principal payments"),
    "2": message("annuity"),
    "3": message("lump sum"),
    "5": message("other"),
}
"""Types of repayment, by IATI's codes."""

LOCALES: Mapping[str, str] = {
    "en": "English", "en_GB": "English (UK)", "en_US": "English (US)", "uk": "українська", "de": "Deutsch",
    "de_AT": "Deutsch (Österreich)", "de_CH": "Deutsch (Schweiz)", "fr": "français", "fr_CA": "français (Canada)",
    "fr_CH": "français (Suisse)", "pl": "polski",
}  # fmt: skip
"""The languages that people are spoken to in, each in its own words, and where figures are written otherwise."""

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("--donor", "--recipient", "--to", "--lender", "--obligor", "DONOR"), _parties),
    **dict.fromkeys(("party join CODE", "party show CODE"), _parties),
    **dict.fromkeys(("--group", "GROUP"), _groups),
    **dict.fromkeys(("--source", "--repayment-source"), _sources),
    **dict.fromkeys(("--rates", "rate list --source"), _rate_sources),
    **dict.fromkeys(("--currency", "--in", "--replaces", "CURRENCY"), _currencies),
    **dict.fromkeys(("PLEDGE", "PARENT", "CHILD", "OLD", "NEW", "OTHER", "--parent"), _live_pledges),
    **dict.fromkeys(("--pledge", "pledge show PLEDGE", "prove PLEDGE"), _pledges),
    **dict.fromkeys(("AMOUNT", "AMOUNT|all", "--at", "--firm", "--stated", "--max-exposure", "--fees"), _amounts),
    **dict.fromkeys(("journal show N", "journal reverse N", "--known-at"), _entries),
    "--item": _pieces,
    "--schedule": _instalments,
    "--package": _packages,
    "--purpose": _purposes,
    "--instrument": _instruments,
    "--firmness": _firmness,
    "--repayment": _repayments,
    "--by": _dimensions,
    "--measure": _measures,
    "--clear": _clearable,
    "--locale": _locales,
}
"""What completes the value of an option or argument: by its name, or by its command's words and its name."""

FREE = frozenset(
    {
        *("--id", "--title", "--note", "--quote", "--publisher", "--origin", "--cite", "--url", "--as", "NAME", "CODE"),
        *("--cite-title", "--retrieved"),
        *("--on", "--from", "--until", "--as-of", "--published", "--between", "--period", "PERIOD", "--interest"),
        *("--maturity", "--grace", "--payments", "--top", "--days", "--tolerance", "--sheet", "--trust", "--share"),
        *("--reporting-org", "--reporting-type", "--reporting-name"),
    }
)
"""What nothing is offered for: words, days and numbers of whoever types."""
