"""Registers: parties and their groups, funding sources, items; what every book starts with."""

from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import InputError, Refusal, UnknownRecord
from ledger.pledge import Membership
from ledger.recognition.steps import Join
from tests.world import (
    MISSILE,
    Clock,
    announce,
    entries,
    errors,
    join,
    make_book,
    measures,
    records,
    refused,
    refuses,
    register_item,
    register_party,
    register_source,
)


def codes(rows: list[dict[str, str | None]]) -> set[str]:
    """The codes of a register."""
    return {str(row["code"]) for row in rows}


def test_a_book_starts_with_the_common_institutions_and_sources(book: Book):
    assert {"EU", "EIB", "EPF", "NATO", "WB", "IMF", "G7", "coalition-of-the-willing"} <= codes(records(book.parties()))
    assert {"budget", "ukef", "era", "epf"} <= codes(records(book.sources()))
    assert records(book.items()) == []


def test_the_first_entry_opens_the_book_and_holds_what_it_starts_with(book: Book):
    (opening,) = entries(book)
    assert (opening.number, opening.kind, opening.book) == (1, "open", book.uid)
    assert opening.facts["recipient"] == "UA"
    assert opening.facts["require_citation"] is False


def test_a_book_may_have_another_recipient(tmp_path: Path, clock: Clock):
    with make_book(tmp_path / "moldova.db", clock, recipient="MD") as other:
        assert other.facts(announce(other, "RO", "5 EUR")).recipient == "MD"


def test_a_registered_party_promises_and_receives(book: Book):
    register_party(book, "KFW", "Kreditanstalt für Wiederaufbau")
    pledge = announce(book, "KFW", "5 EUR", recipient="EIB")
    assert measures(book, "EUR", donor="KFW")["pledged"] == "5.00"
    assert pledge == "KFW-2025-0001"
    (row,) = [row for row in records(book.parties()) if row["code"] == "KFW"]
    assert (row["name"], row["kind"]) == ("Kreditanstalt für Wiederaufbau", "institution")


def test_a_registered_source_pays(book: Book):
    register_source(book, "lottery", "National lottery")
    announce(book, "NL", "5 EUR", source="lottery")
    assert measures(book, "EUR", source="lottery")["pledged"] == "5.00"


def test_a_registered_item_is_promised(book: Book):
    register_item(book, "155mm-shell", "Shell, 155 mm")
    announce(book, "CZ", "800000 155mm-shell")
    assert set(book.known_items()) == {"155mm-shell"}
    assert errors(book) == []


@pytest.mark.parametrize(
    ("register", "what", "code"),
    [
        (register_party, "a party", "EU"),
        (register_party, "a party", "GB"),
        (register_source, "a source", "budget"),
        (register_item, "an item", MISSILE),
    ],
)
def test_a_code_is_registered_once_and_no_country_is(book: Book, register, what, code):
    register_item(book)
    with refuses(book, Refusal, f"there is {what} {code} already", f"aidledger {what.split()[1]} list"):
        register(book, code, "Another")


@pytest.mark.parametrize("code", ["", "two words", "-x", "x-", "a/b", "x" * 65, "Ёлка", "a\nb"])
def test_a_code_is_of_letters_digits_and_hyphens(book: Book, code):
    for register, what in ((register_party, "party"), (register_source, "source")):
        with pytest.raises(InputError, match=f"cannot be a {what}'s code: letters, digits and hyphens only"):
            register(book, code, "A name")
    assert len(entries(book)) == 1


def test_the_longest_code_has_64_characters(book: Book):
    assert register_party(book, "x" * 64, "A long name").entry.kind == "party"
    assert register_item(book, "y" * 64, "A long name").entry.kind == "item"


def test_an_item_has_an_items_code(book: Book):
    with refuses(book, InputError, "'GBP' cannot be an item's code"):
        register_item(book, "GBP", "Pounds")
    for word in ("million", "euro"):
        with refuses(book, InputError, f"'{word}' cannot be an item's code: in an amount it means something else"):
            register_item(book, word, "A word that amounts are read with")


