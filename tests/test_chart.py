"""Charts: from a report's table to figures on an axis, bars in a terminal, and the option that asks for them."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.chart import Screen, bars
from cli.main import run
from ledger.errors import InputError
from ledger.locale import Language
from ledger.money import Money
from ledger.reports.chart import MOST_PANELS, Chart, Series, charts, scale
from ledger.table import Column, Table
from tests import places
from tests.commandline import done, refused, typed
from tests.world import EUR, GBP, JPY, gbp, money

ENGLISH = Language("en")

BOOK = (
    'pledge add GB "100 GBP" --id P --on 2025-01-02 --purpose military --instrument export_credit',
    'pledge add GB "50 GBP" --id Q --on 2025-03-02 --purpose other --instrument grant',
    'pledge add JP "471.9bn JPY" --id R --on 2025-02-01 --purpose financial --instrument loan',
    'pledge disburse P "25 GBP" --on 2025-03-05 --format csv',
)

amounts = st.lists(st.integers(-(10**15), 10**15).map(lambda units: Money(units, EUR)), min_size=1, max_size=30)


def totals(*rows: tuple[str, str, str], dimension: str = "donor") -> Table:
    """A report as totals make it: ``("GB", "100 GBP", "40 GBP")``, pledged and disbursed."""
    columns = [Column(dimension, "party" if dimension == "donor" else "text"), Column("currency", "code")]
    columns += [Column("pledged", "money"), Column("disbursed", "money"), Column("policy", "code")]
    made = [(key, money(one).commodity.code, money(one), money(other), "spot") for key, one, other in rows]
    return Table(columns, made)


def drawn(*values: int, form: str = "bars") -> Chart:
    """A chart of whole pounds, one bar each."""
    series = Series("pledged", tuple(gbp(str(value)) for value in values))
    labels = tuple(f"donor {place}" for place in range(len(values)))
    return Chart("pledged", GBP, labels, (series,), form)  # type: ignore[arg-type] # a form


# The axis


@given(values=amounts)
def test_an_axis_reaches_from_zero_to_every_value_in_few_round_steps(values: list[Money]) -> None:
    axis = scale(values)
    (step,) = {later - earlier for earlier, later in pairwise(axis.marks)}
    assert 0 in axis.marks
    assert all(0 <= axis.place(value.value) <= 1 for value in values)
    assert len(axis.marks) <= 6 + 2
    assert step in {lead * Fraction(10) ** power for lead in (1, 2, 5) for power in range(-4, 18)}


def test_an_axis_of_nothing_is_there_all_the_same() -> None:
    assert [str(mark) for mark in scale([gbp("0")]).marks] == ["0", "1/5", "2/5", "3/5", "4/5", "1"]


@pytest.mark.parametrize(
    ("value", "power", "shown"),
    [("5", 0, "5.00"), ("1000", 1, "1.00"), ("2500000", 2, "2.50"), ("1.6e9", 3, "1.60")],
)
def test_the_unit_of_an_axis_is_the_power_of_a_thousand_that_its_end_has(value: str, power: int, shown: str) -> None:
    axis = scale([Money.of(Fraction(value), GBP)])
    assert (axis.power, axis.shown(Fraction(value))) == (power, shown)


def test_figures_beside_an_axis_are_rounded_once_half_away_from_zero() -> None:
    axis = scale([gbp("2000000000")])
    assert axis.shown(Fraction(1_005_000_000)) == "1.01"
    assert axis.shown(Fraction(-1_005_000_000)) == "-1.01"


# From a table


def test_each_currency_has_a_chart_of_its_own() -> None:
    made = charts(totals(("GB", "100 GBP", "0 GBP"), ("JP", "5 JPY", "0 JPY"), ("FR", "7 GBP", "0 GBP")))
    assert [(chart.unit, chart.labels) for chart in made] == [(GBP, ("GB", "FR")), (JPY, ("JP",))]


def test_parties_are_called_by_their_names_and_the_ledgers_words_are_written_as_words() -> None:
    (chart,) = charts(totals(("GB", "100 GBP", "0 GBP")), name={"GB": "United Kingdom"}.__getitem__)
    assert chart.labels == ("United Kingdom",)
    (chart,) = charts(totals(("export_credit", "1 GBP", "0 GBP"), dimension="instrument"))
    assert chart.labels == ("export credit",)
    (chart,) = charts(totals(("SPRING_2025", "1 GBP", "0 GBP"), dimension="package"))
    assert chart.labels == ("SPRING_2025",)


def test_a_report_that_is_not_cut_has_one_bar_of_everything() -> None:
    table = Table([Column("currency", "code"), Column("pledged", "money")], [("GBP", gbp("5"))])
    assert charts(table)[0].labels == ("everything",)


def test_of_several_figures_those_that_are_nothing_everywhere_are_left_out() -> None:
    (chart,) = charts(totals(("GB", "100 GBP", "0 GBP")), ("pledged", "disbursed"))
    assert (chart.title, [series.name for series in chart.series]) == ("pledged, spot rates", ["pledged"])
    (chart,) = charts(totals(("GB", "100 GBP", "1 GBP")), ("pledged", "disbursed"))
    assert chart.title == "pledged and disbursed, spot rates"


@given(units=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=40), most=st.integers(2, 12))
def test_the_others_are_one_bar_so_that_all_bars_add_up_to_the_total(units: list[int], most: int) -> None:
    rows = [(f"donor {place}", "GBP", Money(value, GBP)) for place, value in enumerate(units)]
    table = Table([Column("donor", "party"), Column("currency", "code"), Column("pledged", "money")], rows)
    (chart,) = charts(table, most=most)
    assert sum(value.units for value in chart.values) == sum(units)
    assert len(chart.labels) == min(len(units), most)
    if len(units) > most:
        assert chart.labels[-1] == f"{len(units) - most + 1} others"
        left = [units[int(label.removeprefix("donor "))] for label in chart.labels[:-1]]
        assert min(map(abs, left)) >= sorted(map(abs, units), reverse=True)[most - 2]


def test_over_time_each_combination_of_the_other_dimensions_has_a_chart() -> None:
    columns = [Column("period", "code"), Column("donor", "party"), Column("currency", "code")]
    rows = [(period, donor, "GBP", gbp("1")) for period in ("2025-01", "2025-02") for donor in ("GB", "FR")]
    made = charts(Table([*columns, Column("pledged", "money")], rows), form="columns", name=str.lower)
    assert [(chart.title, chart.labels) for chart in made] == [
        ("pledged, gb", ("2025-01", "2025-02")),
        ("pledged, fr", ("2025-01", "2025-02")),
    ]


def test_what_is_no_amount_of_the_report_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="'donor' is no amount of this report: choose from pledged, disbursed"):
        charts(totals(("GB", "1 GBP", "0 GBP")), ("donor",))
    with pytest.raises(InputError, match="no amounts to draw"):
        charts(Table([Column("donor")], [("GB",)]))


def test_more_charts_than_anybody_looks_at_are_refused() -> None:
    columns = [Column("period", "code"), Column("donor", "party"), Column("currency", "code")]
    rows = [("2025", f"D{number}", "GBP", gbp("1")) for number in range(MOST_PANELS + 1)]
    with pytest.raises(InputError, match="this would be 25 charts in one: the most is 24") as caught:
        charts(Table([*columns, Column("pledged", "money")], rows), form="columns")
    assert "--in CUR" in str(caught.value.hint)


def test_more_periods_than_fit_are_refused() -> None:
    rows = [(f"{year}", "GBP", gbp("1")) for year in range(1000, 1401)]
    table = Table([Column("period", "code"), Column("currency", "code"), Column("pledged", "money")], rows)
    with pytest.raises(InputError, match="401 periods are too many for a chart: the most is 400"):
        charts(table, form="columns")


def test_a_chart_of_two_currencies_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="a chart in GBP holds nothing else"):
        Chart("pledged", GBP, ("GB",), (Series("pledged", (money("1 EUR"),)),))


# In a terminal


def lines(chart: Chart, room: int = 60, *, blocks: bool = True, colours: bool = False) -> list[str]:
    """The bars of one chart, without its empty line and title."""
    return list(bars([chart], ENGLISH, Screen(room, blocks, colours)))[2:]


def test_bars_are_as_long_as_their_figures_to_an_eighth_of_a_cell() -> None:
    first, second, third = lines(drawn(800, 400, 1), room=8 + 2 + 6 + 2 + 10)
    assert first == f"donor 0  800.00  {'█' * 11}"
    assert second == f"donor 1  400.00  {'█' * 5}▌"
    assert third == "donor 2    1.00  ▏"


@given(values=st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=8), room=st.integers(50, 160))
def test_bars_fit_the_width_and_every_figure_stands_with_all_its_digits(values: list[int], room: int) -> None:
    for blocks in (True, False):
        shown = lines(drawn(*values), room, blocks=blocks)
        assert all(len(line) <= room for line in shown)
        for line, value in zip(shown, values, strict=True):
            assert f"{value:,}.00" in line
            assert blocks or line.isascii()


@given(values=st.lists(st.integers(1, 10**9), min_size=2, max_size=8))
def test_a_larger_figure_never_has_a_shorter_bar(values: list[int]) -> None:
    eighths = dict(zip("▏▎▍▌▋▊▉█", range(1, 9), strict=True))
    lengths = [sum(eighths.get(letter, 0) for letter in line) for line in lines(drawn(*values))]
    ordered = [length for _, length in sorted(zip(values, lengths, strict=True))]
    assert ordered == sorted(ordered)
    assert min(lengths) > 0


def test_what_is_below_zero_goes_to_the_left_of_a_line() -> None:
    gain, loss = lines(drawn(100, -50), room=48)
    assert gain.index("│") == loss.index("│")
    assert "█" in gain.partition("│")[2]
    assert "█" in loss.partition("│")[0]
    assert not loss.partition("│")[2].strip()
    plain = lines(drawn(100, -50), room=48, blocks=False)
    assert all("|" in line and line.isascii() for line in plain)


def test_colours_are_used_only_where_they_may_be() -> None:
    assert "\x1b[" in lines(drawn(5), colours=True)[0]
    assert "\x1b[" not in lines(drawn(5))[0]


def test_what_stands_in_the_data_cannot_command_the_terminal() -> None:
    chart = Chart("pledged", GBP, ("a\x1b[31m\nb",), (Series("pledged", (gbp("1"),)),))
    (line,) = lines(chart)
    assert "\x1b" not in line


class Stream(io.TextIOWrapper):
    """Standard output of some encoding, perhaps a terminal."""

    def __init__(self, encoding: str, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


def seen(monkeypatch: pytest.MonkeyPatch, stream: Stream, **settings: str) -> list[str]:
    """The bars that this standard output gets, under these settings."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", **settings}.items():
        monkeypatch.setenv(name, value)
    with redirect_stdout(stream):
        assert run(["report", "totals", "--donor", "GB", "--chart=-"]) == 0
    return stream.text().partition("pledged, GBP\n")[2].splitlines()


