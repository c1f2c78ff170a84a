"""What an auditor's package says beside postings: what entries state and cite, who wrote them, and which came late."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from ledger.audit.tables.fixed import DESCRIPTIONS
from ledger.book import Book
from ledger.closing import UNDATED
from ledger.journal import CREDIT_STAGES, Stage
from tests.everything import fill
from tests.package_words import ANYBODYS, Rows, outsiders, read, sql, tables, texts
from tests.world import Clock, amend, announce, close, commit, reopen, reverse, revise

FORMATS = Path(__file__).parent.parent / "docs" / "formats.md"


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Book]:
    """The book of many currencies and hostile texts."""
    with outsiders(tmp_path) as book:
        yield book


def lines(book: Book) -> list[dict[str, Any]]:
    """The entries' lines, as the book's file has them."""
    return [json.loads(line) for (line,) in sql(book, "SELECT line FROM entry ORDER BY number")]


def cell(value: object) -> str:
    """A value as a cell holds it, by somebody else's RFC 8785."""
    return "" if value is None else value if isinstance(value, str) else rfc8785.dumps(value).decode()  # type: ignore[arg-type] # what JSON gave


def stated(entry: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What an entry states, by the words of the design."""
    found: list[tuple[str, str, str]] = []
    for name, value in sorted(entry["facts"].items()):
        if name == "changes":
            found += [(changed, cell(old), cell(new)) for changed, (old, new) in sorted(value.items())]
        elif name == "closed_before":
            found.append((name, cell(value[0]), cell(value[1])))
        else:
            found.append((name, "", cell(value)))
    return found or [("", "", "")]


# Entries


def test_every_entry_has_a_row_for_each_thing_it_states_and_one_at_least(many: Book):
    rows, expected = tables(many, worth=ANYBODYS)["entries"], []
    for entry in lines(many):
        day, _, time = entry["recorded_at"].rstrip("Z").partition("T")
        told = (entry["kind"], entry["on"], entry["recorded_by"], day, time)
        more = (entry["pledge"], entry["note"], entry["origin"], entry["reverses"], len(entry["postings"]))
        leaf = hashlib.sha256(
            b"\0" + sql(many, "SELECT line FROM entry WHERE number = ?", entry["number"])[0][0].encode()
        )
        for place, fact in enumerate(stated(entry), 1):
            expected.append([str(entry["number"]), str(place), *told, *map(cell, more), *fact, leaf.hexdigest()])
    assert [list(row.values()) for row in rows] == expected
    assert {row["Kind"] for row in rows} == set(DESCRIPTIONS) - {"joint"}  # those are in test_joint_elsewhere


def test_what_was_changed_stands_old_beside_new(book: Book):
    pledge = announce(book, "GB", "up_to 100 GBP", on="2025-01-05")
    amend(book, pledge, title="Ракети, =1+1", source="era", on="2025-01-06")
    revise(book, pledge, "up_to 80 GBP, firm 60 GBP", on="2025-01-07")
    rows = [row for row in tables(book)["entries"] if row["Kind"] in {"amend", "revise"}]
    assert [(row["Journal_ID"], row["Change"], row["Fact"], row["Old"], row["New"]) for row in rows] == [
        ("3", "1", "source", "", "era"),
        ("3", "2", "title", "", "Ракети, =1+1"),
        (
            "4",
            "1",
            "holds",
            '[{"commodity":"GBP","firmness":"up_to"}]',
            '[{"commodity":"GBP","firm":"60.00 GBP","firmness":"up_to"}]',
        ),
        ("4", "2", "promise", "", "80.00 GBP"),
    ]


def test_a_closing_says_from_when_to_when_and_what_it_counted(book: Book):
    announce(book, "GB", "100 GBP", on="2025-01-05")
    close(book, "2025-01")
    reopen(book, "2025-01")
    rows = [row for row in tables(book)["entries"] if row["Kind"] in {"close", "reopen"}]
    assert [(row["Kind"], row["Fact"], row["Old"], row["New"]) for row in rows] == [
        ("close", "closed_before", "", "2025-02-01"),
        ("close", "control_totals", "", '[{"commodity":"GBP","credit":"100.00","debit":"100.00","postings":2}]'),
        ("close", "period", "", "2025-01"),
        ("reopen", "closed_before", "2025-02-01", "2025-01-01"),
        ("reopen", "period", "", "2025-01"),
    ]


def test_texts_stand_as_they_are_whatever_they_begin_with(many: Book):
    found = tables(many, worth=ANYBODYS)
    entries = {str(entry["number"]): entry for entry in lines(many)}
    assert all(row["Note"] == (entries[row["Journal_ID"]]["note"] or "") for row in found["entries"])
    assert any(row["Note"].startswith("=") for row in found["entries"])
    assert any(row["Segment01"] == "NA" for row in found["gl_detail"])


def test_the_bytes_are_utf8_with_crlf_and_quotes_only_where_they_are_needed(book: Book):
    announce(book, "GB", "1 GBP", title='Ракети, "LMM"', on="2025-01-05")
    found = texts(book)["pledges.csv"]
    assert found.splitlines(keepends=True)[1].startswith(
        'GB-2025-0001,GB,UA,2025-01-05,military,grant,,"Ракети, ""LMM""",'
    )
    assert found.count("\r\n") == found.count("\n") == 2
    assert not found.startswith("\ufeff")