@pytest.mark.parametrize("register", [register_party, register_source, register_item])
def test_what_is_registered_has_a_name_that_can_be_shown(book: Book, register):
    with refuses(book, InputError, "new-code needs a name"):
        register(book, "new-code", "  ")
    with refuses(book, InputError, "the name holds a control character (U+0007"):
        register(book, "new-code", "a bell \a")


# Groups


def test_a_total_by_group_takes_membership_as_of_each_pledges_date(book: Book):
    announce(book, "GB", "1 GBP", on="2020-01-31")
    announce(book, "GB", "2 GBP", on="2020-02-01")
    announce(book, "DE", "4 GBP", on="2020-02-01")
    announce(book, "EU", "8 GBP", on="2020-02-01")
    announce(book, "US", "16 GBP", on="2020-02-01")
    assert measures(book, group="EU")["pledged"] == "13.00"
    assert measures(book, group="G7")["pledged"] == "23.00"


def test_a_membership_has_its_first_and_its_last_day_inside(book: Book):
    register_party(book, "drone-coalition", "Drone coalition", "group")
    join(book, "LV", "drone-coalition", "2025-01-10", "2025-01-20")
    for on in ("2025-01-09", "2025-01-10", "2025-01-20", "2025-01-21"):
        announce(book, "LV", "1 EUR", on=on)
    assert measures(book, "EUR", group="drone-coalition")["pledged"] == "2.00"


def test_a_membership_without_days_is_for_ever(book: Book):
    join(book, "NO", "coalition-of-the-willing")
    announce(book, "NO", "1 NOK", on="1990-01-01")
    assert measures(book, "NOK", group="coalition-of-the-willing")["pledged"] == "1.00"


def test_a_donor_that_is_in_a_group_twice_counts_once(book: Book):
    join(book, "NO", "coalition-of-the-willing")
    join(book, "NO", "coalition-of-the-willing", "2025-01-01")
    announce(book, "NO", "1 NOK")
    assert measures(book, "NOK", group="coalition-of-the-willing")["pledged"] == "1.00"


def test_a_membership_is_known_from_the_entry_that_records_it(book: Book):
    announce(book, "NO", "1 NOK")
    number = join(book, "NO", "coalition-of-the-willing").entry.number
    join(book, "SE", "coalition-of-the-willing")
    assert measures(book, "NOK", group="coalition-of-the-willing", known_at=number)["pledged"] == "1.00"
    assert measures(book, "NOK", group="coalition-of-the-willing", known_at=number - 1) == {}


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (
            ("ZZ", "EU"),
            UnknownRecord,
            "'ZZ' is neither a country (ISO 3166-1 alpha-2, such as GB) nor a registered party",
        ),
        (("GB", "Commonwealth"), UnknownRecord, "'Commonwealth' is neither a country"),
        (("EU", "EU"), InputError, "EU cannot be a member of itself"),
        (
            ("GB", "EU", "2025-02-01", "2025-01-31"),
            InputError,
            "a membership cannot end on 2025-01-31, before it begins on 2025-02-01",
        ),
    ],
)
def test_a_membership_that_makes_no_sense_is_refused(book: Book, said, kind, words):
    with refuses(book, kind, words):
        join(book, *said)


# Citations


def test_a_book_that_requires_citations_takes_no_entry_on_a_pledge_without_one(tmp_path: Path, clock: Clock):
    with make_book(tmp_path / "strict.db", clock, require_citation=True) as strict:
        with refuses(strict, Refusal, "this book takes no entry on GB-2025-0001 without a citation: add --cite URL"):
            announce(strict, "GB", "100 GBP")
        announce(strict, "GB", "100 GBP", cite="https://www.gov.uk/")
        register_item(strict)
        assert errors(strict) == []


def test_no_book_opens_for_a_recipient_that_is_no_party(tmp_path: Path, clock: Clock):
    with pytest.raises(UnknownRecord, match="'ZZ' is neither a country"):
        make_book(tmp_path / "nowhere.db", clock, recipient="ZZ")
    with make_book(tmp_path / "nowhere.db", clock) as book:  # nothing was left there
        assert errors(book) == []


def test_a_country_has_no_members(book: Book):
    with refused(Refusal, "GB is no group: a country has no members"):
        book.record(Join(membership=Membership("FI", "GB")))
