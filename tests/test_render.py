"""What a table looks like: to programs always the same, to people as wide as their terminal and no wider."""

import csv
import io
import json
import re
from datetime import date

import pytest

from cli.render import clean, complain, note, say, show, warn
from ledger.money import Money, currency
from ledger.table import Cell, Column, Table

GBP, JPY = currency("GBP"), currency("JPY")
ESCAPE = re.compile(r"\x1b\[\d*m")


class English:
    """A language for tests: pounds with commas, two countries, days as people say them."""

    def money(self, money):
        whole, _, pence = money.plain().partition(".")
        return f"{int(whole):,}{'.' if pence else ''}{pence} {money.commodity}"

    def party(self, code, fallback):
        return {"GB": "United Kingdom", "UA": "Ukraine"}.get(code, fallback)

    def day(self, day):
        return f"{day.day} {day:%B %Y}"

    def number(self, number):
        return f"{number:,}"

    def decimal(self, text):
        return text.replace(".", "·")


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        return True


COLUMNS = [
    Column("donor", "party"),
    Column("title"),
    Column("on", "date"),
    Column("top_up", "money"),
    Column("entries", "count"),
    Column("rate", "number"),
]
ROWS: list[list[Cell]] = [
    ["GB", "Export finance, [b]5,000[/b] pieces", date(2025, 3, 2), Money(160000000000, GBP), 1234, "0.82608"],
    ["EIB", None, None, Money(-5, JPY), None, None],
]
TOTAL: list[Cell] = ["All", None, None, Money(159999999995, GBP), 1234, None]
TABLE = Table(COLUMNS, ROWS, "Pledged", [TOTAL], ["face value of guarantees included"])
EMPTY = Table(COLUMNS, [], "Pledged")


def shown(table, shape, stream=None):
    stream = stream or io.StringIO()
    show(table, shape, English(), stream)
    return stream.getvalue()


@pytest.fixture
def terminal(monkeypatch):
    """Show a table on a terminal of some width."""

    def showing(table, width, **environment):
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in {"COLUMNS": str(width), "TERM": "xterm", **environment}.items():
            monkeypatch.setenv(name, value)
        return shown(table, "table", Screen())

    return showing


def test_people_read_names_dates_and_figures_in_their_language():
    assert shown(TABLE, "table").splitlines() == [
        "Pledged",
        "",
        "donor           title                                on                          top up  entries     rate",
        "──────────────  ───────────────────────────────────  ────────────  ────────────────────  ───────  ───────",
        "United Kingdom  Export finance, [b]5,000[/b] pieces  2 March 2025  1,600,000,000.00 GBP    1,234  0·82608",
        "EIB                                                                              -5 JPY",
        "──────────────  ───────────────────────────────────  ────────────  ────────────────────  ───────  ───────",
        "All                                                                1,599,999,999.95 GBP    1,234",
    ]


