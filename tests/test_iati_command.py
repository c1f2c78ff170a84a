"""`aidledger export iati` as it is typed: the file, what is said beside it, and what is refused."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests import places
from tests.commandline import VARIED, book, done, refused, rows, typed
from tests.iati_written_words import MEASURES

BOOK = VARIED
pytestmark = pytest.mark.usefixtures("desk")


def reporting(words: str) -> dict[str, str]:
    """What the file of pledge P says of who reports it, and its identifier."""
    (activity,) = ET.fromstring(done(f"export iati --pledge P {words}"))  # noqa: S314 - our own file
    found = activity.find("reporting-org")
    assert found is not None
    return {
        **found.attrib,
        "name": str(found.findtext("narrative")),
        "of": str(activity.findtext("iati-identifier")),
    }


def test_the_file_is_written_whole_and_its_bytes_are_those_of_stdout():
    assert done("export iati --out aid.xml --reporting-org XA-TEST") == ""
    assert Path("aid.xml").read_text(encoding="utf-8") == done("export iati --reporting-org XA-TEST")


def test_what_it_cannot_hold_is_said_on_the_other_stream():
    answer = typed("export iati --out aid.xml")
    assert (answer.code, answer.printed) == (0, "")
    assert answer.said.splitlines() == [
        "note: left out: payments in another currency (1)",
        "note: in words only: pledges of items (2), pledges with a lender, obligor or payments a year (1)",
    ]


def test_without_a_publisher_the_book_itself_reports():
    found = reporting("")
    assert found == {
        "ref": found["ref"],
        "type": "90",
        "secondary-reporter": "1",
        "name": f"aidledger, book {found['ref']}",
        "of": f"{found['ref']}-P",
    }
    assert len(found["ref"]) == len("5f0c1a52-9d3e-4b7a-8c61-7e2d4a9b3c10")


def test_whoever_publishes_is_named():
    assert reporting("--reporting-org XA-TEST --reporting-name 'Those who test' --reporting-type 10") == {
        "ref": "XA-TEST",
        "type": "10",
        "secondary-reporter": "1",
        "name": "Those who test",
        "of": "XA-TEST-P",
    }


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--reporting-org a/b", "--reporting-org 'a/b': an identifier begins with it, so use letters, digits"),
        ("--reporting-org 'a b'", "--reporting-org 'a b': an identifier begins with it"),
        ("--reporting-type 99", "--reporting-type '99': use one of 10, 11, 15, 21"),
        ("--reporting-name ' '", "--reporting-name is empty"),
    ],
)
def test_what_no_publisher_can_be_is_refused(option, said):
    assert said in refused(2, f"export iati --out aid.xml {option}")


def test_a_file_of_nothing_is_refused():
    said = refused(1, "export iati --out aid.xml --pledge P --currency EUR")
    assert said == "error: no pledge is selected, and a file of IATI activities has one at least\n"


@places.of_files("only a file can be written over")
def test_the_book_itself_is_never_written_over():
    assert "is the book itself" in refused(2, f"export iati --out {book()}")


def test_an_import_of_the_file_has_the_same_totals():
    done("export iati --out aid.xml --reporting-org XA-TEST")
    other = places.at("other.sqlite")
    done(f"init --book {other}")
    done(f"import iati aid.xml --book {other}")

    def figures(words: str) -> list[list[str]]:
        by = "donor,recipient,purpose,instrument,source,package,currency"
        found = [row for row in rows(f"report totals --by {by} {words}") if len(row["currency"]) == 3]
        return [[row[name] for name in (*by.split(","), *MEASURES)] for row in found]

    assert figures(f"--book {other}") == figures("") != []
