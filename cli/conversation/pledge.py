"""The conversation of ``pledge add``: what a new pledge is asked, with the last pledge's answers as defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cli.announce import Announcement, announced
from cli.conversation import words
from cli.conversation.evidence import NOTHING_CITED, Sourced, given, text
from cli.conversation.known import Known
from cli.conversation.offers import among
from cli.conversation.question import Answers, Maker, Question
from cli.conversation.spelled import spelled
from cli.conversation.talk import recorded
from cli.conversation.terminal import person
from cli.facts import UNDISCLOSED, Facts, Items
from cli.language import said
from cli.options import Place, Shape, takes
from cli.session import Session
from cli.shares import several, shares
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.journal import Entry
    from ledger.money import Money
    from ledger.pledge import Pledge, Promise
    from ledger.recognition.steps import Step

OPTIONS = {
    "share": "--share",
    "firmness": "--firmness",
    "firm": "--firm",
    "items": "--item",
    "purpose": "--purpose",
    "instrument": "--instrument",
    "source": "--source",
    "lender": "--lender",
    "title": "--title",
}
"""The option that each answer is to."""


@takes
def add(place: Place = Place()) -> None:
    """Ask for a new pledge, show the entry, record it and print its id."""
    session = Session(place)
    with session.book() as book:
        found = recorded(NewPledge(session, book), Known(session, book), person(session, book))
    session.show_created(found, list(found.entry.subjects), Shape())


class NewPledge:
    """What is asked about a new pledge."""

    def __init__(self, session: Session, book: Book) -> None:
        self.session, self.book, self.known = session, book, Known(session, book)

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "donor": self._donor,
            "amount": self._amount,
            "share": self._share,
            "firmness": self._firmness,
            "firm": self._firm,
            "items": self._items,
            "purpose": self._purpose,
            "instrument": self._instrument,
            "source": self._source,
            "lender": self._lender,
            "on": self._sourced.day,
            "title": self._title,
            **self._sourced.citation(),
        }

    def step(self, answers: Answers) -> Step:
        """The step that announces the pledge, as the typed command makes it."""
        facts: dict[str, Any] = {
            name: answers[name] for name in ("source", "title", "firmness", "firm", "lender") if answers.get(name)
        }
        typed = Announcement(
            answers["donor"],
            answers["amount"],
            answers["purpose"],
            answers["instrument"],
            items=Items([answers["items"]] if answers.get("items") else None),
            facts=Facts(**facts),
            given=given(answers),
            share=answers.get("share") or None,
        )
        return announced(typed, self.session, self.book)

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        plain = answers.get("firmness") == "exact"
        options = {name: option for name, option in OPTIONS.items() if not (plain and name == "firmness")}
        return spelled(self.session.place, ("pledge", "add", answers["donor"], answers["amount"]), answers, options)

    @cached_property
    def _latest(self) -> tuple[Pledge, Entry] | None:
        return next(iter(self.book.latest()), None)

    @property
    def _last(self) -> Pledge | None:
        return self._latest[0] if self._latest else None

    @cached_property
    def _sourced(self) -> Sourced:
        """What is asked about day and source, with what the last pledge cites."""
        on = self._last.on if self._last else self.book.clock().date()
        cited = self._latest[1].citations if self._latest else ()
        required = self.book.requires_citation()
        return Sourced(self.session, on.isoformat(), next(iter(cited), NOTHING_CITED), required)

    def _donor(self, _: Answers) -> Question:
        return Question(
            asks=message("Donor"),
            explains=(
                message("Who promises: a country's name or ISO code, or a registered party's code."),
                message("Several who promise together: their codes with commas, as in GB,NO,DK."),
            ),
            read=self._read_donors,
            offers=self.known.offered_parties(","),
            default=self._last.donor if self._last else "",
            shown=self.known.party_shown,
        )

    def _read_donors(self, typed: str) -> str:
        names = (typed,) if "," not in typed else several(typed, message("Donor"))
        return ",".join(map(self.known.party, names))

    def _amount(self, _: Answers) -> Question:
        return Question(
            asks=message("Amount"),
            explains=(
                message('What is promised, such as "1.6bn GBP", "up to 1.6bn GBP" or "5000+ EUR".'),
                message("Where no amount was disclosed, write: {word}", word=said(_UNDISCLOSED)),
            ),
            read=self._read_amount,
            offers=self.known.commodities,
        )

    def _read_amount(self, typed: str) -> str:
        if typed.casefold() in {UNDISCLOSED, said(_UNDISCLOSED).casefold()}:
            return UNDISCLOSED
        self._promise(typed)
        return typed

    def _promise(self, typed: str) -> Promise:
        return self.session.promise(typed, self.known.items)

    def _share(self, answers: Answers) -> Question | None:
        donors = answers["donor"].split(",")
        if len(donors) == 1 or answers["amount"] == UNDISCLOSED:
            return None
        amount = self._promise(answers["amount"]).amount
        return Question(
            asks=message("Shares of {donors}", donors=answers["donor"]),
            explains=(message("A share for each donor, in their order: weights, per cent, or amounts."),),
            read=lambda typed: self._read_shares(typed, donors, amount),
            default=",".join("1" for _ in donors),
        )

    def _read_shares(self, typed: str, donors: list[str], amount: Money) -> str:
        shares(typed, donors, amount, self.session, self.known.items)
        return typed

    def _firmness(self, answers: Answers) -> Question | None:
        if answers["amount"] == UNDISCLOSED or self._said(answers["amount"]):
            return None
        explains = message("How firmly it was promised.")
        return words.choice(message("Firmness"), explains, words.FIRMNESS, default="exact")

    def _said(self, amount: str) -> str:
        """How firm an amount says that it is, if it does."""
        from ledger.pledge import Firmness

        firmness = self._promise(amount).firmness
        return "" if firmness is Firmness.EXACT else str(firmness)

    def _firm(self, answers: Answers) -> Question | None:
        if answers["amount"] == UNDISCLOSED or "up_to" not in {self._said(answers["amount"]), answers.get("firmness")}:
            return None
        return Question(
            asks=message("Of which firm"),
            explains=(message("The part that is certain, such as what was contracted: an amount."),),
            read=lambda typed: self._read_firm(typed, answers["amount"]),
            offers=self.known.commodities,
            optional=True,
        )

    def _read_firm(self, typed: str, whole: str) -> str:
        replace(self._promise(whole), firm=self.session.amount(typed, self.known.items))
        return typed

    def _items(self, _: Answers) -> Question | None:
        if not self.known.items:
            return None
        return Question(
            asks=message("Pieces"),
            explains=(
                message('What is promised by the piece, such as "5000+ {item}".', item=next(iter(self.known.items))),
            ),
            read=self._read_pieces,
            offers=self.known.pieces,
            optional=True,
        )

    def _read_pieces(self, typed: str) -> str:
        amount = self._promise(typed).amount
        if amount.commodity.is_currency:
            raise InputError("{amount} is money: write a number of pieces of an item", amount=amount)
        return typed

    def _purpose(self, _: Answers) -> Question:
        default = str(self._last.purpose) if self._last else ""
        return words.choice(message("Purpose"), message("What it is for."), words.PURPOSES, default=default)

    def _instrument(self, _: Answers) -> Question:
        default = str(self._last.instrument) if self._last else ""
        return words.choice(message("Instrument"), message("How it is financed."), words.INSTRUMENTS, default=default)

    def _source(self, _: Answers) -> Question:
        return Question(
            asks=message("Source of funds"),
            explains=(message("Who really pays: the code of a registered funding source."), *self._listed_sources()),
            read=self.known.source,
            offers=among(self.known.sources),
            default=(self._last.source if self._last else None) or "",
            optional=True,
            few=True,
        )

    def _listed_sources(self) -> list[str]:
        return [f"{code}: {name}" for code, name in self.known.sources.items()]

    def _lender(self, answers: Answers) -> Question | None:
        from ledger.pledge import Instrument

        if not Instrument(answers["instrument"]).repayable:
            return None
        return Question(
            asks=message("Lender"),
            explains=(message("Who lends, where it is not the donor: a name or a code."),),
            read=self.known.party,
            offers=self.known.offered_parties(),
            optional=True,
            shown=self.known.party_shown,
        )

    def _title(self, _: Answers) -> Question:
        return Question(
            asks=message("Title"),
            explains=(message("What it is called, in a few words."),),
            read=text,
            optional=True,
        )


_UNDISCLOSED = message("undisclosed")