def test_programs_read_json_as_python_writes_it():
    assert shown(TABLE, "json") == (
        json.dumps(
            [
                {
                    "donor": "GB",
                    "title": "Export finance, [b]5,000[/b] pieces",
                    "on": "2025-03-02",
                    "top_up": "1600000000.00",
                    "entries": 1234,
                    "rate": "0.82608",
                },
                {"donor": "EIB", "title": None, "on": None, "top_up": "-5", "entries": None, "rate": None},
            ],
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def test_programs_read_csv_with_a_header_and_crlf():
    assert shown(TABLE, "csv") == (
        "donor,title,on,top_up,entries,rate\r\n"
        'GB,"Export finance, [b]5,000[/b] pieces",2025-03-02,1600000000.00,1234,0.82608\r\n'
        "EIB,,,-5,,\r\n"
    )


def test_csv_brings_quotes_line_breaks_and_namibia_back():
    cells = ['say "this"', "two\nlines", "a,b", "NA", "007", " spaced "]
    text = shown(Table([Column(f"c{k}") for k in range(6)], [cells]), "csv")
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == cells


def test_nothing_to_show_is_a_sentence_for_people_and_an_empty_list_for_programs(capsys):
    assert shown(EMPTY, "table") == ""
    assert capsys.readouterr() == ("", "nothing to show\n")
    assert shown(EMPTY, "json") == "[]\n"
    assert shown(EMPTY, "csv") == "donor,title,on,top_up,entries,rate\r\n"
    assert capsys.readouterr() == ("", "")


def test_notes_are_for_people_and_stand_beside_the_results(capsys):
    shown(TABLE, "json")
    assert capsys.readouterr().err == ""
    shown(TABLE, "table")
    assert capsys.readouterr() == ("", "note: face value of guarantees included\n")


@pytest.mark.parametrize("shape", ["json", "csv"])
def test_programs_get_utf8_whatever_the_terminal_speaks(shape):
    below = io.BytesIO()
    stream = io.TextIOWrapper(below, encoding="ascii", newline="\r\n")
    stream.write("before\n")
    show(Table([Column("name")], [["Żółć €"]]), shape, English(), stream)
    assert below.getvalue().startswith(b"before\r\n")
    assert "Żółć €".encode() in below.getvalue()
    assert (b"\r" in below.getvalue().removeprefix(b"before\r\n")) == (shape == "csv")


def test_a_terminal_without_a_letter_gets_another():
    below = io.BytesIO()
    stream = io.TextIOWrapper(below, encoding="ascii", newline="\n")
    show(Table([Column("name")], [["5 €"]]), "table", English(), stream)
    assert below.getvalue() == b"name\n----\n5 ?\n"


def test_control_characters_do_not_reach_people():
    name = "a\x1b[31mb\r\nc\td\x9be\u202ef\x00"
    text = shown(Table([Column("name")], [[name]], title=name), "table")
    assert text.split("\n")[0] == text.split("\n")[4] == "a\ufffd[31mb  c d\ufffde\ufffdf\ufffd"


def test_cleaning_leaves_every_script_alone():
    text = "Україна 日本 עברית ١٢٣ 1\u202f600\u00a0€ Ångström 👩‍🚒"
    assert clean(text) == text


def test_headings_are_bold_on_a_terminal_only(terminal):
    assert "\x1b[1mPledged\x1b[0m\n" in terminal(TABLE, 200)
    assert "\x1b" not in shown(TABLE, "table")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_may_forbid_colour(terminal, environment):
    assert "\x1b" not in terminal(TABLE, 200, **environment)


def test_a_wide_terminal_shows_what_a_pipe_gets(terminal):
    assert ESCAPE.sub("", terminal(TABLE, 200)) == shown(TABLE, "table")


FIGURES = ("1,600,000,000.00 GBP", "-5 JPY", "1,599,999,999.95 GBP", "1,234", "0·82608")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_a_table_fits_the_terminal_and_no_figure_is_cut(terminal, width):
    lines = ESCAPE.sub("", terminal(TABLE, width)).splitlines()
    assert max(map(len, lines)) <= width
    assert all(any(figure in line for line in lines) for figure in FIGURES)


def test_a_figure_is_not_cut_even_where_the_terminal_is_narrower(terminal):
    lines = terminal(TABLE, 10, NO_COLOR="1").splitlines()
    assert all(any(figure in line for line in lines) for figure in FIGURES)


def test_text_wraps_before_columns_go_below(terminal):
    assert terminal(TABLE, 95, NO_COLOR="1").splitlines()[2:6] == [
        "donor           title                      on                          top up  entries     rate",
        "──────────────  ─────────────────────────  ────────────  ────────────────────  ───────  ───────",
        "United Kingdom  Export finance,            2 March 2025  1,600,000,000.00 GBP    1,234  0·82608",
        "                [b]5,000[/b] pieces",
    ]


def test_columns_that_do_not_fit_go_below_beside_the_leading_ones(terminal):
    measures = [Column(name, "money") for name in ("pledged", "committed", "disbursed")]
    table = Table([Column("donor", "party"), *measures], [["GB", *(Money(k, GBP) for k in (1, 2, 3))]])
    assert terminal(table, 32, NO_COLOR="1").splitlines() == [
        "donor            pledged",
        "──────────────  ────────",
        "United Kingdom  0.01 GBP",
        "",
        "donor           committed",
        "──────────────  ─────────",
        "United Kingdom   0.02 GBP",
        "",
        "donor           disbursed",
        "──────────────  ─────────",
        "United Kingdom   0.03 GBP",
    ]


def test_wide_letters_keep_columns_in_line():
    text = shown(Table([Column("name"), Column("n", "count")], [["日本", 1], ["e\u0301", 22]]), "table")
    assert text.splitlines()[2:] == ["日本   1", "e\u0301     22"]


def test_a_word_longer_than_its_column_is_broken(terminal):
    table = Table([Column("link")], [["https://example.org/a/very/long/address"]])
    lines = terminal(table, 20, NO_COLOR="1").splitlines()
    assert "".join(lines[2:]) == "https://example.org/a/very/long/address"
    assert max(map(len, lines)) <= 20


def test_what_is_said_goes_to_stderr_one_line_each(capsys):
    say("reading\nrates")
    note("a\x1b[31m")
    warn("late")
    complain("no", "yes")
    printed, said = capsys.readouterr()
    assert printed == ""
    assert said == "reading rates\nnote: a\ufffd[31m\nwarning: late\nerror: no\nhint: yes\n"


def test_saying_something_to_nobody_is_no_error_and_not_a_result(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr", None)
    say("hello")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("shape", ["json", "csv"])
def test_programs_get_each_row_as_it_comes(shape):
    written = []

    class Pipe(io.StringIO):
        def write(self, text):
            written.append(text)
            return len(text)

    show(Table([Column("n", "count")], [(k,) for k in range(1000)]), shape, English(), Pipe())
    assert len(written) > 1000
    assert max(map(len, written)) < 40
