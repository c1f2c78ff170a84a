"""What the book and the world know by name: parties, sources, items, currencies, pledges; read and offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from cli.conversation.offers import MOST, among, last_word, matching
from cli.conversation.question import Offer
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.book import Book
    from ledger.money import Commodity
    from ledger.pledge import Pledge

RECENT = 500
"""So many of the last pledges are found by any word of their titles; older ones by their ids."""


class Known:
    """Names and codes as they stood when the conversation began."""

    def __init__(self, session: Session, book: Book) -> None:
        self.session, self.book = session, book

    @cached_property
    def registered(self) -> Mapping[str, str]:
        """The book's own parties."""
        return self.book.party_names()

    @cached_property
    def parties(self) -> Mapping[str, str]:
        """Whoever may promise, receive or lend: the book's own parties, then countries."""
        from ledger.locale.names import countries

        return {**self.registered, **countries(self.session.tag)}

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """The funding sources."""
        return {str(code): str(name) for code, name in self.book.sources().rows}

    @cached_property
    def items(self) -> Mapping[str, Commodity]:
        """What is promised by the piece."""
        return self.book.known_items()

    @cached_property
    def item_names(self) -> Mapping[str, str]:
        """The names of items."""
        return {str(code): str(name) for code, name in self.book.items().rows}

    @cached_property
    def recent(self) -> list[Pledge]:
        """The last pledges, the latest first."""
        return [pledge for pledge, _ in self.book.latest(RECENT)]

    def commodities(self, typed: str) -> Iterable[Offer]:
        """Currencies and items, once an amount has its number."""
        from ledger.locale.names import currencies

        return last_word({**self.item_names, **currencies(self.session.tag)})(typed)

    def pieces(self, typed: str) -> Iterable[Offer]:
        """Items, once their number is typed."""
        return last_word(self.item_names)(typed)

    def party(self, typed: str) -> str:
        """The code of a party that is typed as its code or its name, in the user's language or in English."""
        return _one(typed, self._meant(typed)) or self._refused(typed)

    def _meant(self, typed: str) -> tuple[str, ...]:
        from ledger.locale.names import country

        wanted = typed.casefold()
        if codes := tuple(code for code in self.parties if code.casefold() == wanted):
            return codes
        named = (code for code, name in self.registered.items() if name.casefold() == wanted)
        return tuple(dict.fromkeys((*named, *country(typed, self.session.tag))))

    def _refused(self, typed: str) -> str:
        self.book.party(typed)  # which says why
        return typed

    def offered_parties(self, after: str = "") -> Callable[[str], Iterable[Offer]]:
        """Parties, by code and by name."""
        return among(self.parties, after)

    def party_shown(self, code: str) -> str:
        """A party as people read it: its code and its name."""
        return f"{code}, {self.parties[code]}" if code in self.parties else code

    def source(self, typed: str) -> str:
        """The code of a funding source that is typed as its code or its name."""
        wanted = typed.casefold()
        found = tuple(code for code, name in self.sources.items() if wanted in {code.casefold(), name.casefold()})
        if not found:
            raise InputError(
                "'{code}' is not a registered funding source",
                code=typed,
                hint=message("aidledger source list shows them, aidledger source add CODE NAME adds one"),
            )
        return str(_one(typed, found))

    def pledge(self, typed: str) -> str:
        """The id of a pledge that is typed as its id or its title. Raises as :meth:`~ledger.book.Book.facts`."""
        wanted = typed.casefold()
        known = [
            pledge.id for pledge in self.recent if wanted in {pledge.id.casefold(), (pledge.title or "").casefold()}
        ]
        return self.book.facts(_one(typed, tuple(known)) or typed).id

    def pledges(self, typed: str) -> Iterator[Offer]:
        """The last pledges by id, donor or title; older ones by the beginning of their ids."""
        offers = list(islice(matching(self._recent_described.items(), typed), MOST))
        yield from offers
        if typed and len(offers) < MOST:
            older = (pledge for pledge in self.book.beginning(typed, MOST) if pledge.id not in self._recent_described)
            yield from (Offer(pledge.id, self._described(pledge), len(typed)) for pledge in older)

    @cached_property
    def _recent_described(self) -> Mapping[str, str]:
        return {pledge.id: self._described(pledge) for pledge in self.recent}

    def _described(self, pledge: Pledge) -> str:
        named = [pledge.title, self.parties.get(pledge.donor, pledge.donor), self.session.language.day(pledge.on)]
        return ", ".join(filter(None, named))


def _one(typed: str, codes: tuple[str, ...]) -> str | None:
    """The one thing that is meant, None where nothing is. Raises :class:`InputError` where several may be."""
    if len(codes) > 1:
        raise InputError("'{text}' can be {readings}: write one of these", text=typed, readings=", ".join(codes))
    return codes[0] if codes else None