@pytest.mark.usefixtures("desk")
def test_a_terminal_is_filled_in_colours_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = seen(monkeypatch, Stream("utf-8", terminal=True), COLUMNS="50")
    plain = seen(monkeypatch, Stream("utf-8", terminal=True), COLUMNS="50", NO_COLOR="1")
    assert coloured == ["United Kingdom  150.00  \x1b[36m" + "█" * 26 + "\x1b[0m"]
    assert plain == ["United Kingdom  150.00  " + "█" * 26]
    assert seen(monkeypatch, Stream("utf-8", terminal=True), COLUMNS="50", TERM="dumb") == plain


@pytest.mark.usefixtures("desk")
def test_what_is_no_terminal_gets_80_columns_and_plain_characters_where_it_has_no_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert seen(monkeypatch, Stream("utf-8", terminal=False)) == ["United Kingdom  150.00  " + "█" * 56]
    assert seen(monkeypatch, Stream("ascii", terminal=False)) == ["United Kingdom  150.00  " + "#" * 56]


# As an option


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "words",
    ["--chart --in EUR", "--in EUR --chart", "--chart - --in EUR", "--chart=- --in EUR", "--in EUR --by donor --chart"],
)
def test_the_file_may_be_left_out_wherever_the_option_stands(words: str) -> None:
    table, _, chart = done(f"report totals {words}").partition("\npledged, spot rates, EUR\n")
    assert "outstanding" in table
    assert chart.count("█") > 10
    assert chart.startswith("United Kingdom")


