"""Tables of totals by others: long or wide, by their header or by a map, exact, or refused in one line."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.tracker import units, words
from ledger.formats.tracker.read import MOST_ROWS, read
from ledger.formats.tracker.written import load
from ledger.money import currency
from ledger.reports.measures import MEASURES
from tests.kiel_words import write
from tests.world import refused

CASES = Path(__file__).parent.parent / "fixtures" / "tracker"
EUR = currency("EUR")


def table(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def workbook(folder, **sheets):
    path = folder / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            write(book.add_worksheet(name.replace("_", " ")), rows)
    return path


def summary(folder, *rows):
    """A workbook with a sheet of totals laid out as Kiel's is."""
    header = [
        None,
        "Country",
        "EU member",
        *(f"{kind} commitments" for kind in ("Financial", "Humanitarian", "Military")),
    ]
    more = ["Total bilateral commitments", "Share in EPF commitments", "Share in EIB commitments"]
    unit = [None, None, None, *["€ billion"] * 6]
    titles = [[], [None, "Numbers by country"], []]
    return workbook(folder, ReadMe=[["made by hand"]], Country_Summary=[*titles, [*header, *more], unit, *rows])


def euros(published):
    """What a table says in euros, by donor and purpose."""
    return {cell: str(value) for cell, value in published.totals[EUR].items()}


def told(published):
    """A reading as ``expected.txt`` has it."""
    cells = [
        f"{donor} {purpose} {value} {of}"
        for of, held in published.totals.items()
        for (donor, purpose), value in held.items()
    ]
    return (
        "\n".join([f"measure {published.measure}, rounding {published.rounding}", *cells, *published.left_out]) + "\n"
    )


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_a_table_made_by_hand_is_read_as_expected(case):
    folder = CASES / case
    mapping = folder / "map.toml"
    found = told(read(folder / "input.csv", load(mapping) if mapping.exists() else None))
    assert found == (folder / "expected.txt").read_text(encoding="utf-8")


# Headers


def test_a_wide_table_has_a_column_for_each_purpose_and_its_total_is_left_alone(tmp_path):
    path = table(tmp_path, "Country,Military aid (EUR bn),Humanitarian aid (EUR bn),Total\nDenmark,1.5,0.25,9\n")
    found = read(path)
    assert euros(found) == {("DK", "military"): "1500000000", ("DK", "humanitarian"): "250000000"}
    assert (found.currency, found.rounding, found.measure) == (EUR, Fraction(5_000_000), None)


def test_a_table_without_categories_is_of_donors_only(tmp_path):
    found = read(table(tmp_path, "country,total commitments (EUR million)\nUK,4\nGB,1\n"))
    assert euros(found) == {("GB", None): "5000000"}
    assert (found.by_purpose, found.measure) == (False, "committed")


def test_a_workbook_may_have_titles_above_its_header_and_units_below_it(tmp_path):
    rows = [
        ["Aid by donor"],
        [],
        ["Donor", "Category", "Amount"],
        [None, None, "US$ million"],
        ["Norway", "Military", 1.5],
    ]
    found = read(workbook(tmp_path, Totals=rows))
    assert found.totals == {currency("USD"): {("NO", "military"): Fraction(1_500_000)}}


def test_the_country_summary_of_the_tracker_is_found_in_its_workbook_by_itself(tmp_path):
    rows = [
        [None, "Denmark", 1, 0.5, 0, 0.25, 0.75, 0.1, 0.02],
        [None, "EU (Commission and Council)", 0, 10, 1, 0, 11, 0, 0],
        [None, "Norway", 0, 0, 0, 1, 1, 0.2, 0.04],
        [None, "Total", None, 10.5, 1, 1.25, 12.75, 0.3, 0.06],
    ]
    found = read(summary(tmp_path, *rows))
    assert (found.measure, found.counts_all, found.left_out) == ("committed", False, ["row 9 (Total)"])
    assert euros(found) == {
        ("DK", "financial"): "500000000",
        ("DK", "humanitarian"): "0",
        ("DK", "military"): "250000000",
        ("EU", "financial"): "10000000000",
        ("EU", "humanitarian"): "1000000000",
        ("EU", "military"): "0",
        ("NO", "financial"): "0",
        ("NO", "humanitarian"): "0",
        ("NO", "military"): "1000000000",
        ("EPF", "military"): "300000000",
        ("EIB", "financial"): "60000000",
    }


def test_what_is_blank_is_not_stated_and_a_zero_is(tmp_path):
    found = read(table(tmp_path, "donor,military (EUR),humanitarian (EUR)\nNorway,0,\nDenmark,n/a,1\n"))
    assert euros(found) == {("NO", "military"): "0", ("DK", "humanitarian"): "1"}