# Citations and pledges


def test_every_citation_stands_beside_its_entry(many: Book):
    rows = tables(many, worth=ANYBODYS)["citations"]
    names = ("url", "title", "publisher", "published", "retrieved", "official", "quote", "file", "sha256")
    expected = [
        [str(entry["number"]), str(place), *(cell(cited.get(name)) for name in names)]
        for entry in lines(many)
        for place, cited in enumerate(entry["citations"], 1)
    ]
    assert [list(row.values()) for row in rows] == expected
    assert {row["official"] for row in rows} == {"", "true", "false"}


def test_a_pledge_states_what_holds_after_all_that_was_changed(many: Book):
    opened = {entry["pledge"]: entry for entry in lines(many) if entry["kind"] == "pledge"}
    facts = {pledge: dict(entry["facts"]["pledge"]) for pledge, entry in opened.items()}
    void: dict[str, str] = {}
    for entry in lines(many):
        for name, (_, new) in entry["facts"].get("changes", {}).items():
            facts[entry["pledge"]][name] = new
        if entry["reverses"] and entry["reverses"] == opened.get(entry["pledge"], {}).get("number"):
            void[entry["pledge"]] = str(entry["number"])
    rows = tables(many, worth=ANYBODYS)["pledges"]
    assert [row["pledge"] for row in rows] == list(opened)
    for row in rows:
        pledge = row["pledge"]
        own = {"pledge": "id", "entry": None, "withdrawn_by": None}
        for name, value in row.items():
            if own.get(name, name):
                assert value == cell(facts[pledge].get(own.get(name) or name)), name
        assert row["entry"] == str(opened[pledge]["number"])
        assert row["withdrawn_by"] == void.get(pledge, "")
    assert void


def test_a_withdrawal_that_is_undone_is_none(book: Book):
    announce(book, "GB", "100 GBP", on="2025-01-05")
    reverse(book, 2)
    assert [row["withdrawn_by"] for row in tables(book)["pledges"]] == ["3"]
    reverse(book, 3)
    assert [row["withdrawn_by"] for row in tables(book)["pledges"]] == [""]


# Listings


def test_each_kind_of_entry_that_the_formats_know_has_a_description():
    kinds = FORMATS.read_text(encoding="utf-8").partition("### Kinds and their facts")[2].partition("\n- ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", kinds, flags=re.MULTILINE)) == set(DESCRIPTIONS)


def test_the_chart_has_every_stage_on_its_normal_side(book: Book):
    chart = tables(book)["chart_of_accounts"]
    assert [row["GL_Account_Number"] for row in chart] == list(map(str, Stage))
    credit = {row["GL_Account_Number"] for row in chart if row["Normal_Balance"] == "C"}
    assert credit == {*map(str, CREDIT_STAGES), "exchange"}
    assert Counter(row["Account_Subtype"] for row in chart) == {"promise": 2, "stage": 8, "settlement": 2}


def test_users_are_listed_with_what_they_recorded(many: Book):
    by_user = """
        SELECT recorded_by, count(*), min(number), max(number), date(min(recorded_at)), date(max(recorded_at))
        FROM entry WHERE on_date LIKE '2024-%' GROUP BY recorded_by ORDER BY recorded_by"""
    rows = tables(many, "2024", worth=ANYBODYS)["user_listing"]
    assert [tuple(row.values()) for row in rows] == [tuple(map(str, row)) for row in sql(many, by_user)]
    assert len(rows) > 1


# What came late


def late(found: dict[str, Rows]) -> list[tuple[str, str]]:
    """The numbers of late entries, with why."""
    return [(row["Journal_ID"], row["Reason"]) for row in found["late_entries"]]


def test_what_was_entered_into_a_closed_period_that_was_opened_again_is_late(book: Book):
    announce(book, "GB", "1 GBP", on="2025-01-05")
    close(book, "2025-01")
    announce(book, "GB", "2 GBP", on="2025-02-05")
    reopen(book, "2025-01")
    announce(book, "GB", "3 GBP", id="LATE", on="2025-01-31")
    announce(book, "GB", "4 GBP", on="2025-02-01")
    assert late(tables(book)) == [("6", "reopened")]
    assert late(tables(book, "2025-01")) == [("6", "reopened")]
    row = tables(book)["late_entries"][0]
    assert (row["Kind"], row["Effective_Date"], row["Entered_By"], row["Pledge"]) == (
        "pledge",
        "2025-01-31",
        "ada",
        "LATE",
    )
    assert (row["Entered_Date"], row["Entered_Time"][:5]) == ("2025-03-02", "09:00")


