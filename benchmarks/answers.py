"""What the programs answered, read from what each printed, and whether they all say the same."""

import csv
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from peers import BEANCOUNT, HLEDGER, LEDGER
from programs import HAND, OURS, SERVER, TALLIES
from workload import Workload

Totals = dict[tuple[str, str], Fraction]
"""Exact amounts by donor and currency."""

CENT = Fraction(1, 100)
FLOATING = Fraction(1, 10**12)
"""The part of a total by which floating point may miss it: three cents of four trillion euros."""

_AMOUNT = re.compile(r"\s*(?P<amount>-?[0-9.]+) (?P<code>[A-Z]{3})(?:\s{2,}(?P<account>\S+))?\s*")


def totals(program: str, printed: Path) -> Totals:
    """The totals that a program printed."""
    with printed.open(encoding="utf-8", newline="") as file:
        found: Totals = {}
        for donor, code, amount in _READERS[program](file):
            found[donor, code] = found.get((donor, code), Fraction()) + Fraction(amount)
        return found


def disagreements(case: str, program: str, printed: Path, workload: Workload) -> list[str]:
    """Where a program's totals are not the generator's: own currencies to the last digit, euros to a cent.

    Euros by hand are in floating point, and as near as that comes.
    """
    if case not in {"totals", "euros"} or program not in _READERS:
        return []
    ours, theirs = totals(program, printed), workload.totals() if case == "totals" else workload.euros()
    cents, part = (CENT if case == "euros" else 0), (FLOATING if (case, program) == ("euros", HAND) else 0)
    return [
        f"{program}, {case}, {donor} {code}: {ours.get((donor, code))}, not {theirs.get((donor, code))}"
        for donor, code in sorted(ours.keys() | theirs.keys())
        if abs(ours.get((donor, code), Fraction()) - (said := theirs.get((donor, code), Fraction())))
        > max(cents, part * said)
    ]


def _ours(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    for row in csv.DictReader(lines):
        yield row["donor"], row["currency"], row["pledged"]


def _by_hand(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    yield from map(_three, csv.reader(lines))


def _three(row: list[str]) -> tuple[str, str, str]:
    donor, code, amount = row
    return donor, code, amount


def _hledger(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    for row in csv.DictReader(lines):
        for each in row["balance"].split(", "):
            amount, code = each.split(" ")
            yield row["account"].rpartition(":")[2], code, amount


def _ledger(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    """A tree whose root comes first; the amounts of a country stand above its name."""
    waiting: list[tuple[str, str]] = []
    for line in lines:
        if (found := _AMOUNT.fullmatch(line)) is None:
            continue
        waiting.append((found["code"], found["amount"]))
        if (account := found["account"]) is not None:
            if ":" not in account:
                yield from ((account, code, amount) for code, amount in waiting)
            waiting = []


def _beancount(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    for row in csv.DictReader(lines):
        yield row["country"].rpartition(":")[2], row.get("currency", "EUR").strip(), row["amount"].strip()


_READERS: dict[str, Callable[[Iterator[str]], Iterator[tuple[str, str, str]]]] = {
    OURS: _ours,
    SERVER: _ours,
    HAND: _by_hand,
    TALLIES: _by_hand,
    HLEDGER: _hledger,
    LEDGER: _ledger,
    BEANCOUNT: _beancount,
}
