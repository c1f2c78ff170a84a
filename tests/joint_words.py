"""The words that tests of joint pledges share: several donors announce something together, in given shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from ledger.book import Book
from ledger.money import Money
from ledger.pledge import Instalment, Promise
from ledger.recognition.joint import shared
from ledger.recognition.steps import Announce, AnnounceJointly, Step
from tests.chance import announcements, corrections, moves
from tests.world import MISSILE, announcement, last_number, register_item, reverse

DONORS = ("GB", "NO", "DK")


def joint_announcement(
    donors: str, weights: Sequence[int | Fraction], *promises: str, **options: Any
) -> AnnounceJointly:
    """The step by which donors, ``GB NO DK``, announce something together, shared by these weights."""
    ids = options.pop("ids", [None] * len(donors.split()))
    whole = announcement("", *promises, **options)
    parts = shared(whole, donors.split(), weights)
    named = tuple(replace(part, id=pledge) for part, pledge in zip(parts, ids, strict=True))
    return AnnounceJointly(parts=named, evidence=whole.evidence)


def announce_jointly(
    book: Book, donors: str, weights: Sequence[int | Fraction], *promises: str, **options: Any
) -> tuple[str, ...]:
    """Open the pledges of several donors in one entry, and give their ids in the donors' order."""
    return book.record(joint_announcement(donors, weights, *promises, **options)).entry.subjects


def fill(book: Book) -> dict[str, tuple[str, ...]]:
    """Record joint pledges of every kind; their ids by what becomes of them."""
    register_item(book)
    facility = book.record(announcement("EU", "1000.00 EUR", on="2025-01-05", package="facility")).entry.subjects
    made = {
        "all": announce_jointly(
            book,
            "GB NO DK",
            (50, 30, 20),
            "up_to 1000000000.00 EUR, firm 100.00 EUR",
            f"at_least 100 {MISSILE}",
            on="2025-01-10",
            instrument="loan",
            title="Ракети, «joint»",
            stated=("1100000000.00 USD",),
            schedule={"2025-02-01": "400000000.00 EUR", "2025-03-01": "600000000.00 EUR"},
            max_exposure="1200000000.00 EUR",
            origin="paper:1",
            cite="https://example.org/joint",
        ),
        "thirds": announce_jointly(book, "GB NO DK", (1, 1, 1), "100.00 EUR", on="2025-01-11", package="thirds"),
        "drawn": announce_jointly(
            book, "DE FR", (2, 1), "100.00 EUR", on="2025-01-12", parent=facility[0], stage="committed"
        ),
        "undisclosed": announce_jointly(book, "SE FI", (), on="2025-01-13", cite="https://example.org/quiet"),
        "withdrawn": announce_jointly(book, "IT ES", (1, 3), "7 JPY", on="2025-01-14"),
        "quietly withdrawn": announce_jointly(book, "PL LT", (), on="2025-01-15"),
        "restored": announce_jointly(book, "BE NL", (1, 1), "9.00 EUR", on="2025-01-16"),
    }
    opened = {pledge: book.facts(pledge) for ids in made.values() for pledge in ids}
    assert len(opened) == sum(map(len, made.values()))
    last = last_number(book)
    reverse(book, last - 2, on="2025-01-20")
    reverse(book, last - 1, on="2025-01-21")
    reverse(book, last, on="2025-01-22")
    reverse(book, last_number(book), on="2025-01-23")
    return {**made, "facility": facility}


@st.composite
def joint_lives(draw: st.DrawFn) -> list[Step]:
    """Joint pledges of any kind, some of a share of one before, then moves and corrections in any order of dates."""
    steps: list[Step] = []
    parts: list[Announce] = []
    for number in range(draw(st.integers(1, 3))):
        whole = replace(draw(announcements(number)), id=None, parent=None)
        facility = draw(st.sampled_from([None, *(each for each in parts if each.promises)]))
        if facility is not None:
            of = facility.promises[0].amount.commodity
            whole = replace(whole, parent=facility.id, promises=(Promise(Money(draw(_FEW), of)),), schedule=())
        donors = draw(st.permutations(["GB", "DE", "FR", "EU"]))[: draw(st.integers(2, 4))]
        weights = draw(st.lists(st.integers(1, 9), min_size=len(donors), max_size=len(donors)))
        found = shared(whole if facility else _enough(whole), donors, weights)
        named = tuple(replace(part, id=f"J{number}-{part.donor}") for part in found)
        steps.append(AnnounceJointly(parts=named, evidence=whole.evidence))
        parts += named
    later = st.one_of(moves(parts), moves(parts), corrections(parts))
    return [*steps, *draw(st.lists(later, min_size=3, max_size=10))]


_FEW = st.integers(1000, 20_000)
"""What a share of a million is enough for, in minor units."""


def _enough(whole: Announce) -> Announce:
    """The announcement with a million more of each amount, so that no share of it is nothing."""
    promises = [Promise(Money(each.amount.units + 10**6, each.amount.commodity)) for each in whole.promises]
    due = [Instalment(each.on, Money(each.amount.units + 10**6, each.amount.commodity)) for each in whole.schedule]
    return replace(whole, promises=tuple(promises), schedule=tuple(due))
