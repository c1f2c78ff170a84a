"""Files of exchange rates: a golden file for each layout, every refusal, and the real files where they are at hand."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError, LedgerError
from ledger.formats.ecb import embedded
from ledger.formats.rates import contents, gather, hmrc, plain, recognise
from ledger.formats.rates.gather import RateFile
from ledger.formats.rates.lifetimes import BEGAN, ENDED
from ledger.formats.rates.recognise import LAYOUTS, read
from ledger.formats.rates.us_treasury_names import NAMES, code_of
from ledger.period import Period
from ledger.rate import Kind, Rate

ROOT = Path(__file__).parent.parent
CASES = ROOT / "fixtures" / "rates"
PUBLISHED = ROOT.parent / "shared" / "data" / "rates"
INPUTS = sorted(CASES.glob("*/input.*"))
ADVICE = "write a number above zero in plain notation, such as 0.82608"
GOOD = "date,base,quote,rate\n2025-03-02,EUR,UAH,43.21\n"

each_input = pytest.mark.parametrize("path", INPUTS, ids=[path.parent.name for path in INPUTS])


def told(found: RateFile) -> str:
    """A file of rates as `expected.txt` has it."""
    rates = [f"{rate.kind} {rate.period or '-'} 1 {rate.base} = {rate.text} {rate.quote}" for rate in found.rates]
    problems = [f"{seen.severity} {seen.code} {seen.where}: {seen.message}" for seen in found.problems]
    head = f"{found.source} {found.layout}, nothing new: {found.set_aside}"
    return "\n".join([head, "", *rates, "", *problems]) + "\n"


def read_text(folder: Path, text: str | bytes, name: str = "made-up") -> RateFile:
    path = folder / "rates.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, name)


def refusal(path: Path, name: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, name)
    return caught.value


def refused(folder: Path, content: str | bytes) -> str:
    """Why a file is refused as a whole, without its path."""
    path = folder / "rates.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    start, _, why = refusal(path).message.partition(" cannot be read: ")
    assert start == str(path)
    return why


def zipped(*members: tuple[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, text in members:
            archive.writestr(zipfile.ZipInfo(name), text, method)  # dated 1980: the same bytes every time
    return packed.getvalue()


# ---- layouts


@each_input
def test_each_layout_reads_as_expected(path):
    found = read(path, "made-up" if path.parent.name == "plain" else None)
    assert told(found) == (path.parent / "expected.txt").read_text(encoding="utf-8")
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {(rate.source, rate.sha256) for rate in found.rates} == {(found.source, found.sha256)}


def test_every_layout_has_a_case():
    words = {layout.word for layout in (*LAYOUTS, hmrc.LAYOUT)}
    assert words <= {path.parent.name for path in INPUTS}
    assert {read(path, "made-up" if path.parent.name == "plain" else None).layout for path in INPUTS} == words


@each_input
def test_a_header_is_recognised_as_one_layout_only(path):
    text = path.read_text(encoding="utf-8")
    header = hmrc.keys(contents.document(text)) if path.suffix == ".json" else contents.header(text)
    assert sum(layout.recognises(header) for layout in (*LAYOUTS, hmrc.LAYOUT)) == 1


@each_input
def test_a_layout_is_recognised_whatever_the_file_is_called(tmp_path, path):
    folder = tmp_path / "2019"
    folder.mkdir()
    copy = folder / "nbu eurofxref-hist.imf.zip"
    copy.write_bytes(path.read_bytes())
    name = "made-up" if path.parent.name == "plain" else None
    assert told(read(copy, name)) == told(read(path, name))


@each_input
def test_each_figure_of_a_file_is_a_rate_a_problem_or_nothing_new(path):
    found = read(path, "made-up" if path.parent.name == "plain" else None)
    errors = [seen for seen in found.problems if seen.severity == "error"]
    assert len({(rate.base, rate.quote, rate.period) for rate in found.rates}) == len(found.rates)
    if path.suffix == ".csv" and found.layout != "eurofxref-hist":  # there, a line has many figures
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        assert len(found.rates) + len(errors) + found.set_aside == len(lines)


@each_input
def test_marks_line_ends_and_blank_lines_change_nothing(tmp_path, path):
    text, name = path.read_text(encoding="utf-8"), "made-up" if path.parent.name == "plain" else None
    for number, end in enumerate(["\r\n", "\r"]):
        copy = tmp_path / f"{number}"
        copy.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", end).encode() + (end * 3).encode())
        assert told(read(copy, name)) == told(read(path, name))


def test_blank_lines_and_quotes_and_spaces_are_only_dress(tmp_path):
    text = '\n \n"date", base ,quote,"rate"\n\n,,,\n"2025-03-02","EUR", UAH , 43.21 \n , ,,\n'
    assert [rate.text for rate in read_text(tmp_path, text).rates] == ["43.21"]


def test_the_zip_of_a_file_is_the_file_but_for_its_hash(tmp_path):
    source = CASES / "eurofxref-hist" / "input.csv"
    path = tmp_path / "rates.zip"
    path.write_bytes(zipped(("eurofxref-hist.csv", source.read_text(encoding="utf-8"))))
    assert told(read(path)) == told(read(source))
    assert read(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_columns_may_stand_in_any_order_with_others_between(tmp_path):
    text = "note,uah_per_unit,currency,exchangedate\nx,41.50,USD,28.02.2025\n"
    path = tmp_path / "any"
    path.write_text(text, encoding="utf-8")
    assert told(read(path)) == "nbu nbu-daily, nothing new: 0\n\nspot 2025-02-28 1 USD = 41.50 UAH\n\n"


def test_a_plain_csv_with_a_column_that_is_not_understood_is_refused(tmp_path):
    why = refused(tmp_path, "date,base,quote,rate,per\n2025-03-02,JPY,UAH,27.6,100\n")
    assert why == "it is in no layout that is known, it begins 'date,base,quote,rate,per'"


def test_the_digits_are_those_of_the_file(tmp_path):
    figures = ["1.8786100000000001", "0.8330", "43", "0.00000000000000822", "1" * 64]
    text = "date,base,quote,rate\n" + "".join(f"{2000 + k},EUR,UAH,{figure}\n" for k, figure in enumerate(figures))
    found = read_text(tmp_path, text)
    assert [rate.text for rate in found.rates] == figures
    assert [rate.value for rate in found.rates] == [Decimal(figure) for figure in figures]


# ---- the currency's own row


def imf(folder: Path, *rows: str) -> RateFile:
    path = folder / "imf"
    text = "Date,Rate,Currency,Frequency,Source,Country code,Country\n" + "".join(
        f"2023-12-31,{rate},{code},A,IMF,{country},Somewhere\n" for code, country, rate in map(str.split, rows)
    )
    path.write_text(text, encoding="utf-8")
    return read(path)


@pytest.mark.parametrize(
    ("rows", "taken", "problems"),
    [
        (["EUR AD 0.9", "EUR U2 0.8"], ["0.8"], 1),
        (["EUR U2 0.8", "EUR AD 0.9"], ["0.8"], 1),
        (["EUR U2 0.8", "EUR AD 0.80"], ["0.8"], 0),
        (["EUR U2 0.8000000000000000", "EUR AD 0.8000000000000001"], ["0.8000000000000000"], 0),
        (["EUR U2 1", "EUR AD 1.000000000001"], ["1"], 0),
        (["EUR U2 1", "EUR AD 1.0000000000011"], ["1"], 1),
        (["EUR AD 0.9", "EUR ME 0.9"], ["0.9"], 0),
        (["EUR AD 0.9", "EUR ME 0.9000000000000001"], [], 2),
        (["EUR U2 0.8", "EUR U2 0.9", "EUR AD 0.8"], [], 3),
        (["GBP GB 0.8", "GBP JE 0.7"], ["0.8"], 1),
    ],
)
def test_the_issuers_row_goes_first_and_nothing_is_chosen_in_silence(tmp_path, rows, taken, problems):
    found = imf(tmp_path, *rows)
    assert [rate.text for rate in found.rates] == taken
    assert [seen.code for seen in found.problems] == ["contradicting-rate"] * problems
    assert len(found.rates) + len(found.problems) + found.set_aside == len(rows)


# ---- names


@pytest.mark.parametrize(
    ("file", "name", "source"),
    [
        ("Kiel R7 (rates).csv", None, "kiel-r7-rates"),
        ("rates.2024.csv", None, "rates-2024"),
        ("__x__", None, "x"),
        ("b" * 90, None, "b" * 64),
        ("whatever.csv", "kiel-r7", "kiel-r7"),
        ("whatever.csv", "kiel_r7.2", "kiel_r7.2"),
    ],
)
def test_a_plain_csv_is_named_by_the_caller_or_by_its_file(tmp_path, file, name, source):
    (tmp_path / file).write_text(GOOD, encoding="utf-8")
    assert read(tmp_path / file, name).source == source


@pytest.mark.parametrize("name", ["", "Kiel", "a,b", "a b", "-a", "a\n", "é", "c" * 65])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    (tmp_path / "rates.csv").write_text(GOOD, encoding="utf-8")
    error = refusal(tmp_path / "rates.csv", name)
    assert error.message.endswith("cannot be the name of its source")
    assert error.hint == "name it with --as, in lower-case letters, digits and hyphens, such as --as kiel-r7"


def test_a_file_whose_name_has_no_letters_needs_one(tmp_path):
    (tmp_path / "курси.csv").write_text(GOOD, encoding="utf-8")
    assert refusal(tmp_path / "курси.csv").message.endswith("'' cannot be the name of its source")


@pytest.mark.parametrize("name", ["ecb", "hmrc", "imf", "nbu", "dac", "ustreasury"])
def test_a_plain_csv_cannot_pass_for_a_publishers(tmp_path, name):
    (tmp_path / f"{name}.csv").write_text(GOOD, encoding="utf-8")
    for given_name in (None, name):
        error = refusal(tmp_path / f"{name}.csv", given_name)
        why = f"its source cannot be called '{name}', since it is not in a layout of that publisher's"
        assert error.message.endswith(why)
        assert error.hint == f"give it a name of its own, such as --as {name}-by-hand"


def test_a_publishers_file_keeps_its_publishers_name():
    path = CASES / "nbu-daily" / "input.csv"
    assert read(path, "nbu").source == "nbu"
    why = "its layout is that of 'nbu', so its source cannot be called 'mine'"
    assert refusal(path, "mine").message == f"{path} cannot be read: {why}"


# ---- what is refused in a row, its neighbours kept


NO_RATES = [
    *["1_000", "1e5", "1E5", "NaN", "nan", "Infinity", "-3", "+3", "0", "0.000", "1,234.5", "1.234,5", "1 234.5"],
    *[".5", "5.", "0x10", "1/3", "\N{ARABIC-INDIC DIGIT THREE}", "\N{FULLWIDTH DIGIT FOUR}", "1\N{MINUS SIGN}2", "'43"],
]


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        *[(figure, f"'{figure}' is not a rate: {ADVICE}") for figure in NO_RATES],
        ("", "there is no rate"),
        ("1" * 65, "a number of 65 characters is not a rate"),
        ("\x1b[31m1", rf"'\x1b[31m1' is not a rate: {ADVICE}"),
    ],
)
def test_a_figure_that_is_no_rate_is_a_problem(tmp_path, figure, why):
    text = f'date,base,quote,rate\n2025-03-01,EUR,UAH,43\n2025-03-02,EUR,UAH,"{figure}"\n2025-03-03,EUR,UAH,44\n'
    found = read_text(tmp_path, text)
    assert [rate.text for rate in found.rates] == ["43", "44"]
    assert [(seen.severity, seen.code, seen.where, seen.message) for seen in found.problems] == [
        ("error", "unreadable-rate", "line 3, rate", why)
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2025-02-29,EUR,UAH,43", "'2025-02-29' does not exist in the calendar"),
        ("2025-00,EUR,UAH,43", "'2025-00' does not exist in the calendar"),
        ("9999,EUR,UAH,43", "'9999' does not exist in the calendar"),
        ("2025-Q5,EUR,UAH,43", "'2025-Q5' is not a period: write 2025-03-02, 2025-03, 2025-Q1 or 2025"),
        ("20250302,EUR,UAH,43", "'20250302' is not a period: write 2025-03-02, 2025-03, 2025-Q1 or 2025"),
        ("2025-03-02T00:00,EUR,UAH,43", "'2025-03-02T00:00' is not a period: write 2025-03-02, 2025-03, 2025-Q1 or"),
        ("202\N{FULLWIDTH DIGIT FIVE},EUR,UAH,43", "'202\N{FULLWIDTH DIGIT FIVE}' is not a period: write 2025-03-02,"),
        ("2025,eur,UAH,43", "'eur' and 'UAH' are not two currency codes, such as EUR and GBP"),
        ("2025,EUR,,43", "'EUR' and '' are not two currency codes, such as EUR and GBP"),
        ("2025,EUR,EUR,43", "1 EUR is 1 EUR, not 43: the figure is another currency's"),
        ("2025,EUR,UAH", "it has 3 cells, not 4"),
        ("2025,EUR,UAH,43,", "it has 5 cells, not 4"),
        ('"2025,EUR,UAH,43', "its quotation marks do not match: unexpected end of data"),
        ('2025,EUR,"UA"H,43', "its quotation marks do not match: ',' expected after '\"'"),
        ("2025,EUR,UAH," + "4" * 70_000, "it has a line of 70,014 characters"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem(tmp_path, row, why):
    found = read_text(tmp_path, f"date,base,quote,rate\n2024,EUR,UAH,43\n{row}\n2023,EUR,UAH,44\n")
    assert [rate.text for rate in found.rates] == ["43", "44"]
    (seen,) = found.problems
    assert seen.where.startswith("line 3")
    assert seen.message.startswith(why)


def test_a_problem_is_one_short_line_whatever_the_file_holds(tmp_path):
    document = {
        "base": "GBP",
        "period": {"start": "2023-02-01", "end": "2023-02-28"},
        "rates": {"x\n\x1b[2J" * 9_000: "1", "US\ud800": "1.2", "EUR": ["1"], "JPY": {"a": 1}, "CHF": True},
    }
    found = read_text(tmp_path, json.dumps(document), "hmrc")
    assert len(found.problems) == 5
    assert all(seen.message.isprintable() and seen.where.isprintable() for seen in found.problems)
    assert max(len(seen.message) for seen in found.problems) < 1000


def test_a_code_that_no_amount_can_be_in_is_a_warning_once(tmp_path):
    found = read_text(tmp_path, "date,base,quote,rate\n2024,EUR,UHA,43\n2025,EUR,UHA,44\n2025,EUR,XDR,0.8\n")
    assert [(seen.severity, seen.code, seen.where) for seen in found.problems] == [
        ("warning", "unknown-currency", "UHA"),
        ("warning", "unknown-currency", "XDR"),
    ]
    assert len(found.rates) == 3


@pytest.mark.parametrize(
    ("name", "quarter", "code"),
    [
        ("Canada-Dollar", "2025-Q1", "CAD"),
        ("  canada-DOLLAR ", "2025-Q1", "CAD"),
        ("Euro Zone-Euro", "2025-Q1", "EUR"),
        ("Euro", "2025-Q1", "EUR"),
        ("Chad-CFA Franc", "2025-Q1", "XAF"),
        ("Mali-Cfa Franc", "2025-Q1", "XOF"),
        ("Sierra Leone-Leone", "2022-Q1", "SLL"),
        ("Sierra Leone-Leone", "2023-Q1", "SLE"),
        ("Venezuela-Bolivar Soberano", "2021-Q3", "VES"),
        ("Zimbabwe-Rtgs", "2024-Q1", "ZWL"),
    ],
)
def test_the_treasurys_names_are_codes_where_that_is_certain(name, quarter, code):
    assert code_of(name, Period.parse(quarter)) == code


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        ("Sierra Leone-Leone", "2022-Q3"),
        ("Venezuela-Bolivar Soberano", "2021-Q4"),
        ("Venezuela-Fuerte", "2015-Q1"),
        ("Zimbabwe-Rtgs", "2024-Q2"),
        ("Cfa Franc", "2025-Q1"),
        ("Dollar", "2025-Q1"),
        ("Pound", "2025-Q1"),
        ("Canada", "2025-Q1"),
        ("", "2025-Q1"),
    ],
)
def test_the_treasurys_names_are_refused_where_they_are_not_certain(name, quarter):
    with pytest.raises(InputError, match=r"which currency"):
        code_of(name, Period.parse(quarter))


def test_each_name_of_the_treasurys_is_there_once_or_in_other_quarters():
    windows: dict[str, list[tuple[str, str]]] = {}
    for line in filter(None, NAMES.splitlines()):
        code, rest = line.split(" ", 1)
        window, names = rest.split(" ", 1) if ".." in rest.split(" ")[0] else ("..", rest)
        assert len(code) == 3
        first, last = window.split("..")
        for name in names.split(" | "):
            windows.setdefault(name.casefold(), []).append((first, last or "9999"))
    for spans in windows.values():
        assert all(last < first for (_, last), (first, _) in zip(sorted(spans), sorted(spans)[1:], strict=False))


def test_no_currency_ended_before_it_began():
    assert all(BEGAN[code] < ENDED[code] for code in BEGAN.keys() & ENDED.keys())


# ---- what is refused as a whole


REFUSED: list[tuple[bytes, str]] = [
    (b"", "it is empty"),
    (b"\n \n", "it is in no layout that is known, it begins ''"),
    (b"<html>\n", "it is in no layout that is known, it begins '<html>'"),
    (b"\x1b]0;x\x07", r"it is in no layout that is known, it begins '\x1b]0;x\x07'"),
    (b"date;base;quote;rate\n", "it is in no layout that is known, it begins 'date;base;quote;rate'"),
    (b"Date,Base,Quote,Rate\n", "it is in no layout that is known, it begins 'Date,Base,Quote,Rate'"),
    (b"Date,\n", "it is in no layout that is known, it begins 'Date,'"),
    (b"[1, 2]", "it is in no layout that is known, it begins '[1, 2]'"),
    (b"{}", "it is in no layout that is known, it begins '{}'"),
    (b"date,base,quote,rate\n", "it holds no rates"),
    (b"date,base,quote,rate,rate\n", "its column 'rate' is there twice"),
    (b"Date,USD,USD,\n", "its column 'USD' is there twice"),
    (b'"date,base,quote,rate\n', "its quotation marks do not match: unexpected end of data"),
    (
        GOOD.encode("utf-16"),
        "it is in UTF-16: save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')",
    ),
    (
        GOOD.encode("utf-16-be"),
        "it holds NUL characters, so it is no text in UTF-8: save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')",
    ),
    (
        f"{GOOD}\0".encode(),
        "it holds NUL characters, so it is no text in UTF-8: save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')",
    ),
    (
        f"{GOOD}é".encode("latin-1"),
        "it is not in UTF-8, from byte 47 on: save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')",
    ),
    (b"{", "it begins like a JSON document, but is none: Expecting property name enclosed in double quotes: "),
    (b"[" * 200_000, "it is a JSON document that is nested too deeply"),
    (b'{"base": "%s"}' % (b"x" * 2**20), "it is a JSON document of more than 1 MiB"),
    (b"PK", "it is a damaged zip: File is not a zip file"),
    (b"PK\x03\x04 cut off", "it is a damaged zip: File is not a zip file"),
    (zipped(), "it is a zip of 0 files, where one is expected"),
    (zipped(("a.csv", GOOD), ("b.csv", GOOD)), "it is a zip of 2 files, where one is expected"),
    (zipped(("../a.csv", GOOD)), "it is a zip with a path that is not plainly a file's: '../a.csv'"),
    (zipped(("a/../../b.csv", GOOD)), "it is a zip with a path that is not plainly a file's: 'a/../../b.csv'"),
    (zipped(("/etc/a.csv", GOOD)), "it is a zip with a path that is not plainly a file's: '/etc/a.csv'"),
    (zipped(("C:/a.csv", GOOD)), "it is a zip with a path that is not plainly a file's: 'C:/a.csv'"),
    (zipped(("..\\a.csv", GOOD)), "it is a zip with a path that is not plainly a file's: '..\\\\a.csv'"),
    (zipped(("", GOOD)), "it is a zip with a path that is not plainly a file's: ''"),
    (zipped(("a/", "")), "it is a zip with a path that is not plainly a file's: 'a/'"),
    (
        zipped(("a.csv", GOOD), method=zipfile.ZIP_LZMA),
        "it is a zip that is locked, or compressed in a way that is not read here",
    ),
    (zipped(("a.csv", "")), "it is in no layout that is known, it begins ''"),
    (zipped(("a.csv", GOOD)).replace(b"a.csvKI,", b"a.csvKI-"), "it is a damaged zip: "),
]


@pytest.mark.parametrize(("content", "why"), REFUSED, ids=range(len(REFUSED)))
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(tmp_path, content, why):
    found = refused(tmp_path, content)
    assert found.startswith(why.replace("\\\\", "\\"))
    assert len(found) < 300
    assert found.isprintable()


def test_the_refusal_of_an_unknown_layout_names_the_known_ones(tmp_path):
    (tmp_path / "rates.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    hint = refusal(tmp_path / "rates.csv").hint
    assert hint is not None
    assert hint.startswith("known are eurofxref-hist (Date,USD,JPY,...); ecb-sdmx (KEY,FREQ,")
    assert all(layout.word in hint and layout.header in hint for layout in (*LAYOUTS, hmrc.LAYOUT))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"base": "USD"}, "its 'base' is 'USD', and HMRC's rates are for 1 GBP"),
        ({"base": None}, "its 'base' is 'None', and HMRC's rates are for 1 GBP"),
        ({"period": "2023-02"}, "its 'period' should have start, end, each once"),
        ({"period": {"start": "2023-02-01"}}, "its 'period' should have start, end, each once"),
        ({"period": {"start": "2023-02-01", "end": "2023-02-29"}}, "'2023-02-29' does not exist in the calendar"),
        (
            {"period": {"start": "2023-02-01", "end": "2023-02-27"}},
            "its 'period' from 2023-02-01 to 2023-02-27 is neither a month nor a year",
        ),
        (
            {"period": {"start": "2023-02-28", "end": "2023-02-01"}},
            "its 'period' from 2023-02-28 to 2023-02-01 is neither a month nor a year",
        ),
        ({"rates": []}, "its 'rates' are not an object of currencies"),
        ({"rates": {}}, "it holds no rates"),
    ],
)
def test_a_monthly_document_with_wrong_parts_is_refused(tmp_path, change, why):
    document = {"base": "GBP", "period": {"start": "2023-02-01", "end": "2023-02-28"}, "rates": {"USD": "1.23"}}
    assert refused(tmp_path, json.dumps(document | change)) == why


def test_a_document_that_says_its_base_twice_is_refused(tmp_path):
    text = '{"base": "GBP", "base": "GBP", "period": {}, "rates": {}}'
    assert refused(tmp_path, text) == "the document should have base, period, rates, each once"


def test_a_document_of_a_whole_year_is_of_that_year(tmp_path):
    document = {"base": "GBP", "period": {"start": "2023-01-01", "end": "2023-12-31"}, "rates": {"USD": "1.24"}}
    (rate,) = read_text(tmp_path, json.dumps(document), "hmrc").rates
    assert (rate.kind, str(rate.period)) == ("year", "2023")


def test_a_locked_zip_is_refused(tmp_path):
    packed = bytearray(zipped(("a.csv", GOOD)))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + flags] |= 1
    why = "it is a zip that is locked, or compressed in a way that is not read here"
    assert refused(tmp_path, bytes(packed)) == why


def test_a_zip_that_expands_beyond_64_mib_is_refused(tmp_path):
    bomb = zipped(("a.csv", "0" * (64 * 2**20 + 1)))
    assert len(bomb) < 2**17
    assert refused(tmp_path, bomb) == "it is a zip that expands to more than 64 MiB"


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path):
    packed = bytearray(zipped(("a.csv", GOOD * 1000)))
    at = packed.index(b"PK\x01\x02") + 24
    packed[at : at + 4] = (5).to_bytes(4, "little")
    assert refused(tmp_path, bytes(packed)).startswith("it is a damaged zip: ")


def test_a_zip_whose_names_differ_is_refused_in_few_words(tmp_path):
    packed = zipped(("a" * 60_000, GOOD)).replace(b"aaa", b"bbb", 1)
    why = refused(tmp_path, packed)
    assert why.startswith("it is a damaged zip: File name in directory 'aaa")
    assert len(why) < 200


def test_a_file_that_cannot_be_opened_is_refused(tmp_path, monkeypatch):
    def locked(*_args):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "rates.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(Path, "open", locked)
    assert refusal(tmp_path / "rates.csv").message.endswith(
        "rates.csv cannot be read: it cannot be opened: Permission denied"
    )


def test_what_is_no_file_is_refused(tmp_path):
    assert refusal(tmp_path / "none.csv").message == f"{tmp_path / 'none.csv'} cannot be read: there is no such file"
    assert refusal(tmp_path).message == f"{tmp_path} cannot be read: it is not a file"
    assert refusal(tmp_path / "a\0b").message.startswith(f"{tmp_path}/a\0b cannot be read: ")


@pytest.mark.parametrize(
    ("module", "limit", "content", "why"),
    [
        (contents, "LARGEST", GOOD.encode() * 9, "it is larger than 0 MiB"),
        (contents, "LARGEST_ZIP", zipped(("a.csv", GOOD)), "it is a zip larger than 0 MiB"),
        (contents, "MOST_LINES", GOOD.encode() + GOOD.encode()[21:] * 30, "it has more than 20 lines"),
        (gather, "MOST_RATES", GOOD.encode() + GOOD.encode()[21:] * 30, "it states more than 20 rates"),
        (
            gather,
            "MOST_PROBLEMS",
            GOOD.encode() + b"x\n" * 30,
            "more than 20 of its figures cannot be read; the first, line 3: it has 1 cell, not 4",
        ),
    ],
)
def test_a_file_beyond_a_limit_is_refused(tmp_path, monkeypatch, module, limit, content, why):
    monkeypatch.setattr(module, limit, 20)
    assert refused(tmp_path, content) == why


# ---- properties


CODES = st.sampled_from(["AUD", "CHF", "EUR", "GBP", "JPY", "TWD", "UAH", "USD"])
VALUES = st.decimals(min_value="0.000001", max_value="9999999", places=6) | st.integers(1, 10**9).map(Decimal)
PERIODS = st.none() | st.builds(
    Period.of, st.dates(date(1999, 1, 1), date(2100, 12, 31)), st.sampled_from(["day", "month", "quarter", "year"])
)
KINDS: dict[str, Kind] = {"day": "spot", "month": "month", "quarter": "quarter", "year": "year"}


@st.composite
def published(draw: st.DrawFn) -> list[Rate]:
    """Rates that one source could publish: one for each pair and period."""
    keys = draw(
        st.lists(st.tuples(CODES, CODES, PERIODS).filter(lambda key: key[0] != key[1]), min_size=1, unique=True)
    )
    return [
        Rate("made-up", base, quote, period, KINDS[period.size] if period else "table", draw(VALUES))
        for base, quote, period in keys
    ]


@given(published())
def test_rates_written_as_a_plain_csv_are_read_back(tmp_path_factory, rates):
    path = tmp_path_factory.mktemp("plain") / "rates.csv"
    path.write_text("".join(plain.write(rates)), encoding="utf-8", newline="")
    found = read(path, "made-up")
    assert [(r.base, r.quote, r.period, r.kind, r.text) for r in found.rates] == [
        (r.base, r.quote, r.period, r.kind, r.text) for r in rates
    ]
    assert (found.problems, found.set_aside) == ((), 0)


def test_a_plain_csv_is_written_as_rfc_4180_has_it():
    rates = [
        Rate("x", "EUR", "TWD", None, "table", Decimal("33.424")),
        Rate("x", "EUR", "UAH", Period.parse("2025-Q1"), "quarter", Decimal("43.90")),
    ]
    assert "".join(plain.write(rates)) == "date,base,quote,rate\r\n,EUR,TWD,33.424\r\n2025-Q1,EUR,UAH,43.90\r\n"


def outcome(folder: Path, content: bytes) -> RateFile | LedgerError:
    """What becomes of any bytes: rates with their problems, or one refusal."""
    path = folder / "any.csv"
    path.write_bytes(content)
    try:
        return read(path)
    except LedgerError as error:
        return error


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@example(content=b"{" * 300)
@example(content=b"Date,USD\n,\n")
@example(content=b"PK\x05\x06" + bytes(18))
def test_no_bytes_at_all_do_more_than_be_refused(tmp_path_factory, content):
    outcome(tmp_path_factory.getbasetemp(), content)


@cache
def seeds() -> tuple[bytes, ...]:
    texts = [path.read_bytes() for path in INPUTS]
    return (*texts, *(zipped(("a.csv", text.decode())) for text in texts[:3]))


@settings(max_examples=300)
@given(
    which=st.integers(0, len(INPUTS) + 2),
    cuts=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 6), st.binary(max_size=6)), max_size=5),
)
def test_a_damaged_file_is_read_in_part_or_refused(tmp_path_factory, which, cuts):
    content = bytearray(seeds()[which])
    for place, length, put in cuts:
        at = place % (len(content) + 1)
        content[at : at + length] = put
    found = outcome(tmp_path_factory.getbasetemp(), bytes(content))
    if isinstance(found, LedgerError):
        assert " cannot be read: " in found.message
    if isinstance(found, RateFile):
        assert len({(rate.base, rate.quote, rate.period) for rate in found.rates}) == len(found.rates)
        assert all(seen.message.isprintable() for seen in found.problems)


# ---- as published


needs_published = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason=f"the published files are not at hand: there is no folder {PUBLISHED}"
)


@cache
def real(name: str) -> RateFile:
    return read(PUBLISHED / name)


def rate_of(found: RateFile, base: str, quote: str, period: str) -> str | None:
    """The digits of one rate of a file, None where it was not taken."""
    texts = [rate.text for rate in found.rates if (rate.base, rate.quote, str(rate.period)) == (base, quote, period)]
    return texts[0] if texts else None


IMF = "imf/imf_exchangerates_A_ENDA_USD.csv"
NBU = "nbu_official_uah_2021-2022.csv"
DAC1 = "dac/dac1_exchange_deflators_pydeflate-1.2.2.csv"
DAC = "dac/one_dac_2024-12-02.csv"


@needs_published
def test_every_published_file_is_recognised():
    found = {path.relative_to(PUBLISHED).as_posix() for path in PUBLISHED.rglob("*") if path.is_file()}
    monthly = {name for name in found if name.startswith("hmrc/")}
    assert len(monthly) == 24
    assert {real(name).layout for name in monthly} == {"hmrc-monthly"}
    assert {name: real(name).layout for name in found - monthly} == {
        IMF: "imf-annual",
        NBU: "nbu-daily",
        DAC1: "dac-country",
        DAC: "dac-entity",
    }


@needs_published
@pytest.mark.parametrize(
    ("name", "rates", "problems", "set_aside", "lines"),
    [
        (IMF, 8914, 2815, 2378, 14107),
        (NBU, 34212, 0, 0, 34212),
        (DAC1, 947, 600, 646, 2193),
        (DAC, 982, 615, 911, 2508),
        ("hmrc/2024/01.json", 148, 2, 0, 150),
        ("hmrc/2024/02.json", 141, 1, 0, 142),
        ("hmrc/2025/03.json", 142, 0, 0, 142),
    ],
)
def test_each_figure_as_published_has_its_fate(name, rates, problems, set_aside, lines):
    found = real(name)
    assert (len(found.rates), len(found.problems), found.set_aside) == (rates, problems, set_aside)
    assert rates + problems + set_aside == lines


@needs_published
@pytest.mark.parametrize(
    ("name", "base", "quote", "period", "text"),
    [
        ("hmrc/2025/03.json", "GBP", "USD", "2025-03", "1.2585"),
        ("hmrc/2024/10.json", "GBP", "UAH", "2024-10", "54.7992"),
        ("hmrc/2024/01.json", "GBP", "VEF", "2024-01", None),
        (NBU, "USD", "UAH", "2022-02-24", "29.2549"),
        (NBU, "USD", "UAH", "2022-07-20", "29.2549"),
        (NBU, "USD", "UAH", "2022-07-21", "29.2549"),
        (NBU, "USD", "UAH", "2022-03-02", None),
        (NBU, "EUR", "UAH", "2021-10-01", "30.8231"),
        (IMF, "USD", "EUR", "2024", "0.9238895461176068"),
        (IMF, "USD", "EUR", "1998", None),
        (IMF, "USD", "DEM", "1998", "1.7596676"),
        (IMF, "USD", "NLG", "2009", None),
        (IMF, "USD", "HRD", "2021", None),
        (IMF, "USD", "TRY", "2004", None),
        (IMF, "USD", "ZWG", "2024", None),
        (DAC1, "USD", "EUR", "2021", "0.8456"),
        (DAC1, "USD", "EUR", "1998", None),
        (DAC1, "USD", "XEU", "1998", "0.8941"),
        (DAC1, "USD", "JPY", "1999", "113.89999999999999"),
        (DAC1, "USD", "GBP", "1960", "0.3562"),
        (DAC, "USD", "EUR", "2022", "0.9509"),
        (DAC, "USD", "HRK", "2021", "6.359576"),
        (DAC, "USD", "TWD", "2022", None),
        (DAC, "USD", "TWD", "2021", "27.934293"),
        (DAC, "USD", "TRY", "2023", "23.7851"),
    ],
)
def test_a_figure_as_published_is_read(name, base, quote, period, text):
    assert rate_of(real(name), base, quote, period) == text


@needs_published
def test_a_dollar_is_never_worth_many_dollars():
    found = real(IMF)
    assert "USD" not in {rate.quote for rate in found.rates}
    assert sum(seen.message.startswith("1 USD is 1 USD, not") for seen in found.problems) == 176


@cache
def mean(code: str, year: int) -> Fraction | None:
    """The mean of the ECB's fixings of a year, if it has one for nearly every day."""
    days = embedded().days(date(year, 1, 1), date(year + 1, 1, 1) - timedelta(1))
    values = [value for day in days if (value := embedded().value(code, day))]
    return sum(values, Fraction(0)) / len(values) if len(values) > 240 else None


