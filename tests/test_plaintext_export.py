"""`export hledger` and `export beancount` as they are typed: where they go, what they hold, what they refuse."""

import pytest

from tests.commandline import VARIED, book, done, refused, rows, typed

BOOK = VARIED

each_program = pytest.mark.parametrize("program", ["hledger", "beancount"])


@each_program
def test_a_journal_goes_to_stdout_or_whole_into_a_file(desk, program):
    printed = typed(f"export {program}").printed
    assert done(f"export {program} --out book.journal") == ""
    assert (desk / "book.journal").read_text(encoding="utf-8") == printed
    assert printed == typed(f"export {program}").printed


@each_program
def test_currencies_without_a_price_are_told(desk, program):  # noqa: ARG001
    answer = typed(f"export {program}")
    assert answer.code == 0
    assert answer.said == (
        "note: without a price on some of the days they are posted on: KWD (no rate to EUR in ecb);"
        " --rates SOURCE,... asks others\n"
    )
    assert typed(f"export {program} --currency GBP").said == ""


@each_program
def test_the_book_s_own_rates_are_prices(desk, program):
    (desk / "rates.csv").write_text("date,base,quote,rate\n2024-05-01,EUR,KWD,0.3290\n", encoding="utf-8")
    done("rate import rates.csv --as own --format csv")
    answer = typed(f"export {program} --rates own,ecb")
    assert answer.said == ""
    assert {"hledger": "P 2024-05-01 EUR 0.329 KWD\n", "beancount": "2024-05-01 price EUR 0.329 KWD\n"}[
        program
    ] in answer.printed


@each_program
@pytest.mark.parametrize(
    "filters",
    ["", "--donor GB", "--until 2025-03-03", "--from 2025-03-03", "--currency GBP", "--pledge P", "--known-at 14"],
)
def test_filters_take_the_postings_that_the_register_takes(desk, program, filters):  # noqa: ARG001
    found = [line.split("  ")[-1] for line in typed(f"export {program} {filters}").printed.splitlines() if amount(line)]
    register = typed(f"export csv {filters}").table
    amounts = [f"{row['amount']} {row['commodity']}" for row in register]
    if program == "beancount":
        amounts = [amount.upper() for amount in amounts]
    assert [line.replace('"', "") for line in found] == amounts


def amount(line: str) -> bool:
    return line.startswith("  ") and not line.lstrip().startswith(";") and "  " in line.lstrip()


def test_what_happened_before_the_first_day_is_not_there(desk):  # noqa: ARG001
    later = "--pledge P --currency GBP --from 2025-03-03"
    found = [line.split("  ")[-1] for line in typed(f"export hledger {later}").printed.splitlines() if amount(line)]
    (pledged,) = [row for row in rows(f"report trial-balance {later}") if row["stage"] == "pledged"]
    assert "100.00 GBP" not in found
    assert pledged["balance"].startswith("-")  # what left it since, as there is no opening balance


@each_program
def test_what_cannot_be_done_is_refused_in_a_line(desk, program):
    (desk / "folder").mkdir()
    assert "there is no rate source 'moon'" in refused(2, f"export {program} --rates moon")
    assert "--out folder is a folder" in refused(2, f"export {program} --out folder")
    assert "is the book itself" in refused(2, f"export {program} --out {book()}")
    assert "there is no pledge 'nowhere'" in refused(1, f"export {program} --pledge nowhere")
