"""Maps: what a person may write, and each way of writing it wrong, refused before a row is read."""

# ruff: noqa: E501 - a refusal stands on one line, as people see it

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.mapped.fields import FIELDS as KNOWN
from ledger.formats.mapped.map import Layout
from ledger.formats.mapped.written import load, parse
from ledger.recognition.proposal import Proposal
from tests.mapped_words import FIELDS, findings, only_announcement, refused_map, table

WITHOUT = FIELDS.replace
FORMATS = "iso, iso-time, dmy, mdy, ymd, year-start, year-end, month-start, month-end"


def test_a_field_is_a_column_or_a_table_that_says_more():
    found = parse(FIELDS)
    assert found.fields["donor"].columns == ("who",)
    assert found.fields["currency"].constant == "EUR"
    assert found.key is None
    assert parse(FIELDS + 'id = "no"\n').key is not None


def test_conventions_hold_for_the_file_and_a_field_may_say_otherwise():
    written = FIELDS.replace('"sum"', '{ column = "sum", unit = "billion" }')
    found = parse(f'[conventions]\nunit = "million"\ndecimal = ","\ndates = "dmy"\n{written}')
    assert (found.amounts[0].rule.conventions.unit, found.amounts[0].rule.conventions.decimal) == (10**9, ",")
    assert found.fields["on"].conventions.dates == ("dmy",)


def test_where_the_table_is_can_be_said():
    found = parse(f'[file]\nsheet = "Data"\nheader = 3\ndelimiter = "|"\nencoding = "latin-1"\n{FIELDS}')
    assert found.layout == Layout(sheet="Data", header=3, delimiter="|", encoding="iso8859-1")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("nam = 'x'\n" + FIELDS, "'nam' is not a key of a map: did you mean name?"),
        ('name = "a b"\n' + FIELDS, "name: 'a b' can have letters a-z, digits, points, hyphens and underscores only"),
        ("complete = 1\n" + FIELDS, "complete is true or false"),
        ("key = 1\n" + FIELDS, "key is the name of a column, a list of them, or { row = true } for the row's number"),
        ("[fields\n", "cannot be read as TOML: Expected ']' at the end of a table declaration (at line 1, column 8)"),
        ("fields = 1\n", "fields is a table: write [fields] above its keys"),
        (FIELDS + 'doner = "x"\n', "'fields.doner' is not a key of a map: did you mean donor?"),
        (FIELDS + "title = 1\n", 'fields.title is the name of a column, or a table such as { constant = "EUR" }'),
        (FIELDS + "title = {}\n", "fields.title has one of column, columns and constant"),
        (FIELDS + 'title = { column = "a", constant = "b" }\n', "fields.title has one of column, columns and constant"),
        (FIELDS + 'title = { constant = "a", default = "b" }\n', "fields.title: a constant has no default"),
        (FIELDS + "title = { columns = [] }\n", "fields.title.columns names no column"),
        (FIELDS + 'title = { column = "a", colum = "b" }\n', "'fields.title.colum' is not a key of a map: did you mean column?"),
        (FIELDS + 'title = { column = "a", keep = "yes" }\n', "fields.title.keep is true or false"),
        (FIELDS + "title = { constant = true }\n", "fields.title.constant is a text in quotation marks"),
        (FIELDS + 'source = { column = "a", values = { A = "x y" } }\n', "fields.source: 'x y' is no code: letters, digits and hyphens, such as GB or eu-budget"),
        (FIELDS + 'source = { column = "a", values = { A = "x", " a" = "y" } }\n', "fields.source.values: ' a' is there twice (case and blanks do not matter)"),
        (FIELDS + 'stage = { column = "a", values = { A = "paid" } }\n', "fields.stage: 'paid' is no stage: did you mean repaid?"),
        (FIELDS + 'firmness = { constant = "sure" }\n', "fields.firmness: 'sure' is no firmness: there are exact, up_to, at_least, about"),
        (FIELDS + 'stated = "a"\n', "fields.stated needs fields.stated_currency"),
        (FIELDS + 'id = { constant = "a" }\n', "fields.id is the same in every row: name a column"),
        (WITHOUT('donor = "who"\n', ""), "fields.donor is missing: who promises: a column, or { constant = ... }"),
        (WITHOUT('on = "day"\n', ""), "fields.on is missing: when it was announced, or happened: a column, or { constant = ... }"),
        (WITHOUT('amount = "sum"\n', ""), "fields.amount is missing: the column of the amounts"),
        (WITHOUT('currency = { constant = "EUR" }\n', ""), 'fields.currency is missing: a column, or a constant such as { constant = "EUR" }'),
        (WITHOUT('"EUR"', '"EUX"'), "fields.currency: 'EUX' is not an ISO 4217 currency code, such as GBP or EUR"),
        (WITHOUT('"day"', '{ constant = "2.3.2025" }'), "fields.on: '2.3.2025' is not a day: write it as 2025-03-02"),
        (FIELDS + 'stage = { constant = "disburse" }\n', "fields.pledge is missing: the pledge that a row belongs to which is a step, and announces nothing: a column, or { constant = ... }"),
        ("[conventions]\nunits = 5\n" + FIELDS, "'conventions.units' is not a key of a map: did you mean unit?"),
        ('[conventions]\nunit = "mio"\n' + FIELDS, "conventions.unit is one of \"one\", \"thousand\", \"million\", \"billion\", not 'mio'"),
        ("[conventions]\nunit = 0\n" + FIELDS, "conventions.unit is a whole number from 1 to 1,000,000,000,000"),
        ('[conventions]\ndecimal = ","\nthousands = ","\n' + FIELDS, "conventions: decimal and thousands cannot both be ','"),
        ('[conventions]\nzero = "none"\n' + FIELDS, "conventions.zero is one of \"reject\", \"skip\", \"undisclosed\", not 'none'"),
        ("[conventions]\nabsent = 1\n" + FIELDS, 'conventions.absent is a list of texts, such as [".", "n/a"]'),
        ('[conventions]\ndates = ["dym"]\n' + FIELDS, f"conventions.dates: 'dym' is no format of a day: there are {FORMATS}, or a pattern as %d %B %Y"),
        ('[conventions]\ndates = ["%d %Q"]\n' + FIELDS, "conventions.dates: %Q in '%d %Q' is not read here: there are %d %m %b %B %y %Y %H %M %S"),
        ('[conventions]\ndates = ["%m %Y"]\n' + FIELDS, "conventions.dates: '%m %Y' says no whole day: it needs %d, %m or %B, and %Y"),
        ('[file]\nencoding = "rot13"\n' + FIELDS, "file.encoding: 'rot13' is none of utf-8, utf-16, cp1250 to cp1258, iso8859-1 to iso8859-16, koi8-u, koi8-r, mac-roman, shift_jis, gb18030"),
        ("[file]\nheader = 0\n" + FIELDS, "file.header is a whole number from 1 to 1,000"),
        ("[file]\nsheet = true\n" + FIELDS, "file.sheet is a text in quotation marks"),
        (FIELDS + "[[amounts]]\n", "fields.amount and [[amounts]] say the same: keep one of them"),
        ("amounts = 1\n" + FIELDS, "amounts is a list of tables: write [[amounts]] above the keys of each"),
        (WITHOUT('amount = "sum"\n', "") + '[[amounts]]\ncolumn = "a"\n', "amounts 1 has no stage: pledged, committed, allocated, disbursed"),
        (WITHOUT('amount = "sum"\n', "") + '[[amounts]]\ncolumn = "a"\nstage = "paid"\n', "amounts 1.stage is one of \"pledged\", \"committed\", \"allocated\", \"disbursed\", not 'paid'"),
        (WITHOUT('"sum"', '{ column = "sum", beyond = "all" }'), "fields.amount.beyond is one of \"refuse\", \"top_up\", \"new_money\", not 'all'"),
        (FIELDS + '[[skip]]\ncolumn = "a"\n', 'skip 1 has a column, and values or unless, such as column = "Type", values = ["Total"]'),
        (FIELDS + '[parties]\n"a b" = "x"\n', "'a b' is no code: letters, digits and hyphens only"),
        (FIELDS + '[parties]\nicrc = { name = "x", kind = "club" }\n', "parties.icrc.kind is one of \"country\", \"institution\", \"group\", not 'club'"),
        (FIELDS + '[sources]\nfund = ""\n', "fund needs a name"),
        (FIELDS + '[items]\nGUN = "x"\n', "'GUN' cannot be an item's code: use 4 to 64 lower-case letters, digits and hyphens, such as air-defence-missile"),
    ],
)  # fmt: skip
def test_a_wrong_map_is_refused_with_the_key_and_what_is_allowed(written, reason):
    assert refused_map(written).removeprefix("the map ") == reason


