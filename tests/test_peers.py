"""The comparison: one book of every instrument and twelve currencies, and what the programs of others make of it.

hledger, Beancount and DuckDB add up every account and every country by themselves; frictionless, sha256sum and
ssh-keygen look at the auditor's package of the same state. Each has to come to what our own reports say.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from ledger.book import Book
from tests import oracle
from tests.commandline import done, settings_for, typed
from tests.duck import Duck
from tests.everything import opened
from tests.many_currencies import BANK, CURRENCIES, UID, many_currencies
from tests.package_folder import descriptor
from tests.peers import (
    Account,
    asked_of_hledger,
    beans_check,
    from_beancount,
    from_hledger,
    held,
    held_by_beancount,
    held_by_hledger,
    rows_of_beancount,
    rows_of_hledger,
)
from tests.test_beancount import called
from tests.world import last_number, records

Balances = dict[Account, Fraction]
Place = tuple[str, str, str]
"""Stage, donor, commodity."""

EXPORTS = (
    f"export hledger --out book.journal --rates ecb,{BANK}",
    f"export beancount --out book.beancount --rates ecb,{BANK}",
    "export parquet --out columns",
    f"export audit --out package --rates ecb,{BANK} --key key",
)
UNTOLD = {"called", "owed"}
"""Measures that depend on the instrument, which accounts of other programs do not name."""


@dataclass(frozen=True)
class Exported:
    """A folder in which one book lies in every form there is for others."""

    folder: Path

    @property
    def hledger(self) -> str:
        return (self.folder / "book.journal").read_text(encoding="utf-8")

    @property
    def beancount(self) -> str:
        return (self.folder / "book.beancount").read_text(encoding="utf-8")

    @property
    def package(self) -> Path:
        return self.folder / "package"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("peers")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        many_currencies(folder / "book.db")
        done("key create ada --key key")
        for command in EXPORTS:
            answer = typed(command)
            assert answer.code == 0, answer
    return Exported(folder)


@pytest.fixture(scope="module")
def book(exported: Exported) -> Iterator[Book]:
    with opened(exported.folder / "book.db") as book:
        yield book


# Every account


def by_hledger(exported: Exported) -> Balances:
    asked_of_hledger(exported.hledger, "check", "--strict", "payees")
    return held_by_hledger(exported.hledger)


def by_beancount(exported: Exported) -> Balances:
    return held_by_beancount(beans_check(exported.beancount, exported.folder))


def by_duckdb(exported: Exported) -> Balances:
    """From the columns of `export parquet`."""
    query = "SELECT stage, donor, pledge, commodity, sum(amount) FROM postings GROUP BY ALL"
    return {row[:4]: Fraction(row[4]) for row in Duck(exported.folder / "columns").ask(query)}


def by_duckdb_of_the_package(exported: Exported) -> Balances:
    """From the auditor's package: the balances are what the details add up to."""
    connection = duckdb.connect()
    for name in ("trial_balance", "items_balance", "gl_detail", "items_detail"):
        table = connection.read_csv(str(exported.package / f"{name}.csv"), all_varchar=True)  # NA stays NA
        table.create_view(name)
    ending, added = (
        {row[:4]: Fraction(row[4]) for row in connection.execute(query).fetchall()} for query in (ENDING, ADDED)
    )
    assert ending == added
    return ending


ENDING = """
    SELECT GL_Account_Number, Segment01, Segment05, Amount_Currency, Amount_Ending::DECIMAL(38, 4) FROM trial_balance
    UNION ALL
    SELECT GL_Account_Number, Segment01, Segment05, Item, Quantity_Ending::DECIMAL(38, 4) FROM items_balance
"""
ADDED = """
    SELECT account, donor, pledge, code, sum(CASE side WHEN 'D' THEN amount ELSE -amount END) FROM (
        SELECT GL_Account_Number AS account, Segment01 AS donor, Segment05 AS pledge, Amount_Currency AS code,
               Amount_Credit_Debit_Indicator AS side, Amount::DECIMAL(38, 4) AS amount FROM gl_detail
        UNION ALL
        SELECT GL_Account_Number, Segment01, Segment05, Item,
               Quantity_Credit_Debit_Indicator, Quantity::DECIMAL(38, 4) FROM items_detail
    ) GROUP BY account, donor, pledge, code
"""

ACCOUNTS: dict[str, tuple[str, Callable[[Exported], Balances]]] = {
    "hledger": ("hledger", by_hledger),
    "bean-query": ("", by_beancount),
    "DuckDB": ("", by_duckdb),
    "DuckDB, of the package": ("", by_duckdb_of_the_package),
}
"""By the program that adds up: what Debian calls it, where it is no package of Python's."""


