"""The summary: one page that says what the reports say, is whole by itself, and asks nobody for anything."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book import Book
from ledger.formats.document.cells import Writing
from ledger.formats.document.page import linkable, page
from ledger.locale import Language
from ledger.money import Money, currency
from ledger.reports import summary
from ledger.reports.summary import chosen, thinned
from ledger.selection import Contingent
from ledger.table import Column, Table
from tests import places
from tests.commandline import REAL, done, refused, typed
from tests.contrast import ENOUGH, contrast
from tests.page_words import Element, cells, read
from tests.world import Clock, announce, gbp, register_party, selection

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\" onload='x' &amp; {{ 7*7 }}"

BOOK = (
    *REAL,
    'party add CLUB "A club of <donors>" --kind group',
    "pledge add CLUB undisclosed --id SECRET --on 2025-03-01 --purpose military --instrument in_kind",
    """pledge add US "5bn USD" --id US-1 --on 2024-11-01 --purpose reconstruction --instrument guarantee
        --cite https://example.org/guarantee --quote "as stated" """,
    """pledge add JP "471.9bn JPY" --id JP-1 --on 2024-10-31 --purpose financial --instrument loan --lender JP
        --cite https://example.org/ukef-reaches-capacity --publisher "The press" --schedule "2025-01-31 100bn JPY" """,
)


def made(words: str = "", name: str = "report.html") -> Element:
    """The page that a command writes about the book."""
    assert done(f"report summary --out {name} {words}") == f"{name}\n"
    return read(Path(name).read_text(encoding="utf-8"))


def table_below(root: Element, name: str) -> list[list[str]]:
    """The rows of the table in a section."""
    return cells(next(root.one("section", id=name).all("table")))


def rows_of(report: str) -> list[list[str]]:
    """What a report says to programs, header included."""
    return list(csv.reader(io.StringIO(done(f"report {report} --format csv"), newline="")))


# What it says


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("words", ["", "--in EUR", "--in EUR --policy month --donor GB", "--as-of 2025-03-05"])
def test_its_figures_are_those_of_the_reports(words: str) -> None:
    root = made(words)
    for name, report in {"by-donor": "totals", "by-purpose-and-instrument": "totals --by purpose,instrument"}.items():
        header, *rows = table_below(root, name)
        (columns, *expected) = rows_of(f"{report} {words}")
        kept = [columns.index(column.replace(" ", "_")) for column in header]
        shown = [row for row in rows if row[0] != "total"]
        assert shown == [[_as_shown(row[place]) for place in kept] for row in expected]


def _as_shown(cell: str) -> str:
    return cell.replace("_", " ")


@pytest.mark.usefixtures("desk")
def test_its_pipeline_is_due_by_the_last_day_that_was_asked_for() -> None:
    root = made("--as-of 2025-03-05")
    header, *rows = table_below(root, "pipeline")
    assert header == ["stage", "currency", "amount", "overdue"]
    assert rows == rows_of("pipeline --as-of 2025-03-05")[1:]
    assert ["pledged", "JPY", "471900000000", "100000000000"] in rows
    assert "due by Mar 5, 2025" in root.one("section", id="pipeline").text


@pytest.mark.usefixtures("desk")
def test_its_timeline_is_the_cumulative_one_and_ends_with_the_total() -> None:
    _, *rows = table_below(made("--in EUR"), "over-time")
    expected = rows_of("timeline --cumulative --in EUR")
    pledged = expected[0].index("pledged")
    assert [(row[0], row[2]) for row in rows if row[0] != "total"] == [(row[0], row[pledged]) for row in expected[1:]]
    assert rows[-1][2] == rows[-2][2]


@pytest.mark.usefixtures("desk")
def test_it_says_what_was_looked_at_and_what_was_known() -> None:
    header = made("--in EUR --donor GB,JP --as-of 2025-03-05 --contingent exclude --known-at 8").one("header").text
    for said in (
        "As recorded up to entry 8, on",
        "Donor United Kingdom, Japan",
        "As of 2025-03-05",
        "Known at entry 8",
        "Guarantees left out",
        "in EUR, by the policy spot, at each pledge's day",
        "2 pledges of a selection",
    ):
        assert said in header, header
    assert "each in its own currency" in made().one("header").text


@pytest.mark.usefixtures("desk")
def test_its_sources_are_listed_once_with_the_pledges_they_are_given_for() -> None:
    listed = list(made().one("section", id="sources").all("li"))
    assert [item.text for item in listed] == [
        "https://example.org/ukef-reaches-capacity , The press, press for GB-2025-0001, JP-1",
        "https://example.org/guarantee for US-1",
    ]
    (link,) = listed[0].all("a")
    assert (link.attributes["href"], link.attributes["rel"]) == (
        "https://example.org/ukef-reaches-capacity",
        "noopener noreferrer",
    )