def test_a_map_may_say_that_not_a_number_is_absent(tmp_path):
    mapping = table(tmp_path, 'donor = "d"\namount = "a"\n[conventions]\nabsent = ["NaN"]', "map.toml")
    assert read(table(tmp_path, "d,a\nNO,NaN\nDK,-\nGB,1\n"), load(mapping)).totals == {None: {("GB", None): 1}}


@pytest.mark.parametrize("measure", MEASURES)
def test_the_name_of_each_of_our_measures_is_a_column_of_amounts(tmp_path, measure):
    name = measure.replace("_", " ").capitalize()
    long, wide = f"{name} (EUR bn)", f"Military {name} (EUR bn)"
    for column, place in ((long, ("GB", None)), (measure, ("GB", None)), (wide, ("GB", "military"))):
        found = read(table(tmp_path, f"donor,{column}\nGB,1\n"))
        assert found.measure == measure
        assert [list(cells) for cells in found.totals.values()] == [[place]]


def test_names_that_are_none_of_ours_are_kept_and_named(tmp_path):
    found = read(table(tmp_path, "donor,category,amount (EUR)\nNarnia,military,1\nNorway,refugees,2\n"))
    assert euros(found) == {("Narnia", "military"): "1", ("NO", "refugees"): "2"}
    assert found.unknown == ["Narnia", "refugees"]


def test_rounding_is_half_of_the_finest_digit_of_the_table(tmp_path):
    found = read(table(tmp_path, "donor,total (EUR bn)\nNorway,1.25\nDenmark,2\n"))
    assert found.rounding == Fraction(10**9, 200)


@given(value=st.decimals(0, 10**6, places=9), unit=st.sampled_from(["one", "thousand", "million", "billion"]))
def test_every_figure_is_scaled_exactly(tmp_path_factory, value, unit):
    folder = tmp_path_factory.mktemp("scaled")
    mapping = table(folder, f'donor = "d"\namount = "a"\ncurrency = "EUR"\nunit = "{unit}"\n', "map.toml")
    path = table(folder, f"d,a\nGB,{value:f}\n")
    factor = 1000 ** ["one", "thousand", "million", "billion"].index(unit)
    assert read(path, load(mapping)).totals == {EUR: {("GB", None): Fraction(value) * factor}}


@pytest.mark.parametrize(
    ("text", "factor", "code"),
    [
        ("Total (EUR billion)", 10**9, "EUR"),
        ("€ million", 10**6, "EUR"),
        ("amount_usd_million", 10**6, "USD"),
        ("US$ bn", 10**9, "USD"),
        ("$ bn", 10**9, None),
        ("£m", 10**6, "GBP"),
        ("EUR k", 10**3, "EUR"),
        ("all donors, top ten", None, None),
    ],
)
def test_units_are_read_from_words_and_never_guessed(text, factor, code):
    found = units.unit_of(text)
    assert (found.factor, found.of.code if found.of else None) == (factor, code)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("Military", "military"),
        ("Humanitarian commitments", "humanitarian"),
        ("Financial bilateral allocations (EUR bn)", "financial"),
        ("Financial commitments with military purpose", None),
        ("Share in EU commitments", None),
        ("Weapons", None),
    ],
)
def test_a_purpose_is_read_from_our_own_word_for_it_only(text, purpose):
    assert words.named_purpose(text) == purpose


@pytest.mark.parametrize("text", ["Total", "TOTAL", "Grand total", "Total (EU)", "World", "All donors", "Subtotal"])
def test_totals_of_others_are_known(text):
    assert words.is_total(text)
    assert not words.is_total("Totalia")


# What is refused


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("name,sum\nGB,1\n", "has no column of donors, such as donor or country"),
        ("donor,colour\nGB,red\n", "has no column of amounts, such as amount or military"),
        ("donor,country,amount\nGB,GB,1\n", "which column is the donor, 'donor', 'country'?"),
        ("donor,category,amount,total\nGB,x,1,1\n", "which column is the amount, 'amount', 'total'?"),
        ("donor,military aid,military commitments\nGB,1,1\n", "two columns are of military"),
        ("donor,military (EUR bn),humanitarian (EUR m)\nGB,1,1\n", "its columns of amounts are in different units"),
        ("donor,amount\nGB,x\n", "row 2, column 'amount': 'x' is not a plain number"),
        ("donor,amount\nGB,NaN\n", "row 2, column 'amount': 'NaN' is not a plain number"),
        ("donor,amount\nGB,#REF!\n", "row 2, column 'amount': '#REF!' is not a plain number"),
        ('donor,amount\nGB,"1,600"\n', "row 2, column 'amount': '1,600' is not a plain number"),
        ("donor,amount\nGB,1,2\n", "row 2: it has 3 cells, and the header 2"),
        ("donor,amount\nGB,\n", "it states no figure of any donor"),
        ("donor,amount,currency\nGB,1,XYZ\n", "row 2, column 'amount': 'XYZ' is not an ISO 4217 currency code"),
    ],
)  # fmt: skip
def test_a_table_that_leaves_a_doubt_is_refused(tmp_path, text, reason):
    with refused(InputError, "table.csv", reason):
        read(table(tmp_path, text))


