"""Sentences made far below are whole: in another language only names, codes and figures of them stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ledger.conversion import Converter
from ledger.errors import LedgerError, Problem
from ledger.formats.delimited import Delimited, Unfit
from ledger.formats.mapped.cells import UnreadableError, converter
from ledger.formats.mapped.fields import FIELDS
from ledger.formats.mapped.map import Conventions, Rule
from ledger.formats.mapped.written import parse
from ledger.formats.rates import recognise
from ledger.journal import refuse_controls
from ledger.message import Message
from ledger.money import Money, currency
from ledger.period import Period
from ledger.pledge import Instrument, MoveKind, sources
from ledger.proof.checkpoint import Checkpoint
from ledger.rate import Policy
from ledger.signing import key
from ledger.table import plain_cell
from tests.published import source, used
from tests.wordless import english, wordless

WHOLE = source("hmc", "2025-01 GBP USD 1.24\n2025-02 GBP USD 1.25\n2025-03 GBP USD 1.26")
DAYS = source("ecb", "2025-02-27 EUR USD 1.1\n2025-02-28 EUR USD 1.2\n2025-02-28 EUR GBP 0.8")


@pytest.mark.parametrize(
    ("policy", "pair", "on"),
    [
        ("spot", "EUR USD", "2025-03-01"),
        ("spot", "EUR USD", "2025-03-04"),
        ("spot", "GBP USD", "2025-02-10"),
        ("year", "GBP USD", "2025-06-01"),
        ("fixed:2025-Q1", "GBP USD", "2025-06-01"),
        ("spot", "HRK USD", "2025-02-28"),
    ],
)
def test_what_stood_in_for_a_rate(policy, pair, on):
    said = used(policy, pair, on, WHOLE, DAYS).fallback
    assert said is not None
    assert not english(said)


NAMES = {"often", "spot", "grant", "AIDLEDGER", "USER", "donr", "conventions", "dates", "elsewhen", *map(str, MoveKind)}
NAMES |= {"fields", "donor", "time", "year", "start", "month"}
"""Names, codes, keys of a map and its formats of days, which are the same in every language."""


def raised(call: Callable[[], object]) -> LedgerError:
    with pytest.raises(LedgerError) as found:
        call()
    return found.value


@pytest.mark.parametrize(
    "call",
    [
        lambda: Converter([], Policy.parse("spot"), currency("EUR")).used("GBP", date(2025, 3, 2)),
        lambda: Converter([DAYS], Policy.parse("spot"), currency("UAH")).used("HRK", date(2025, 3, 2)),
        lambda: Policy.parse("often"),
        lambda: Money.of("0.5", currency("JPY")),
        lambda: Money.of(1, currency("JPY")) + Money.of(1, currency("EUR")),
        lambda: sources(MoveKind.CALL, Instrument.GRANT),
        lambda: refuse_controls("a\x00b", "AIDLEDGER_USER"),
        lambda: Checkpoint.read("name\n01\nroot\n"),
        lambda: parse('[fields]\ndonr = "x"'),
        lambda: parse('name = "x"\n[conventions]\ndates = ["elsewhen"]'),
        lambda: Period.parse("2025-13"),
    ],
)
def test_a_refusal(call):
    error = raised(call)
    assert set(english(error.message)) <= NAMES
    assert error.hint is None or not english(error.hint)


def test_a_file_s_problem_and_its_place(tmp_path: Path):
    file = tmp_path / "mine.csv"
    file.write_text("date,base,quote,rate\n2025-03-02,GBP,EUR,1_000\n2025-03-02,GBP,USD\n2025-03-02,GBP,UHA,2\n")
    problems = recognise.read(file).problems
    assert [problem.code for problem in problems] == ["unreadable-rate", "unreadable-rate", "unknown-currency"]
    for problem in problems:
        assert not english(problem.message)
        assert problem.code == "unknown-currency" or english(problem.where) in ([], ["rate"])


def test_a_row_that_is_not_as_wide_as_its_header(tmp_path: Path):
    file = tmp_path / "mine.csv"
    file.write_text("a,b\n1\n")
    (row,) = Delimited(file).rows()
    assert isinstance(row, Unfit)
    assert (str(row.reason), english(row.reason)) == ("it has 1 cell, and the header 2", [])


def test_a_cell_that_is_no_day_says_each_format():
    rule = Rule(columns=("Day",), conventions=Conventions(dates=("iso", "year-end", "month-start")))
    error = raised(lambda: converter("on", FIELDS["on"], rule)("soon"))
    assert str(error) == "'soon' is not a day: write it as 2025-03-02 or 2025 (its last day) or 2025-03 (its first day)"
    assert english(error.message) == ["soon"]


def test_a_key_s_file_that_is_none(tmp_path: Path):
    error = raised(lambda: key.load(tmp_path))
    assert str(error) == f"{tmp_path} is no file: a folder holds no key"
    assert wordless(error.message) == f"[{tmp_path} []]"


def test_a_cell_of_a_table_can_still_be_said():
    said = Problem("error", "code", "here", raised(lambda: Policy.parse("often")).message).message
    assert plain_cell(said) is said


def test_what_a_step_cannot_read_keeps_its_sentence():
    error = UnreadableError("Day", "soon", raised(lambda: Policy.parse("often")).message)
    assert isinstance(error.reason, Message)