@pytest.mark.parametrize("words", ["--chart out.svg --in EUR", "--in EUR --chart=out.svg", "--in EUR --chart out.SVG"])
def test_a_file_is_drawn_beside_the_report(desk: Path, words: str) -> None:
    answer = typed(f"report totals {words}")
    (found,) = [path for path in desk.iterdir() if path.suffix.lower() == ".svg"]
    assert found.read_text(encoding="utf-8").startswith("<svg ")
    assert f"note: the chart is {found.name}" in answer.said
    assert answer.printed == done("report totals --in EUR")


def test_rows_for_programs_may_be_drawn_in_a_file(desk: Path) -> None:
    answer = typed("report totals --format json --chart out.svg")
    assert [row["donor"] for row in answer.rows] == ["GB", "JP"]
    assert (desk / "out.svg").exists()


@pytest.mark.usefixtures("desk")
def test_the_measure_that_is_drawn_can_be_named() -> None:
    assert "\ndisbursed, GBP\nUnited Kingdom  25.00  █" in done(
        "report totals --chart=- --measure disbursed --donor GB"
    )
    assert "\ndisbursed, GBP\n2025-01" in done("report timeline --chart=- --measure disbursed --donor GB")


@pytest.mark.usefixtures("desk")
def test_a_pipeline_is_drawn_by_stage() -> None:
    chart = done("report pipeline --donor GB --chart=-").partition("\namount, GBP\n")[2]
    assert [line.split()[0] for line in chart.splitlines()] == ["pledged", "disbursed"]