def test_a_workbook_of_several_sheets_needs_the_name_of_one(tmp_path):
    path = workbook(tmp_path, One=[["donor", "amount"], ["GB", 1]], Two=[["x"]])
    with refused(InputError, "has several sheets (One, Two): name the one of the totals with --sheet"):
        read(path)
    assert read(path, sheet="One").totals == {None: {("GB", None): Fraction(1)}}
    with refused(InputError, "the sheet 'Two' has no column of donors"):
        read(path, sheet="Two")
    with refused(InputError, "has no sheet 'Three'"):
        read(path, sheet="Three")


def test_figures_beyond_reason_are_refused(tmp_path):
    path = workbook(tmp_path, One=[["donor", "amount"], ["GB", 1e300]])
    with refused(InputError, "row 2, column 'amount': '1E+300' is no amount"):
        read(path)


def test_a_table_of_more_rows_than_totals_have_is_refused(tmp_path):
    path = table(tmp_path, "donor,amount\n" + "GB,1\n" * MOST_ROWS)
    with refused(InputError, "it has more than 100,000 rows"):
        read(path)


@pytest.mark.parametrize("name", ["nothing.csv", "folder"])
def test_what_is_no_file_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with refused(InputError, "cannot be read"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('amount = "a"', "donor is missing: the column of the donors"),
        ('donor = "d"', "it has one of amount, a column, and columns"),
        ('donor = "d"\namount = "a"\ncolumns = { a = "military" }', "it has one of amount, a column, and columns"),
        ('donor = "d"\npurpose = "p"\ncolumns = { a = "military" }', "purpose is a column of a long table"),
        ('donor = "d"\namount = "a"\ncurrency = "EUR"\ncurrency_column = "c"', "it has one of currency, a code, and"),
        ('donor = "d"\ncolumns = { a = "arms" }', "columns.'a' is one of"),
        ('donor = "d"\namount = "a"\ncolour = "red"', "'colour' is not a key of a map"),
        ('donor = "d"\namount = "a"\nunit = "dozen"', "unit is one of"),
        ('donor = "d"\namount = "none"\nmeasure = "owned"', 'measure is one of "pledged", "committed"'),
        ('donor = "d"\namount = "a"\ncurrency = "euros"', "is not an ISO 4217 currency code"),
        ('donor = "d"\namount = "a"\n[file]\nencoding = "ebcdic"', "file.encoding: 'ebcdic' is none of"),
        (
            'donor = "d"\namount = "a"\n[conventions]\ndecimal = ","\nthousands = ","',
            "decimal and thousands cannot both",
        ),
        ("donor = ", "cannot be read as TOML"),
        ('donor = "d"\namount = "b"', "it has no column 'b'"),
        ('donor = "d"\namount = "d"\n[file]\nheader = 9', "it has no header"),
    ],
)
def test_a_map_that_is_wrong_is_refused_naming_the_key(tmp_path, text, reason):
    path, mapping = table(tmp_path, "d,a\nGB,1\n"), table(tmp_path, text, "map.toml")
    with refused(InputError, reason):
        read(path, load(mapping))


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    mapping = table(tmp_path, 'donor = "d"\namount = "a"', "map.toml")
    with refused(InputError, "it has 2 columns 'a': rename one"):
        read(table(tmp_path, "d,a,a\nGB,1,2\n"), load(mapping))


def outcome(path):
    """What a table says, or why it is refused."""
    try:
        return read(path)
    except InputError as error:
        return error.message


@given(data=st.binary(max_size=300))
@example(b"donor,amount\nGB,1e5\n")
@example(b"donor,amount\nGB," + "\N{ARABIC-INDIC DIGIT FIVE}".encode() + b"\n")
@example(b"PK\x03\x04donor,amount")
def test_whatever_the_bytes_are_it_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("hostile") / "table.csv"
    path.write_bytes(data)
    assert "\n" not in str(outcome(path))


@given(cells=st.lists(st.text(max_size=12) | st.decimals(allow_nan=False, allow_infinity=False).map(str), max_size=8))
def test_whatever_the_cells_hold_it_is_read_or_refused(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("hostile") / "table.csv"
    body = "\n".join(f"Norway,{cell}" for cell in cells)
    path.write_text(f"donor,amount (EUR)\n{body}\n", encoding="utf-8", errors="replace")
    found = outcome(path)
    if isinstance(found, str):
        assert "\n" not in found
    else:
        assert sum(found.totals[EUR].values()) == sum(Fraction(Decimal(cell)) for cell in cells if _stated(cell))


def _stated(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell)
