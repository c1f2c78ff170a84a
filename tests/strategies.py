"""What Hypothesis makes entries of: amounts, balanced postings, texts that may be kept, citations, facts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from ledger.journal import Citation, Entry, Posting, Stage
from ledger.money import MOST_UNITS, Balance, Commodity, Money, currency, item
from ledger.proof.leaf import MOST_INTEGER

COMMODITIES = (currency("GBP"), currency("EUR"), currency("JPY"), currency("KWD"), item("air-defence-missile"))


def commodities() -> st.SearchStrategy[Commodity]:
    """Currencies with two, no and three digits, and an item."""
    return st.sampled_from(COMMODITIES)


def units(most: int = MOST_UNITS) -> st.SearchStrategy[int]:
    """Minor units, small ones as often as those at the limit."""
    return st.one_of(st.integers(-1000, 1000), st.integers(-most, most))


def amounts(most: int = MOST_UNITS) -> st.SearchStrategy[Money]:
    """An amount of any commodity, zero included."""
    return st.builds(Money, units(most), commodities())


def balances() -> st.SearchStrategy[Balance]:
    """Several amounts, added up."""
    return st.lists(amounts(), max_size=6).map(Balance)


def texts(least: int = 1) -> st.SearchStrategy[str]:
    """Any text that an entry takes: no control characters, no line breaks, no lone surrogates."""
    kept = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
    return st.text(kept, min_size=least, max_size=20)


def ids() -> st.SearchStrategy[str]:
    """Ids of pledges, a few only, so that postings meet."""
    return st.sampled_from(("GB-2025-0001", "DE-2025-0001", "kiel:ЄС-1"))


@st.composite
def postings(draw: st.DrawFn) -> tuple[Posting, ...]:
    """Postings that balance in each commodity within each pledge, in any order."""
    found: list[Posting] = []
    for pledge in draw(st.lists(ids(), max_size=2, unique=True)):
        for of in draw(st.lists(commodities(), min_size=1, max_size=2, unique=True)):
            parts = draw(st.lists(units(MOST_UNITS // 8).filter(bool), min_size=1, max_size=4))
            parts += [-sum(parts)] if sum(parts) else []
            stages = draw(st.lists(st.sampled_from(Stage), min_size=len(parts), max_size=len(parts)))
            found += [Posting(pledge, stage, Money(part, of)) for stage, part in zip(stages, parts, strict=True)]
    return tuple(draw(st.permutations(found)))


def citations() -> st.SearchStrategy[Citation]:
    """Citations of which anything may be missing."""
    names = ("url", "title", "publisher", "published", "retrieved", "quote", "file", "sha256")
    said = {name: st.none() | texts(0) for name in names}
    return st.builds(Citation, **said, official=st.none() | st.booleans())


def json_values() -> st.SearchStrategy[object]:
    """What facts may hold: text, whole numbers, truth values, nothing, and lists and objects of them."""
    plain = st.none() | st.booleans() | st.integers(-MOST_INTEGER, MOST_INTEGER) | texts(0)
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names(), inner, max_size=3))


def names() -> st.SearchStrategy[str]:
    """Names of facts: ASCII, as all keys of an entry are."""
    return st.text("abcdefghijklmnopqrstuvwxyzABCXYZ_-0123456789", min_size=1, max_size=8)


def moments() -> st.SearchStrategy[datetime]:
    """Moments of UTC, down to the microsecond."""
    return st.datetimes(datetime(1, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - as asked


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Entries as they could stand in a book."""
    return Entry(
        book=draw(st.uuids(version=4).map(str)),
        number=draw(st.integers(1, MOST_INTEGER)),
        recorded_at=draw(moments()),
        recorded_by=draw(texts()),
        kind=draw(st.sampled_from(("open", "pledge", "commit", "reverse", "close"))),
        on=draw(st.dates(date(1, 1, 1), date(9998, 12, 31))),
        pledge=draw(st.none() | ids()),
        facts=draw(st.dictionaries(names(), json_values(), max_size=3)),
        postings=draw(postings()),
        citations=tuple(draw(st.lists(citations(), max_size=2))),
        note=draw(st.none() | texts()),
        origin=draw(st.none() | texts()),
        reverses=draw(st.none() | st.integers(1, MOST_INTEGER)),
    )