@pytest.mark.usefixtures("desk")
def test_a_timeline_is_drawn_by_period() -> None:
    chart = done("report timeline --cumulative --donor GB --chart=-").partition("\npledged, GBP\n")[2]
    assert [line.split()[:2] for line in chart.splitlines()] == [
        ["2025-01", "100.00"],
        ["2025-02", "100.00"],
        ["2025-03", "150.00"],
    ]


@pytest.mark.usefixtures("desk")
def test_rate_policies_are_drawn_side_by_side() -> None:
    printed = done("report totals --compare-policies --in EUR --donor GB --chart=-")
    assert "\nspot and month and year and fixed, EUR\n" in printed


@pytest.mark.usefixtures("desk")
def test_an_empty_report_draws_nothing_here_and_no_file() -> None:
    assert typed("report totals --until 2020-01-01 --chart=-").printed == ""
    said = refused(1, "report totals --until 2020-01-01 --chart out.svg")
    assert "there is nothing to draw, and out.svg was not written: the report has no rows" in said


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (2, "totals --chart out.pdf", "--chart out.pdf: a chart is drawn in a file ending in .svg or .png"),
        (2, "totals --chart svg", "--chart svg: a chart is drawn in a file ending in .svg or .png"),
        (2, "totals --chart ''", "--chart is empty: give it a value or leave it out"),
        (1, "totals --chart no/such.svg", "no/such.svg cannot be written: No such file or directory"),
        (2, "totals --chart=- --format json", "--chart draws for people, and --format json is for programs"),
        (2, "pipeline --chart=- --format csv", "--chart draws for people, and --format csv is for programs"),
        (2, "totals --chart=- --measure much", "'much' is no amount of this report: choose from pledged, committed"),
        (2, "timeline --measure pledged", "--measure goes with --chart: the report itself has every measure"),
        (2, "totals --chart=- --explain", "--explain shows the rates of a conversion"),
        (2, "totals --chart out.svg --explain", "--explain shows the rates of a conversion"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(code: int, words: str, said: str) -> None:
    assert said in refused(code, f"report {words}")


@places.of_files("only a file can be drawn over")
def test_the_book_is_never_drawn_over(desk: Path) -> None:
    (desk / "book.svg").hardlink_to(desk / "book.db")
    assert "--chart book.svg is the book itself" in refused(2, "report totals --chart book.svg")


@pytest.mark.usefixtures("desk")
def test_without_the_extra_a_png_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    said = refused(1, "report totals --chart out.png")
    assert "pip install 'aidledger[charts]'" in said