def test_what_is_dated_before_the_period_and_was_recorded_in_it_is_late(book: Book, clock: Clock):
    clock.turn_to("2025-03-31")
    announce(book, "GB", "1 GBP", on="2025-03-30")
    clock.turn_to("2025-04-01")
    announce(book, "GB", "2 GBP", on="2025-03-31")
    announce(book, "GB", "3 GBP", on="2025-04-01")
    assert late(tables(book, "2025-Q2")) == [("3", "earlier_period")]
    assert late(tables(book, "2025-Q1")) == []
    assert late(tables(book)) == []


def test_what_is_dated_before_the_period_and_came_after_the_checkpoint_is_late(book: Book, clock: Clock):
    announce(book, "GB", "1 GBP", on="2025-02-28")  # recorded on 2 March, the last that the checkpoint covers
    clock.turn_to("2025-04-05")
    announce(book, "GB", "2 GBP", on="2025-02-28")
    pledge = announce(book, "GB", "3 GBP", on="2025-03-31")
    commit(book, pledge, on="2025-04-01")
    assert late(tables(book, "2025-Q2", since=2)) == [
        ("3", "earlier_period before_checkpoint"),
        ("4", "earlier_period"),
    ]
    assert late(tables(book, "2025-Q2", since=3)) == [
        ("4", "earlier_period before_checkpoint"),
        ("5", "before_checkpoint"),
    ]
    assert late(tables(book, "2025-Q2", since=5)) == []


def test_what_came_after_the_checkpoint_and_is_dated_no_later_than_it_is_late(book: Book, clock: Clock):
    announce(book, "GB", "1 GBP", on="2025-03-01")  # recorded on 2 March, the last that the checkpoint covers
    clock.turn_to("2025-03-05")
    announce(book, "GB", "2 GBP", on="2025-03-02")
    announce(book, "GB", "3 GBP", on="2025-03-03")
    assert late(tables(book, since=2)) == [("3", "before_checkpoint")]
    assert late(tables(book, since=4)) == []


@pytest.mark.parametrize("period", ["2025", "2025-Q1", "2025-03"])
def test_what_a_period_that_was_seen_already_got_since_is_late_in_its_next_package(
    period: str, book: Book, clock: Clock
):
    announce(book, "GB", "1 GBP", on="2025-03-01")
    clock.turn_to("2025-04-02")
    announce(book, "GB", "2 GBP", on="2025-03-30")
    clock.turn_to("2026-02-10")
    announce(book, "GB", "3 GBP", on="2025-03-31")
    announce(book, "GB", "4 GBP", on="2025-12-31")
    assert late(tables(book, period, since=3)) == [("4", "before_checkpoint")]


def test_an_entry_may_be_late_for_two_reasons(book: Book):
    close(book, "2025-01")
    reopen(book, "2025-01")
    announce(book, "GB", "1 GBP", on="2025-01-31")
    assert late(tables(book, since=3)) == [("4", "reopened before_checkpoint")]
    assert late(tables(book, "2025-02", since=3)) == [("4", "reopened earlier_period before_checkpoint")]


def test_registers_and_closings_are_never_late(many: Book):
    for period, since in ((None, None), ("2025", None), ("2025", 40), (None, 40)):
        rows = tables(many, period, since, ANYBODYS)["late_entries"]
        assert rows
        assert not {row["Kind"] for row in rows} & UNDATED


def test_late_entries_are_what_a_loop_over_the_lines_finds(many: Book):
    for period, first in ((None, None), ("2025-Q1", "2025-01-01"), ("2024", "2024-01-01")):
        for since in (None, 30, 150):
            assert late(tables(many, period, since, ANYBODYS)) == by_hand(lines(many), first, since)


def by_hand(entries: list[dict[str, Any]], first: str | None, since: int | None) -> list[tuple[str, str]]:
    """The late entries by the words of the design."""
    found, closed = [], ""
    seen = entries[since - 1]["recorded_at"][:10] if since else ""
    for entry in entries:
        new = since is not None and entry["number"] > since
        reasons = ["reopened"] if entry["on"] < closed else []
        if first and entry["on"] < first and (new if since else entry["recorded_at"][:10] >= first):
            reasons.append("earlier_period")
        if new and entry["on"] <= seen:
            reasons.append("before_checkpoint")
        if reasons and entry["kind"] not in UNDATED:
            found.append((str(entry["number"]), " ".join(reasons)))
        closed = max(closed, entry["facts"].get("closed_before", ["", ""])[1])
    return found


def test_nothing_is_late_in_a_book_where_everything_was_on_time(book: Book):
    fill(book)
    assert late(tables(book)) == []
    assert read(texts(book)["late_entries.csv"]) == []
