"""A small workload for benchmarks/run: the files of its generator, with so many pledges and rates of three days.

Run as ``python tests/small_workload.py --n 30 --out FOLDER``. No row of it is chosen by chance.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path

HEADER = ("id", "date", "donor", "instrument", "funding_source", "currency", "amount", "payee", "description")
DAYS = ("2025-03-03", "2025-03-04", "2025-03-05")
DIGITS = {"GBP": 2, "EUR": 2, "JPY": 0, "KWD": 3}
PRICES = {"GBP": ("1.2101", "1.2093", "1.1996"), "JPY": ("0.006358", "0.00641", "0.0064"), "KWD": ("3.1", "3.11", "3")}
DONORS = (("GB", "GBP"), ("DE", "EUR"), ("JP", "JPY"), ("KW", "KWD"), ("DE", "GBP"))
INSTRUMENTS = ("MilitaryAid", "ExportFinancing", "Loan", "Grant", "Humanitarian")
SOURCES = ("StateBudget", "DefenceStock", "DevelopmentBank")


@dataclass(frozen=True)
class Promise:
    """One pledge of the workload: ``units`` are minor units."""

    number: int
    day: int
    donor: str
    currency: str
    instrument: str
    source: str
    units: int

    @property
    def exact(self) -> Fraction:
        return Fraction(self.units, 10 ** DIGITS[self.currency])

    @property
    def amount(self) -> str:
        return plain(self.exact)

    @property
    def euros(self) -> Fraction:
        return self.exact * (1 if self.currency == "EUR" else Fraction(PRICES[self.currency][self.day]))


def promises(count: int) -> Iterator[Promise]:
    words = zip(cycle(DONORS), cycle(INSTRUMENTS), cycle(SOURCES), strict=False)
    for number, ((donor, currency), instrument, source) in enumerate(islice(words, count), 1):
        day = (number - 1) * len(DAYS) // count
        yield Promise(number, day, donor, currency, instrument, source, 1_234_567 * number + number**3)


def plain(value: Fraction) -> str:
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def transaction(one: Promise, payee: str, link: str) -> str:
    account = f"Expenses:Aid:{one.donor}:{one.instrument}", f"Liabilities:Pledged:{one.donor}:{one.source}"
    amounts = f"{one.amount} {one.currency}", f"-{one.amount} {one.currency}"
    postings = [f"  {name}  {amount}" for name, amount in zip(account, amounts, strict=True)]
    return "\n".join([f"{DAYS[one.day]} * {payee.format(id=f'P{one.number:04}')}{link}", *postings, "", ""])


def declared(before: str, opened: str) -> str:
    accounts = [f"Expenses:Aid:{donor}:{each}" for donor in ["GB", "DE", "JP", "KW"] for each in INSTRUMENTS]
    accounts += [f"Liabilities:Pledged:{donor}:{each}" for donor in ["GB", "DE", "JP", "KW"] for each in SOURCES]
    return "".join([*(f"{before}{code}\n" for code in DIGITS), *(f"{opened}{name}\n" for name in accounts), "\n"])


def write(folder: Path, said: Sequence[Promise], more: Promise) -> None:
    priced = [(day, code, at[turn]) for code, at in PRICES.items() for turn, day in enumerate(DAYS)]
    for ending, begin, payee, price, include in (
        ("journal", declared("commodity ", "account "), "({id}) Treasury", "P {} {} {} EUR", "include {}"),
        ("beancount", declared("2022-01-01 commodity ", "2022-01-01 open "), '"Treasury" "aid" ^{id}',
         "{} price {} {} EUR", 'include "{}"'),
    ):  # fmt: skip
        text = "".join(transaction(one, payee, "") for one in said)
        (folder / f"main.{ending}").write_text(begin + text, encoding="utf-8")
        (folder / f"one.{ending}").write_text(transaction(more, payee, ""), encoding="utf-8")
        (folder / f"prices.{ending}").write_text("".join(price.format(*each) + "\n" for each in priced))
        both = [include.format(f"{name}.{ending}") for name in ("prices", "main")]
        (folder / f"all.{ending}").write_text("\n".join(both) + "\n")
    tabled(folder / "prices.csv", ("date", "currency", "rate_eur"), priced)
    tabled(folder / "pledges.csv", (*HEADER, "source_url"), map(row, said))
    tabled(folder / "one.csv", row(more), ())
    (folder / "expected.json").write_text(json.dumps(expected(said)), encoding="utf-8")


def tabled(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as to:
        csv.writer(to).writerows([header, *rows])


def row(one: Promise) -> tuple[str, ...]:
    link = f"https://aid.example/{one.number}"
    named = f"P{one.number:04}", DAYS[one.day], one.donor, one.instrument, one.source, one.currency
    return *named, one.amount, "Treasury", f"tranche {one.number}", link


def expected(said: Sequence[Promise]) -> dict[str, dict[str, str]]:
    own: dict[str, Fraction] = {}
    euros: dict[str, Fraction] = {}
    for one in said:
        key = f"{one.donor} {one.currency}"
        own[key] = own.get(key, Fraction()) + one.exact
        euros[one.donor] = euros.get(one.donor, Fraction()) + one.euros
    return {
        "by_donor_currency": {key: plain(value) for key, value in own.items()},
        "by_donor_eur": {key: plain(value) for key, value in euros.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    *said, more = promises(given.n + 1)
    write(given.out, said, more)


if __name__ == "__main__":
    main()
