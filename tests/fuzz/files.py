"""Readers of files: tables, workbooks, IATI, bank statements, rates, maps, scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path

from cli import script
from ledger.formats import ecb, ecb_update
from ledger.formats.bank import map as bank_map
from ledger.formats.bank import recognise as bank
from ledger.formats.iati import read as iati
from ledger.formats.kiel import read as kiel
from ledger.formats.mapped import read as mapped
from ledger.formats.mapped import suggest, written
from ledger.formats.rates import recognise as rates
from ledger.formats.tracker import read as tracker
from ledger.formats.tracker import written as tracker_map
from tests.fuzz.mutation import zipped
from tests.fuzz.reader import Reader, each_of

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures"
GERMAN = FIXTURES / "maps" / "german"
TOTALS = FIXTURES / "tracker" / "map" / "input.csv"
STATEMENT = FIXTURES / "bank" / "instalment.csv"

_SCRIPT_MORE = b"# one\naidledger party add X \"The X\" \\\n  --kind group # two\nitem add a '#1'\n"


def seeds(*patterns: str) -> Callable[[], Sequence[bytes]]:
    """The fixtures that these patterns name."""

    @cache
    def found() -> Sequence[bytes]:
        paths = [path for pattern in patterns for path in sorted(FIXTURES.glob(pattern))]
        assert paths, patterns
        return [path.read_bytes() for path in paths]

    return found


def given(*texts: bytes) -> Callable[[], Sequence[bytes]]:
    """These texts themselves."""
    return lambda: texts


def _table(path: Path) -> None:
    each_of(lambda: list(mapped.read(path).findings), lambda: suggest.suggest(path))


def _mapped_table(path: Path) -> None:
    list(mapped.read(path, written.load(GERMAN / "map.toml")).findings)


def _map(path: Path) -> None:
    """The map, and a table read by it, as sound as that is."""
    found = written.load(path)
    list(mapped.read(GERMAN / "input.csv", found).findings)


def _bank_map(path: Path) -> None:
    bank.read(STATEMENT, bank_map.load(path))


def _tracker_map(path: Path) -> None:
    found = tracker_map.load(path)
    tracker.read(TOTALS, found)


def _workbook(path: Path) -> None:
    """A workbook is read as the tracker's, as a table, as a table of totals, and suggested a map for."""
    each_of(*(partial(read, path) for read in (_kiel, _table, tracker.read, bank.read)))


def _kiel(path: Path) -> None:
    list(kiel.read(path, "kiel").findings)


def _iati(path: Path) -> None:
    list(iati.read(path).findings)


def _history(path: Path) -> None:
    """A history of the ECB's, as embedded and as fetched."""
    known = ecb_update.Known(ecb.embedded(), {})
    each_of(
        lambda: ecb_update.news(path, "the mirror", known, date(2026, 11, 1)),
        lambda: _embedded(ecb.EcbHistory(path)),
    )


def _embedded(history: ecb.EcbHistory) -> None:
    for code in history.currencies[:5]:
        history.value(code, history.last)
    list(history.rates(history.currencies[:2]))
    history.published(history.last)


def _script(path: Path) -> None:
    list(script.commands(script.read(str(path)), str(path)))


@cache
def _histories() -> Sequence[bytes]:
    text = (FIXTURES / "rates" / "eurofxref-hist" / "input.csv").read_bytes()
    return [zipped([("eurofxref-hist.csv", text)]), zipped([("a.csv", b"Date,USD,\n2025-03-03,1.0465,\n")])]


READERS = (
    Reader(
        "table",
        ("ledger/formats/mapped/", "ledger/formats/delimited.py", "ledger/formats/reading.py"),
        seeds("maps/*/input.csv", "kiel/*/rows.csv"),
        _table,
        "table.csv",
    ),
    Reader("mapped table", ("ledger/formats/mapped/",), seeds("maps/german/input.csv"), _mapped_table, "table.csv"),
    Reader("map", ("ledger/formats/mapped/",), seeds("maps/*/map.toml", "maps/*.toml"), _map, "map.toml"),
    Reader("bank map", ("ledger/formats/bank/map.py",), seeds("bank/*.toml"), _bank_map, "map.toml"),
    Reader(
        "tracker map", ("ledger/formats/tracker/written.py",), seeds("tracker/map/*.toml"), _tracker_map, "map.toml"
    ),
    Reader(
        "workbook",
        ("ledger/formats/workbook.py", "ledger/formats/workbook_bounds.py", "ledger/formats/kiel/"),
        seeds("kiel/*/input.xlsx"),
        _workbook,
        "book.xlsx",
    ),
    Reader(
        "IATI",
        ("ledger/formats/iati/", "ledger/formats/stream.py"),
        seeds("iati/*/input.xml", "iati/folder/input/*.xml"),
        _iati,
        "activities.xml",
    ),
    Reader(
        "bank statement",
        ("ledger/formats/bank/", "ledger/formats/stream.py", "ledger/formats/opened.py"),
        seeds("bank/*.mt940", "bank/*.xml", "bank/*.csv"),
        bank.read,
        "statement",
    ),
    Reader("rates", ("ledger/formats/rates/",), seeds("rates/*/input.*"), rates.read, "rates.csv"),
    Reader(
        "ECB history",
        ("ledger/formats/ecb.py", "ledger/formats/ecb_update.py", "ledger/formats/rates/contents.py"),
        _histories,
        _history,
        "eurofxref-hist.zip",
    ),
    Reader("table of totals", ("ledger/formats/tracker/",), seeds("tracker/*/input.csv"), tracker.read, "t.csv"),
    Reader(
        "script",
        ("cli/script.py",),
        lambda: (*seeds("demo/commands.txt", "groups/*.txt")(), _SCRIPT_MORE),
        _script,
        "commands.txt",
    ),
)
