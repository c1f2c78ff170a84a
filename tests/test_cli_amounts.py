"""Amounts as people type them: read in one way, or refused with what else they could mean."""

import shlex

import pytest

from tests.commandline import ADD, SMALL, done, refused, rows

BOOK = SMALL
INPUT = 2
TOO_LONG = "1" * 300

pytestmark = pytest.mark.usefixtures("desk")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("-1 GBP", "an amount must be positive: '-1 GBP'"),
        ("0 GBP", "'0 GBP' is zero"),
        ("0.00 GBP", "'0.00 GBP' is zero"),
        ("0.001 GBP", "0.001 GBP is too precise: GBP has 2 decimals"),
        ("0.5 JPY", "0.5 JPY is too precise: JPY has no decimals"),
        ("1.2345 KWD", "1.2345 KWD is too precise: KWD has 3 decimals"),
        ("1.5 missile", "missile has no decimals"),
        ("92233720368547758.08 GBP", "the most is 92233720368547758.07 GBP"),
        ("9223372036854775808 JPY", "the most is 9223372036854775807 JPY"),
        ("99999999999bn GBP", "more than the ledger can hold"),
        ("$5", "'$' can be USD, CAD, AUD"),
        ("¥5", "'¥' can be JPY, CNY"),
        ("5 kr", "'kr' can be"),
        ("1.600 GBP", "'1.600' can be read as 1600 or as 1.6"),
        ("1,6 GBP", "'1,6' is not a number as 'en' writes it: write it like 1,600,000.50"),
        ("1 000 GBP", "holds two numbers, 1 and 000"),
        ("5", "'5' does not say of what"),
        ("GBP", "'GBP' holds no number"),
        ("five GBP", "holds no number"),
        ("NaN GBP", "holds no number"),
        ("all", "holds no number"),
        ("1e5 GBP", "has an exponent"),
        ("1_000 GBP", "is not understood"),
        ("0x10 GBP", "is not understood"),
        ("£€5", "is not understood"),
        ("1 GBP EUR", "is not understood"),
        ("", "an amount is empty"),
        (" ", "an amount is empty"),
        (f"{TOO_LONG} GBP", "is too long"),
        ("1 ZZZ", "'ZZZ' is not an ISO 4217 currency code"),
        ("1 XAU", "XAU has no minor unit"),
        ("1\x1b[31m GBP", "the invisible character U+001B"),
        ("1\u202e GBP", "the invisible character U+202E"),
        ("1\u200b GBP", "the invisible character U+200B"),
        ("1 GBP\n2 GBP", "the invisible character U+000A"),
    ],
)
def test_an_amount_that_cannot_be_held_or_read_in_one_way_is_refused(amount, words):
    assert words in refused(INPUT, "pledge add GB", amount, *shlex.split(ADD))


@pytest.mark.parametrize("command", ["commit P", "disburse P", "cancel P", "draw P G", "revise P"])
@pytest.mark.parametrize(("amount", "words"), [("-1 GBP", "positive"), ("0.001 GBP", "precise"), ("$5", "can be")])
def test_every_step_reads_its_amount_as_strictly(command, amount, words):
    assert words in refused(INPUT, f"pledge {command}", amount, "--note", "why")


def test_an_amount_that_no_language_settles_is_read_where_one_does():
    assert done("pledge add US $5 --locale en_US --on 2025-03-02", *shlex.split(ADD)) == "US-2025-0001\n"
    assert done('pledge add US "1.600.000 EUR" --locale de --on 2025-03-02', *shlex.split(ADD)) == "US-2025-0002\n"
    found = {row["pledge"]: (row["pledged"], row["currency"]) for row in rows("pledge list --donor US")}
    assert found == {"US-2025-0001": ("5.00", "USD"), "US-2025-0002": ("1600000.00", "EUR")}


def test_an_amount_without_quotes_is_told_of_them():
    said = refused(INPUT, f"pledge add GB 1.6bn GBP {ADD}")
    assert said == (
        "error: got unexpected extra argument(s) (GBP)\n"
        'hint: what has spaces needs quotes, as in "1.6bn GBP"; aidledger pledge add --help\n'
    )