def annual(found: RateFile, year: int) -> Iterator[tuple[str, Fraction]]:
    """Each rate of a year to the dollar, with how many times the ECB's own mean it is."""
    dollar = mean("USD", year)
    assert dollar
    for rate in found.rates:
        euro = Fraction(1) if rate.quote == "EUR" else mean(rate.quote, year)
        if str(rate.period) == str(year) and euro:
            yield rate.quote, Fraction(rate.value) * dollar / euro


@needs_published
@pytest.mark.parametrize("name", [IMF, DAC1, DAC])
@pytest.mark.parametrize("year", [2001, 2009, 2014, 2021])
def test_a_years_average_is_of_the_currency_it_says(name, year):
    compared = dict(annual(real(name), year))
    assert len(compared) >= 12
    assert {code for code, times in compared.items() if abs(times - 1) > Fraction(1, 50)} <= set()


def test_the_embedded_history_is_read_to_the_last_rate():
    found = read(embedded().path)
    first, last = embedded().days(date.min, date.max)[0], embedded().last
    assert (found.layout, found.source, found.sha256) == ("eurofxref-hist", "ecb", embedded().sha256)
    assert (found.problems, found.set_aside) == ((), 0)
    for day in (first, date(2025, 2, 28), last):
        listed = [rate for rate in found.rates if rate.period and rate.period.start == day]
        assert listed == list(embedded().rates(start=day, end=day))
    assert len(found.rates) > 220_000


def test_nobody_but_the_publishers_are_publishers():
    assert {"ecb", "hmrc", "imf", "nbu", "dac", "ustreasury"} == recognise.PUBLISHERS