@pytest.mark.parametrize("program", ACCOUNTS)
def test_every_account_has_the_same_balance(exported: Exported, book: Book, program: str) -> None:
    package, balances = ACCOUNTS[program]
    need(package)
    ours = held(book, code=called(exported.beancount) if program == "bean-query" else str)
    assert nonzero(balances(exported)) == nonzero(ours)
    assert len(ours) > 200


def nonzero(balances: Balances) -> Balances:
    """Those that are not zero: not every program shows the others."""
    return {account: balance for account, balance in balances.items() if balance}


# Every country


def countries_by_hledger(exported: Exported) -> dict[Place, Fraction]:
    found = {}
    for row in rows_of_hledger(exported.hledger, "balance", "--flat", "--depth=2", "-E", "-N", "--layout=bare"):
        if row["account"].count(":"):
            stage, donor = row["account"].split(":")
            found[stage, from_hledger(donor), row["commodity"]] = Fraction(row["balance"])
    return found


def countries_by_beancount(exported: Exported) -> dict[Place, Fraction]:
    query = "SELECT parent(account) AS place, currency, sum(number) AS held GROUP BY place, currency"
    found = {}
    for row in rows_of_beancount(beans_check(exported.beancount, exported.folder), query):
        _, stage, donor = row["place"].split(":")
        found[stage.lower(), from_beancount(donor), row["currency"]] = Fraction(row["held"])
    return found


def countries_by_duckdb(exported: Exported) -> dict[Place, Fraction]:
    query = "SELECT stage, donor, commodity, sum(amount) FROM postings GROUP BY ALL"
    return {row[:3]: Fraction(row[3]) for row in Duck(exported.folder / "columns").ask(query)}


COUNTRIES: dict[str, tuple[str, Callable[[Exported], dict[Place, Fraction]]]] = {
    "hledger": ("hledger", countries_by_hledger),
    "bean-query": ("", countries_by_beancount),
    "DuckDB": ("", countries_by_duckdb),
}


@pytest.mark.parametrize("program", COUNTRIES)
def test_every_country_has_the_same_totals(exported: Exported, book: Book, program: str) -> None:
    package, countries = COUNTRIES[program]
    need(package)
    rows = [
        {"stage": stage, "donor": donor, "commodity": code, "instrument": "", "on": "2025-01-01", "amount": str(amount)}
        for (stage, donor, code), amount in countries(exported).items()
    ]
    ours = oracle.reported(records(book.totals()), ("donor",))
    told = {key: {name: value for name, value in of.items() if name not in UNTOLD} for key, of in ours.items()}
    assert oracle.totals(rows, ("donor",)) == told
    assert {code for _, code in told} == set(CURRENCIES)


def test_duckdb_has_the_same_totals_of_every_country_in_euros(exported: Exported) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(exported.folder, monkeypatch)
        answer = typed(f"report totals --in EUR --rates ecb,{BANK} --format json")
    assert Duck(exported.folder / "columns").totals_in_euros(BANK) == oracle.reported(answer.rows, ("donor",))


# The package


def test_frictionless_finds_the_package_valid(exported: Exported) -> None:
    assert outside(exported.package, "frictionless", "validate", "datapackage.json").returncode == 0


def test_sha256sum_finds_every_file_as_it_was_listed(exported: Exported) -> None:
    need("coreutils", "sha256sum")
    assert outside(exported.package, "sha256sum", "--strict", "-c", "SHA256SUMS").returncode == 0


def test_ssh_keygen_finds_the_signature_good(exported: Exported) -> None:
    need("openssh-client", "ssh-keygen")
    words = ("ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-n", "file", "-s", "SHA256SUMS.sig", "-I", "ada")
    found = outside(exported.package, *words, typed=(exported.package / "SHA256SUMS").read_bytes())
    assert (found.returncode, found.stdout[:28]) == (0, b'Good "file" signature for ad')


def test_the_package_verifies_itself_and_is_of_the_book_that_was_compared(exported: Exported, book: Book) -> None:
    assert outside(exported.package, sys.executable, "-I", "verify.py").returncode == 0
    about = descriptor(exported.package)["aidledger"]
    assert (about["book"], about["entries"]) == (UID, last_number(book))


def need(package: str, program: str = "") -> None:
    """Skip a test, visibly, where a program is not there."""
    if package and not shutil.which(program or package):
        pytest.skip(f"{program or package} is missing: apt install {package}")


def outside(folder: Path, *words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A program of others, run in a folder, those of Python's own packages too."""
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(words, cwd=folder, input=typed, capture_output=True, check=False, env=env)