def test_a_map_is_a_file_in_utf8_of_a_bearable_size(tmp_path):
    good = table(tmp_path, "\ufeff" + FIELDS, "map.toml")
    assert load(good) == parse(FIELDS)
    for content, reason in ((b"\xff", "is not in UTF-8"), (b"#" * (2**20 + 1), "is larger than 1 MiB"), (b"=", "TOML")):
        with pytest.raises(InputError, match=reason):
            load(table(tmp_path, content, "map.toml"))
    with pytest.raises(InputError, match="cannot be opened: No such file"):
        load(tmp_path / "none.toml")


def test_a_map_that_is_nested_too_deeply_is_refused():
    assert "TOML" in refused_map("a = " + "[" * 5000) or "nested" in refused_map("a = " + "[" * 5000)


@pytest.mark.parametrize("name", sorted(set(KNOWN) - {"amount", "stated", "pledge"}))
def test_every_field_may_be_a_column(name):
    assert (
        name
        in parse(
            f'{"".join(line for line in FIELDS.splitlines(keepends=True) if not line.startswith(f"{name} ="))}{name} = "x"\n'
        ).fields
    )


@given(st.text(max_size=200))
def test_whatever_text_a_map_is_there_is_a_map_or_one_line(text):
    with pytest.raises(InputError) as caught:
        parse(text)
    assert "\n" not in caught.value.message


def test_what_is_registered_is_needed_where_it_is_named(tmp_path):
    registers = '[parties]\nicrc = "Red Cross"\n[sources]\nlottery = "Lottery"\n[items]\nfield-kit = "Field kits"\n'
    written = FIELDS.replace('{ constant = "EUR" }', '"what"') + 'source = "by"\n' + registers
    path = table(tmp_path, "who,day,sum,what,by\nicrc,2025-03-02,5,field-kit,lottery\n")
    (found,) = findings(path, written)
    assert isinstance(found, Proposal)
    assert [type(step).__name__ + " " + step.code for step in found.needs] == [
        "RegisterParty icrc",
        "RegisterSource lottery",
        "RegisterItem field-kit",
    ]
    assert str(only_announcement(path, written).promises[0].amount) == "5 field-kit"