@pytest.mark.usefixtures("desk")
def test_its_sources_are_those_of_the_selection() -> None:
    assert "ukef-reaches" not in made("--donor US").one("section", id="sources").text
    assert "US-1" not in made("--currency JPY").one("section", id="sources").text
    assert "JP-1" not in made("--until 2024-10-30").one("section", id="sources").text
    assert "No entry of this selection cites a source." in made("--known-at 2").one("section", id="sources").text


def test_its_sources_are_all_that_the_database_holds(desk: Path) -> None:
    with places.sql(desk / "book.db") as tables:
        entries = [json.loads(line) for (line,) in tables.execute("SELECT line FROM entry")]
    held = {citation.get("url") for entry in entries for citation in entry.get("citations", [])}
    listed = [item.text for item in made().one("section", id="sources").all("li")]
    assert len(listed) == len(held) == len({url for url in held for text in listed if text.startswith(url)})


@pytest.mark.usefixtures("desk")
def test_its_rates_are_those_it_was_converted_with() -> None:
    header, *rows = table_below(made("--in EUR"), "rates")
    assert header[:4] == ["currency", "into", "on", "rate"]
    assert {row[0] for row in rows} == {"GBP", "USD", "JPY"}
    assert not [each for each in made().all("section") if each.attributes["id"] == "rates"]


@pytest.mark.usefixtures("desk")
def test_what_is_to_be_said_stands_beside_the_figures() -> None:
    text = made("--in EUR").one("section", id="by-donor").text
    assert "is contingent: guarantees at face" in text
    assert "1 pledge of undisclosed value is counted, not valued." in text


@pytest.mark.usefixtures("desk")
def test_figures_are_written_as_the_reader_does_and_stand_exactly_behind() -> None:
    root = made("--locale de")
    data = next(each for each in root.one("section", id="by-donor").all("data") if each.text == "2.260.000.000,00")
    assert data.attributes["value"] == "2260000000.00"
    assert "Vereinigtes Königreich" in root.text
    assert root.one("html").attributes["lang"] == "de"
    assert made("--locale en_GB").one("html").attributes["lang"] == "en-GB"


@pytest.mark.usefixtures("desk")
def test_an_empty_selection_has_a_page_all_the_same() -> None:
    root = made("--until 2020-01-01")
    assert root.text.count("nothing recorded") == 4
    assert not list(root.all("svg"))


# What it is made of


@pytest.mark.usefixtures("desk")
def test_the_same_book_and_options_give_the_same_bytes() -> None:
    made("--in EUR", "one.html")
    made("--in EUR", "two.html")
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


@pytest.mark.usefixtures("desk")
def test_it_has_no_script_and_refers_to_nothing_outside() -> None:
    root = made("--in EUR")
    assert not list(root.all("script", "iframe", "object", "embed", "form", "img", "base"))
    policy = root.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    assert policy.split("; ")[:3] == ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
    for element in root.all():
        assert not {name for name in element.attributes if name.startswith("on") or name in {"src", "srcset", "style"}}
        reference = element.attributes.get("href", "#")
        assert reference.startswith("#") or element.tag == "a" or reference == "data:,"
    style = root.one("style").text
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.usefixtures("desk")
def test_links_inside_lead_somewhere_and_no_id_is_given_twice() -> None:
    root = made("--in EUR")
    ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    named = {target for element in root.all() for target in element.attributes.get("aria-labelledby", "").split()}
    inside = {link.attributes["href"][1:] for link in root.all("a") if link.attributes["href"].startswith("#")}
    assert named | inside <= set(ids)


@pytest.mark.usefixtures("desk")
def test_every_drawing_has_a_name_and_its_figures_as_a_table() -> None:
    root = made("--in EUR")
    drawings = list(root.all("svg"))
    assert len(drawings) == 4
    for drawing in drawings:
        assert drawing.attributes["role"] == "img"
        assert [child.tag for child in drawing.all()][:2] == ["title", "desc"]
    for section in root.all("section"):
        for _ in section.all("svg"):
            (table,) = section.all("table")
            assert table.one("caption").text
            assert {cell.attributes["scope"] for cell in table.all("th")} == {"col", "row"}
            assert all(next(row.all("th", "td")).tag == "th" for row in table.all("tr"))


