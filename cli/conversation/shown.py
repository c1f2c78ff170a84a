"""An entry before it is recorded: what it would state, each posting, what that is worth, and what looks wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cli.conversation import words
from cli.conversation.terminal import Voice
from cli.headings import heading
from cli.language import said
from ledger.errors import InputError, MissingRate
from ledger.journal import CREDIT_STAGES, JSON, MEMORANDUM, Entry
from ledger.message import message
from ledger.money import Balance, Money
from ledger.table import Cell, Column, Table

if TYPE_CHECKING:
    from cli.conversation.known import Known
    from ledger.book import Recorded

VALUED_IN = "EUR"
_WORDS = {"purpose": words.PURPOSES, "instrument": words.INSTRUMENTS}
_PARTIES = {"donor", "recipient", "lender", "obligor"}
_CITED = ("url", "publisher", "published", "quote")


def show(recorded: Recorded, known: Known, voice: Voice) -> None:
    """Show an entry as it would be recorded."""
    voice.show(Table((Column("fact"), Column("value")), list(_facts(recorded.entry, known)), title=_TITLE))
    if recorded.entry.postings:
        voice.say("")
        voice.show(_postings(recorded.entry))
    for sentence in _worth(recorded.entry, known):
        voice.say(sentence)
    for problem in recorded.problems:
        voice.say(message("warning: {where}: {problem}", where=problem.where, problem=problem.message))


_TITLE = message("The entry as it will be recorded")
_NAMES = {
    "holds": message("firmness"),
    "lender": message("lender"),
    "obligor": message("obligor"),
    "repayment_source": message("source of repayment"),
    "changes": message("changes"),
    "distinct": message("not the same as"),
    "draws": message("drawn"),
    "url": message("address"),
    "publisher": message("publisher"),
    "published": message("date of publication"),
    "published_by": message("published by"),
    "quote": message("quote"),
}
"""The names of facts that no table has a column for."""


def _named(name: str) -> str:
    return said(_NAMES[name]) if name in _NAMES else heading(name)


def _facts(entry: Entry, known: Known) -> Iterator[tuple[Cell, ...]]:
    """What an entry states, by the names of its facts."""
    yield _named("kind"), entry.kind
    yield _named("on"), known.session.language.day(entry.on)
    yield from ((_named("pledge"), pledge) for pledge in entry.subjects)
    for name, value in _said(entry.facts):
        yield _named(name), _shown(name, value, known)
    if entry.note:
        yield _named("note"), entry.note
    for citation in entry.citations:
        yield from ((_named(name), text) for name in _CITED if (text := getattr(citation, name)))
        if citation.official is not None:
            code = "official" if citation.official else "press"
            yield _named("published_by"), words.shown(words.PUBLISHED_BY, code)


def _said(facts: Mapping[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """The facts of an entry that people want to see: of the pledges it opens, each one's own."""
    for name, value in facts.items():
        if isinstance(value, Mapping) and name == "pledge":
            yield from ((inner, fact) for inner, fact in value.items() if inner not in {"id", "on"})
        elif name == "pledges" and isinstance(value, list | tuple):
            yield from _together(value)
        elif name != "about":
            yield name, value


def _together(pledges: Sequence[Mapping[str, JSON]]) -> Iterator[tuple[str, JSON]]:
    """The facts of pledges announced together: those that are the same for all of them once."""
    names = dict.fromkeys(name for pledge in pledges for name in pledge if name not in {"id", "on"})
    for name in names:
        values = [pledge[name] for pledge in pledges if name in pledge]
        yield from ((name, value) for k, value in enumerate(values) if value not in values[:k])


def _shown(name: str, value: object, known: Known) -> str:
    if isinstance(value, str):
        if name in _WORDS:
            return words.shown(_WORDS[name], value)
        return known.party_shown(value) if name in _PARTIES else value
    if name == "holds" and isinstance(value, list | tuple):
        return "; ".join(_hold(hold) for hold in value)
    from ledger.proof.leaf import canonical

    return canonical(value)


def _hold(hold: dict[str, str]) -> str:
    firm = said(message(", of which firm {amount}", amount=hold["firm"])) if "firm" in hold else ""
    return f"{hold['commodity']}: {words.shown(words.FIRMNESS, hold['firmness'])}{firm}"


def _postings(entry: Entry) -> Table:
    """Stage, debit and credit, a row for each posting."""
    columns = (Column("pledge", "code"), Column("stage"), Column("debit", "money"), Column("credit", "money"))
    rows = [
        (
            posting.pledge,
            words.shown(words.STAGES, posting.stage),
            posting.amount if posting.amount.units > 0 else None,
            -posting.amount if posting.amount.units < 0 else None,
        )
        for posting in entry.postings
    ]
    return Table(columns, rows)


def _worth(entry: Entry, known: Known) -> Iterator[str]:
    """What an entry puts on a stage is worth by the rate of its day, or why there is no such rate."""
    for amount in moved(entry).amounts():
        if amount.commodity.is_currency and amount.commodity.code != VALUED_IN:
            yield _valued(amount, entry, known)


def moved(entry: Entry) -> Balance:
    """What an entry debits to stages: not to the other side of promises, nor to memoranda."""
    beside = CREDIT_STAGES | MEMORANDUM
    return Balance(p.amount for p in entry.postings if p.amount.units > 0 and p.stage not in beside)


def _valued(amount: Money, entry: Entry, known: Known) -> str:
    from ledger.book import Worth

    language = known.session.language
    try:
        found = known.book.convert(amount, Worth(VALUED_IN), entry.on)
    except (MissingRate, InputError) as refusal:
        return message(
            "{amount} has no value in {currency}: {reason}",
            amount=language.money(amount),
            currency=VALUED_IN,
            reason=refusal.message,
        )
    return message(
        "{amount} is worth {result} (rate of {rate_date}, {source})",
        amount=language.money(amount),
        result=language.money(found.result),
        rate_date=found.used.rate_date,
        source=found.used.source,
    )
