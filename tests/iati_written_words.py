"""The words tests of written IATI files are written in: a book exported, the file read by others, and read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from ledger.book import Book
from ledger.formats.iati.read import read
from ledger.formats.iati.written.content import Reporter
from ledger.formats.iati.written.document import document
from ledger.recognition.proposal import Finding, Rejection, Remark
from ledger.selection import EVERYTHING, Selection
from tests import oracle
from tests.test_iati_real import PUBLISHED
from tests.world import Clock, make_book

SCHEMA = PUBLISHED / "schemas-2.03" / "iati-activities-schema.xsd"
EXTENSION = "{urn:aidledger:iati}pledge"
TESTER = Reporter("XA-TEST", "Those who test", "10")
MEASURES = ("pledged", "committed", "disbursed", "repaid", "forgiven")
"""The four that a file has to bring back, and what it can as well."""

BY = ("donor", "recipient", "purpose", "instrument", "source", "currency")
TYPES = {"12": "pledged", "2": "committed", "10": "committed", "3": "disbursed", "6": "repaid"}
FORGIVING = {"618", "633"}

needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason=f"IATI's schema is not at hand: there is no {SCHEMA}")

Sums = dict[tuple[str | None, ...], dict[str, Fraction]]


def told(book: Book, chosen: Selection = EVERYTHING, reporter: Reporter = TESTER) -> tuple[str, list[str]]:
    """The file of a book, and what is said of what it leaves."""
    with book.activities(reporter, chosen) as content:
        return "".join(document(content)), list(content.left.told())


def activities(book: Book, chosen: Selection = EVERYTHING) -> list[ET.Element]:
    """The activities as the standard library reads them."""
    return list(ET.fromstring(told(book, chosen)[0]))  # noqa: S314 - our own file


def activity(book: Book, pledge: str) -> ET.Element:
    """The activity of one pledge."""
    names = {str(one.findtext("iati-identifier")): one for one in activities(book)}
    return names[f"{TESTER.ref}-{pledge}"]


def first(of: ET.Element, tag: str) -> ET.Element:
    """The first element of this name inside another, which has one."""
    found = of.find(tag)
    assert found is not None, tag
    return found


def transactions(one: ET.Element) -> list[tuple[str, str, str]]:
    """The day, the type (of debt that is forgiven: its finance type) and the value of each transaction."""
    return [(_at(of, "transaction-date", "iso-date"), _type(of), _value(of)) for of in one.iter("transaction")]


def _at(of: ET.Element, tag: str, attribute: str) -> str:
    found = of.find(tag)
    return "" if found is None else str(found.get(attribute))


def _type(of: ET.Element) -> str:
    return _at(of, "finance-type", "code") or _at(of, "transaction-type", "code")


def _value(of: ET.Element) -> str:
    return f"{of.findtext('value')} {_at(of, 'value', 'currency')}"


def added_up(text: str) -> dict[tuple[str, str, str], Fraction]:
    """Each measure by activity and currency, by adding up the transactions of its types and nothing else."""
    found: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for one in ET.fromstring(text):  # noqa: S314 - our own file
        name = str(one.findtext("iati-identifier"))
        for _, kind, value in transactions(one):
            amount, code = value.split(" ")
            found[name, code, "forgiven" if kind in FORGIVING else TYPES[kind]] += Fraction(amount)
    return {key: amount for key, amount in found.items() if amount}


@cache
def schema() -> etree.XMLSchema:
    """The standard's own schema."""
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def faults(text: str) -> list[str]:
    """What the schema has against a file."""
    of = schema()
    of.validate(etree.fromstring(text.encode()))
    return [str(error) for error in of.error_log]


def sums(book: Book, chosen: Selection = EVERYTHING, by: tuple[str, ...] = BY) -> Sums:
    """The measures of money by these dimensions, added up from the register and not by the ledger."""
    found: Sums = {}
    for row in oracle.register(book, chosen):
        if len(row["commodity"]) != 3:
            continue
        key = tuple(row["commodity" if name == "currency" else name] or None for name in by)
        figures = found.setdefault(key, dict.fromkeys(MEASURES, Fraction(0)))
        for name, amount in oracle.measured(row).items():
            if name in figures:
                figures[name] += amount
    return {key: figures for key, figures in found.items() if any(figures.values())}


@contextmanager
def read_back(text: str, folder: Path) -> Iterator[tuple[Book, list[Finding]]]:
    """A new book of such a file, and what was found odd or wrong in it."""
    path = folder / "activities.xml"
    path.write_text(text, encoding="utf-8")
    (folder / "back.db").unlink(missing_ok=True)
    heard: list[Finding] = []
    with make_book(folder / "back.db", Clock("2027-01-01")) as book:
        book.take_in(read(path), tell=heard.append)
        yield book, heard


def said(heard: list[Finding]) -> list[str]:
    """The reasons of what was rejected or odd."""
    return [one.reason for one in heard if isinstance(one, Rejection | Remark)]
