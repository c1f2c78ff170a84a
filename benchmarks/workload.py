"""The workload: the same pledges in every program's own format, made by a generator, the same each time."""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

UNITS = {"": 1, "k": 1_000, "M": 1_000_000}
PRICES = "bench"
"""What the generator's prices are called as a source of rates."""


def size_of(text: str) -> int:
    """How many pledges a size is: ``30``, ``10k``, ``1M``. Raises ValueError."""
    unit = text[-1:] if text[-1:] in {"k", "M"} else ""
    return int(text.removesuffix(unit)) * UNITS[unit]


def named(size: int) -> str:
    """A size as people write it: ``10k``."""
    for unit in ("M", "k"):
        if size >= UNITS[unit] and size % UNITS[unit] == 0:
            return f"{size // UNITS[unit]}{unit}"
    return str(size)


@dataclass(frozen=True)
class Workload:
    """The files of one size, in a folder."""

    folder: Path
    size: int

    def path(self, name: str) -> Path:
        """One of its files."""
        return self.folder / name

    def totals(self) -> dict[tuple[str, str], Fraction]:
        """What each donor promises in each currency, as the generator added it up."""
        said = self._expected()["by_donor_currency"].items()
        return {(words[:2], words[3:]): Fraction(amount) for words, amount in said}

    def euros(self) -> dict[tuple[str, str], Fraction]:
        """What each donor promises in euros, at the rate of each pledge's own day, as the generator added it up."""
        return {(donor, "EUR"): Fraction(amount) for donor, amount in self._expected()["by_donor_eur"].items()}

    def one(self) -> dict[str, str]:
        """The pledge that is to be added."""
        with self.path("pledges.csv").open(encoding="utf-8", newline="") as header:
            names = next(csv.reader(header))
        with self.path("one.csv").open(encoding="utf-8", newline="") as row:
            return dict(zip(names, next(csv.reader(row)), strict=True))

    def _expected(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads(self.path("expected.json").read_text(encoding="utf-8"))
        return found


def made(generator: Path, folder: Path, size: int) -> Workload:
    """A workload of so many pledges, made where it is not there yet. Ends the program where nothing can make it."""
    if not (folder / "expected.json").exists():
        if not generator.exists():
            sys.exit(f"error: there is no generator at {generator}: name it with --generator PATH")
        command = [sys.executable, str(generator), "--n", str(size), "--out", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the user's own generator
    workload = Workload(folder, size)
    _write_rates(workload)
    return workload


def _write_rates(workload: Workload) -> None:
    """The generator's prices as a file of rates that the ledger reads."""
    with (
        workload.path("prices.csv").open(encoding="utf-8", newline="") as prices,
        workload.path("rates.csv").open("w", encoding="utf-8", newline="") as rates,
    ):
        writer = csv.writer(rates)
        writer.writerow(["date", "base", "quote", "rate"])
        writer.writerows([day, code, "EUR", rate] for day, code, rate in list(csv.reader(prices))[1:])
