"""The canonical line of an entry: the same bytes for the same entry, for ever."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ledger.book import Book
from ledger.errors import InputError
from ledger.journal import Citation, Entry, Posting, Stage
from ledger.proof import leaf
from tests.world import announce, commit, entries, gbp, money, refused

ENTRY = Entry(
    book="0f8fad5b-d9cb-469f-a165-70867728950e",
    number=2,
    recorded_at=datetime(2025, 3, 2, 18, 30, 0, 7, tzinfo=UTC),
    recorded_by="ada",
    kind="pledge",
    on=date(2025, 3, 2),
    pledge="GB-2025-0001",
    facts={"pledge": {"donor": "GB", "title": "Ракети «ППО»\N{ROCKET}", "holds": [{"firm": None, "n": 3}]}},
    postings=(
        Posting("GB-2025-0001", Stage.PLEDGED, gbp("1600000000")),
        Posting("GB-2025-0001", Stage.UNDERTAKING, gbp("-1600000000")),
        Posting("GB-2025-0001", Stage.PLEDGED, money("5000 air-defence-missile")),
        Posting("GB-2025-0001", Stage.UNDERTAKING, money("-5000 air-defence-missile")),
    ),
    citations=(Citation(url="https://www.gov.uk/", quote='"more than 5,000"\\', official=True),),
    note="a/b <c> & d\N{NO-BREAK SPACE}",
    origin="kiel-r7:UKM1",
)

LINE = (
    '{"book":"0f8fad5b-d9cb-469f-a165-70867728950e",'
    '"citations":[{"official":true,"quote":"\\"more than 5,000\\"\\\\","url":"https://www.gov.uk/"}],'
    '"facts":{"pledge":{"donor":"GB","holds":[{"firm":null,"n":3}],"title":"Ракети «ППО»\N{ROCKET}"}},'
    '"kind":"pledge","note":"a/b <c> & d\N{NO-BREAK SPACE}","number":2,"on":"2025-03-02","origin":"kiel-r7:UKM1",'
    '"pledge":"GB-2025-0001","postings":['
    '{"amount":"1600000000.00","commodity":"GBP","pledge":"GB-2025-0001","stage":"pledged"},'
    '{"amount":"-1600000000.00","commodity":"GBP","pledge":"GB-2025-0001","stage":"undertaking"},'
    '{"amount":"5000","commodity":"air-defence-missile","pledge":"GB-2025-0001","stage":"pledged"},'
    '{"amount":"-5000","commodity":"air-defence-missile","pledge":"GB-2025-0001","stage":"undertaking"}],'
    '"recorded_at":"2025-03-02T18:30:00.000007Z","recorded_by":"ada","reverses":null,"v":1}'
)


def test_the_line_of_an_entry_is_these_bytes_and_no_others():
    assert leaf.line(ENTRY) == LINE


def test_an_entry_is_read_back_from_its_line():
    assert leaf.read(LINE) == ENTRY


def test_content_is_what_an_entry_says_whoever_recorded_it_and_when():
    elsewhere = replace(ENTRY, number=9, recorded_at=datetime(2030, 1, 1, tzinfo=UTC), recorded_by="bob")
    assert leaf.content(elsewhere, "uid") == leaf.content(ENTRY, "uid")
    assert set(json.loads(LINE)) - set(leaf.content(ENTRY, "uid")) == {"number", "recorded_at", "recorded_by"}
    assert leaf.content(replace(ENTRY, note="other"), "uid") != leaf.content(ENTRY, "uid")


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30])
def test_an_integer_that_some_reader_of_json_would_round_never_enters_an_entry(number):
    with refused(InputError, f"{number} is too large an integer for an entry"):
        leaf.canonical({"facts": [{"n": number}]})


def test_the_largest_integer_that_every_reader_holds_is_written():
    assert leaf.canonical([2**53 - 1, -(2**53 - 1)]) == "[9007199254740991,-9007199254740991]"


@pytest.mark.parametrize("value", [0.5, {"a": [1, 2.0]}, [float("nan")], (1, (1.5,))])
def test_a_float_never_enters_an_entry(value: Any):
    with pytest.raises(TypeError, match="a float never enters an entry"):
        leaf.canonical(value)


def test_the_order_in_which_facts_were_said_changes_nothing():
    assert leaf.canonical({"b": 1, "a": {"d": 2, "c": 3}}) == leaf.canonical({"a": {"c": 3, "d": 2}, "b": 1})


def test_every_entry_of_a_book_is_stored_as_its_line(book: Book):
    commit(book, announce(book, "GB", "100 GBP", cite="https://www.gov.uk/", note="why"), "60 GBP")
    with book.database.reading() as connection:
        stored = [row.line for row in connection.exec_driver_sql("SELECT line FROM entry ORDER BY number")]
    assert stored == [leaf.line(entry) for entry in entries(book)]
    assert [json.loads(line)["number"] for line in stored] == [1, 2, 3]
    assert {json.loads(line)["book"] for line in stored} == {book.uid}