@pytest.mark.usefixtures("desk")
def test_its_headings_are_in_order() -> None:
    levels = [int(heading.tag[1]) for heading in made().all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels == [1, *[2] * 6]


@pytest.mark.usefixtures("desk")
def test_its_colours_have_the_contrast_that_text_needs_in_light_and_dark() -> None:
    style = made().one("style").text
    palettes = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", part)) for part in style.split("@media screen")]
    assert len(palettes) == 2
    for palette in palettes:
        for name in ("ink", "muted", "link", "series-1", "series-2"):
            for ground in ("ground", "raised"):
                assert contrast(palette[name], palette[ground]) >= ENOUGH, (name, ground)


def test_what_stands_in_the_data_is_text_and_never_markup(book: Book) -> None:
    register_party(book, "EVIL", HOSTILE)
    announce(book, "EVIL", "100 GBP", title=HOSTILE, cite=f"https://example.org/{HOSTILE}")
    text = page(book.summary(), Language("en"), book.party_names().__getitem__, title=HOSTILE)
    root = read(text)
    assert not list(root.all("script", "img"))
    assert root.one("h1").text == HOSTILE
    assert HOSTILE in root.one("section", id="by-donor").text
    (link,) = root.one("section", id="sources").all("a")
    assert link.attributes == {
        "href": f"https://example.org/{HOSTILE}",
        "rel": "noopener noreferrer",
    }


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "https://a:b@c.org",
        "https://[",
        "",
        None,
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(url: str | None) -> None:
    assert not linkable(url)


# What it does not grow beyond


def test_sources_beyond_the_most_are_counted(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MOST_SOURCES", 2)
    for number in (1, 2, 1, 3, 1):
        announce(book, "GB", "1 GBP", cite=f"https://example.org/{number}")
    found = book.summary()
    assert [(cited.citation.url, len(cited.pledges)) for cited in found.sources] == [
        ("https://example.org/1", 2),
        ("https://example.org/2", 1),
    ]
    assert found.more_cited == 2
    assert "2 more entries cite sources that are not listed here." in read(page(found, Language("en"))).text


def test_rows_beyond_the_most_are_counted() -> None:
    table = Table([Column("donor", "party")], [("GB",), ("FR",), ("DE",)], totals=[("all",)])
    grid = Writing(Language("en"), str.lower).grid("donors", "Donors", table, most=2)
    assert [[cell.text for cell in row] for row in grid.rows] == [["gb"], ["fr"]]
    assert (len(grid.totals), grid.more) == (1, "1 more row is not shown, and is in the total.")


def test_currencies_are_drawn_while_there_are_few_and_the_table_has_them_all(book: Book) -> None:
    for code in ("GBP", "EUR", "USD", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN"):
        announce(book, "GB", f"1 {code}")
    root = read(page(book.summary(), Language("en")))
    assert not list(root.all("svg"))
    assert root.text.count("Too many currencies to draw here") == 4
    assert len(table_below(root, "by-donor")) == 1 + 9 + 9


@given(months=st.integers(1, 700))
def test_a_long_timeline_stands_at_the_ends_of_quarters_or_years(months: int) -> None:
    columns = [Column("period", "code"), Column("currency", "code"), Column("pledged", "money")]
    rows = [(f"{1990 + n // 12}-{n % 12 + 1:02}", "GBP", Money(n, currency("GBP"))) for n in range(months)]
    found = thinned(Table(columns, rows))
    assert len(found.rows) <= max(40, -(-months // 12))
    assert found.rows[-1][2] == rows[-1][2]
    size = len(str(found.rows[0][0]))
    assert size == (7 if months <= 120 else 4)


def test_filters_are_said_in_words() -> None:
    wanted = selection(donor="GB", purpose="military", since="2025-01-01", contingent="only")
    assert chosen(wanted) == [
        ("donor", ("GB",)),
        ("purpose", ("military",)),
        ("from", ("2025-01-01",)),
        ("guarantees", ("alone",)),
    ]
    assert chosen(selection(known_at=datetime(2025, 3, 2, tzinfo=UTC))) == [
        ("known at", ("2025-03-02T00:00:00.000000Z",))
    ]
    assert wanted.contingent is Contingent.ONLY


def test_nothing_in_it_depends_on_the_day_it_is_made(book: Book, clock: Clock) -> None:
    announce(book, "GB", "100 GBP", schedule={"2026-01-01": "100 GBP"})
    before = page(book.summary(), Language("en"))
    clock.turn_to("2027-05-05")
    assert page(book.summary(), Language("en")) == before
    assert gbp("100").plain() in before


# Where it is written


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (2, "", "missing option '--out'"),
        (2, "--out report.pdf", "--out report.pdf: the summary is a page, written to a file ending in .html"),
        (2, "--out report.html --title ''", "--title is empty"),
        (1, "--out no/report.html", "no/report.html cannot be written: No such file or directory"),
        (2, "--out report.html --policy month", "go with --in CUR"),
        (1, "--out report.html --donor XX", "XX"),
        (1, "--out report.html --in EUR --policy fixed:1990", "no rate from"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is(code: int, words: str, said: str) -> None:
    assert said in refused(code, f"report summary {words}")


@places.of_files("a file is put in a file's place")
def test_the_book_is_never_written_over(desk: Path) -> None:
    (desk / "book.html").hardlink_to(desk / "book.db")
    assert "--out book.html is the book itself" in refused(2, "report summary --out book.html")


def test_a_page_that_was_there_is_replaced_as_a_whole(desk: Path) -> None:
    (desk / "report.html").write_text("older", encoding="utf-8")
    made("--title 'Quarterly report'")
    assert (desk / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in desk.glob(".report*")] == []
    assert typed("report summary --out report.html --title T").code == 0
