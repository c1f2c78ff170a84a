"""Rates on the command line: import, list, convert and report by several sources."""

import json
from pathlib import Path

import pytest

from cli.main import run
from tests import places

HRYVNIA = "date,base,quote,rate\n2025-02-28,USD,UAH,41.51\n2025-03-03,USD,UAH,41.55\n2025-02-28,EUR,UAH,43.20\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hryvnia.csv"
    path.write_text(HRYVNIA)
    return path


@pytest.fixture
def call(book, monkeypatch, capsys):
    """One command line on the book: its rows as JSON, and what it said on stderr."""
    monkeypatch.setenv("AIDLEDGER_BOOK", places.at(places.path_of(book)))

    def called(*args: object, code: int = 0) -> tuple[list[dict[str, str]], str]:
        capsys.readouterr()
        assert run([*map(str, args), *(["--format", "json"] if code == 0 else [])]) == code
        said = capsys.readouterr()
        return (json.loads(said.out) if code == 0 else []), said.err

    return called


def test_an_import_ends_with_one_object_and_a_second_adds_nothing(call, file):
    rows, said = call("rate", "import", file, "--as", "kyiv")
    assert (rows, said) == ([{"read": 3, "imported": 3, "unchanged": 0, "rejected": 0}], "")
    assert call("rate", "import", file, "--as", "kyiv")[0] == [
        {"read": 3, "imported": 0, "unchanged": 3, "rejected": 0}
    ]


def test_what_is_rejected_is_said_on_stderr_and_counted(call, file):
    file.write_text(HRYVNIA + "2025-03-04,USD,UAH,-1\n")
    rows, said = call("rate", "import", file, "--as", "kyiv")
    assert rows == [{"read": 4, "imported": 3, "unchanged": 0, "rejected": 1}]
    assert said.startswith("warning: ")
    assert "-1" in said
    assert len(said.splitlines()) == 1


def test_a_file_that_is_no_table_of_rates_is_refused_in_one_line(call, file):
    file.write_text("nothing of the kind\n")
    _, said = call("rate", "import", file, code=2)
    assert said.startswith(f"error: {file} cannot be read")
    assert "Traceback" not in said


def test_a_listing_names_source_file_and_time(call, file):
    call("rate", "import", file, "--as", "kyiv")
    rows, _ = call("rate", "list", "usd", "--source", "kyiv", "--from", "2025-03-01")
    assert [list(row) for row in rows] == [
        ["source", "kind", "base", "quote", "period", "rate", "sha256", "retrieved_at"]
    ]
    assert (rows[0]["period"], rows[0]["rate"]) == ("2025-03-03", "41.55")
    assert rows[0]["retrieved_at"].endswith("Z")
    embedded, _ = call("rate", "list", "GBP", "--from", "2025-02-28", "--until", "2025-02-28")
    assert [(row["source"], row["rate"], row["retrieved_at"]) for row in embedded] == [("ecb", "0.82608", None)]


def test_a_currency_the_ecb_lacks_comes_through_the_next_source(call, file):
    call("rate", "import", file, "--as", "kyiv")
    (row,), _ = call("convert", "100 USD", "UAH", "--on", "2025-03-02", "--rates", "ecb,kyiv")
    assert (row["result"], row["source"], row["rate_date"]) == ("4151.00", "kyiv", "2025-02-28")
    (row,), _ = call("convert", "100 GBP", "UAH", "--on", "2025-02-28", "--rates", "ecb,kyiv", "--explain")
    assert (row["result"], row["source"], row["rate_date"]) == ("5229.52", "ecb, kyiv", "2025-02-28")
    assert row["fallback"] == ("no source has both GBP and UAH: through EUR, by ecb (2025-02-28) and kyiv (2025-02-28)")


def test_only_the_ecb_is_asked_where_nothing_is_named(call, file):
    call("rate", "import", file, "--as", "kyiv")
    _, said = call("convert", "100 USD", "UAH", "--on", "2025-03-02", code=1)
    assert said.startswith("error: no rate from USD to UAH on 2025-03-02 by policy spot: ecb has never published UAH\n")


def test_a_report_converts_by_several_sources(call, file):
    call("rate", "import", file, "--as", "kyiv")
    run(["pledge", "add", "US", "100 USD", "--purpose", "military", "--instrument", "grant", "--on", "2025-03-02"])
    (row,), _ = call("report", "totals", "--in", "UAH", "--rates", "ecb,kyiv", "--by", "donor")
    assert (row["pledged"], row["policy"]) == ("4151.00", "spot")


@pytest.mark.parametrize("command", [["convert", "1 USD", "UAH"], ["report", "totals", "--in", "UAH"]])
def test_an_unknown_source_is_refused_with_those_there_are(call, file, command):
    call("rate", "import", file, "--as", "kyiv")
    _, said = call(*command, "--rates", "lviv", code=2)
    assert said == (
        "error: there is no rate source 'lviv': choose from ecb, kyiv\n"
        "hint: aidledger rate import FILE --as lviv adds one to the book\n"
    )


def test_convert_and_list_need_no_book(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("AIDLEDGER_BOOK", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert run(["convert", "1600000000 GBP", "EUR", "--on", "2025-03-02", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)[0]["result"] == "1936858415.65"
    assert run(["rate", "list", "GBP", "--until", "2025-03-02", "--format", "csv"]) == 0
    assert "ecb,spot,EUR,GBP,2025-02-28,0.82608," in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_book_that_is_named_but_not_there_is_told(tmp_path, capsys):
    place = tmp_path / "none.db"
    assert run(["convert", "1 GBP", "EUR", "--on", "2025-02-28", "--book", str(place), "--format", "json"]) == 0
    assert capsys.readouterr().err == f"note: there is no book at {place}: only the embedded rates are there\n"


def test_a_file_full_of_problems_names_the_first_ones_and_counts_the_rest(call, file):
    rows = "".join(f"2025-01-{day:02},EUR,UAH,nought\n" for day in range(1, 26))
    file.write_text(f"date,base,quote,rate\n{rows}", encoding="utf-8")
    said = call("rate", "import", file, "--as", "bad")[1].splitlines()
    assert len(said) == 21
    assert said[-1] == "note: 5 more problems: --every-problem names them all"
    assert len(call("rate", "import", file, "--as", "bad", "--every-problem")[1].splitlines()) == 25


def test_a_span_that_ends_before_it_begins_and_a_name_of_the_ledgers_own_are_refused(call, file):
    _, said = call("rate", "list", "--from", "2025-03-03", "--until", "2025-02-28", code=2)
    assert said == "error: --until 2025-02-28 is before --from 2025-03-03: nothing can lie between them\n"
    assert "the ledger's own word" in call("rate", "import", file, "--as", "redenomination", code=2)[1]
