"""Drawings: SVG that says what it shows, in bytes that never differ, and PNG from it."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.formats.drawing.palette import DARK, LIGHT, SERIES
from ledger.formats.drawing.panel import cut, width, wrapped
from ledger.formats.drawing.png import png
from ledger.formats.drawing.svg import svg
from ledger.locale import Language
from ledger.money import Money, currency
from ledger.reports.chart import Chart, Form, Series
from tests.contrast import ENOUGH, contrast
from tests.world import EUR, GBP, money

ENGLISH = Language("en")
GOLDEN = Path(__file__).parent / "golden" / "chart.svg"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>&\"'\x00\x1b]]> ${x} {{ 7*7 }}"


def chart(*amounts: str, labels: tuple[str, ...] = (), form: Form = "bars", more: tuple[str, ...] = ()) -> Chart:
    """A chart of these amounts, and of more of them beside."""
    values = tuple(map(money, amounts))
    names = labels or tuple(f"donor {place}" for place in range(len(values)))
    series = [Series("pledged", values), *([Series("disbursed", tuple(map(money, more)))] if more else [])]
    return Chart("pledged", values[0].commodity, names, tuple(series), form)


def parsed(*made: Chart, language: Language = ENGLISH) -> ET.Element:
    """A drawing as a program reads it."""
    return ET.fromstring(svg(made, language))  # noqa: S314 - we wrote it


def rects(drawing: ET.Element, kind: str = "series-1") -> list[ET.Element]:
    return [
        rect
        for rect in drawing.iter(f"{SVG}rect")
        if rect.get("class") == kind and rect.find(f"{SVG}title") is not None
    ]


def texts(drawing: ET.Element, kind: str) -> list[str]:
    return [str(text.text) for text in drawing.iter(f"{SVG}text") if text.get("class") == kind]


def size(rect: ET.Element, name: str) -> Fraction:
    return Fraction(str(rect.get(name)))


def test_a_drawing_is_the_one_that_was_looked_at() -> None:
    two = chart("1600000000 GBP", "-250000000 GBP", labels=("United Kingdom", "Correction"), more=("1 GBP", "0 GBP"))
    time = chart("1 EUR", "2 EUR", "0 EUR", labels=("2025-01", "2025-02", "2025-03"), form="columns")
    assert svg([two, time], ENGLISH) == GOLDEN.read_text(encoding="utf-8")


def test_the_same_figures_give_the_same_bytes() -> None:
    made = chart("100 GBP", "40 GBP")
    assert svg([made], ENGLISH) == svg([made], ENGLISH)


@given(units=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12))
def test_bars_are_to_each_other_as_their_figures(units: list[int]) -> None:
    values = tuple(Money(each, GBP) for each in units)
    labels = tuple(map(str, range(len(units))))
    forms: dict[Form, str] = {"bars": "width", "columns": "height"}
    for form, side in forms.items():
        drawing = parsed(Chart("p", GBP, labels, (Series("p", values),), form))
        found = [size(rect, side) for rect in rects(drawing)]
        longest = max(found)
        for one, length in zip(units, found, strict=True):
            assert abs(length - longest * abs(one) / (max(map(abs, units)) or 1)) <= Fraction(1, 5)


def test_what_is_below_zero_lies_left_of_the_axis_or_under_it() -> None:
    drawing = parsed(chart("10 GBP", "-5 GBP"))
    (axis,) = [line for line in drawing.iter(f"{SVG}line") if line.get("class") == "axis"]
    above, below = rects(drawing)
    assert size(above, "x") == size(axis, "x1") == size(below, "x") + size(below, "width")
    drawing = parsed(chart("10 GBP", "-5 GBP", form="columns"))
    (axis,) = [line for line in drawing.iter(f"{SVG}line") if line.get("class") == "axis"]
    above, below = rects(drawing)
    assert size(above, "y") + size(above, "height") == size(axis, "y1") == size(below, "y")


def test_the_axis_names_its_unit_and_its_marks_are_round_and_in_the_readers_notation() -> None:
    made = chart("1600000000 GBP", "3500000000 GBP")
    assert texts(parsed(made), "muted") == ["billion GBP", "0", "1", "2", "3", "4"]
    small = parsed(chart("0.25 EUR"), language=Language("de"))
    assert texts(small, "muted") == ["EUR", "0", "0,05", "0,1", "0,15", "0,2", "0,25"]
    assert texts(small, "value") == ["0,25"]


def test_a_figure_too_small_for_its_unit_is_not_shown_as_nothing() -> None:
    assert texts(parsed(chart("5000000000 GBP", "1 GBP", "-1 GBP", "0 GBP")), "value") == [
        "5.00",
        "< 0.01",
        "> -0.01",
        "0.00",
    ]


def test_currencies_stand_in_panels_of_their_own() -> None:
    drawing = parsed(chart("1 GBP"), chart("2 EUR"), chart("3 JPY"))
    assert [text for text in texts(drawing, "muted") if text.isalpha()] == ["GBP", "EUR", "JPY"]
    assert len(drawing.findall(f"{SVG}g")) == 3


def test_a_drawing_says_in_words_what_it_shows() -> None:
    drawing = parsed(chart("100 GBP", "40 GBP", labels=("United Kingdom", "France")))
    assert drawing.get("role") == "img"
    named = [element.get("id") for element in (drawing[0], drawing[1])]
    assert str(drawing.get("aria-labelledby")).split() == named
    assert drawing[0].text == "pledged"
    assert drawing[1].text == "pledged in GBP: United Kingdom 100.00; France 40.00."
    assert [str(rect[0].text) for rect in rects(drawing)] == ["pledged: 100.00 GBP", "pledged: 40.00 GBP"]


def test_several_figures_have_colours_with_a_key() -> None:
    drawing = parsed(chart("100 GBP", more=("40 GBP",)))
    assert texts(drawing, "label")[:2] == ["pledged", "disbursed"]
    assert [len(rects(drawing, kind)) for kind in SERIES] == [1, 1, 0, 0]


def test_what_stands_in_the_data_is_text_and_never_markup() -> None:
    drawing = parsed(chart("1 GBP", labels=(HOSTILE,)))
    assert not list(drawing.iter(f"{SVG}script"))
    assert "<script>alert(1)</script>&\"'\ufffd\ufffd]]> ${x} {{ 7*7 }}" in str(drawing[1].text)


def test_a_long_name_is_wrapped_then_cut_and_there_in_full() -> None:
    name = "Ministry of Foreign Affairs, Trade, Development and a good many other things besides"
    drawing = parsed(chart("1 GBP", labels=(name,)))
    shown = [text for text in drawing.iter(f"{SVG}text") if text.get("class") == "label"]
    assert str(shown[-1].text).endswith("…")
    assert len(shown) == 2
    assert {text[0].text for text in shown} == {name}


@given(text=st.text(max_size=80), room=st.integers(20, 300))
def test_no_line_of_a_label_is_wider_than_its_room(text: str, room: int) -> None:
    assert width(cut(text, room)) <= room
    lines = wrapped(text, room)
    assert len(lines) <= 2
    assert all(width(line) <= room for line in lines)


def test_periods_below_columns_never_touch() -> None:
    labels = tuple(f"{year}-{month:02}" for year in range(2010, 2030) for month in range(1, 13))
    drawing = parsed(chart(*(f"{n} GBP" for n in range(240)), labels=labels, form="columns"))
    named = [text for text in drawing.iter(f"{SVG}text") if str(text.text) in labels]
    places = [size(text, "x") for text in named]
    assert 5 < len(named) < 20
    assert min(later - earlier for earlier, later in pairwise(places)) >= 7 * 7


def test_no_coordinate_has_more_than_one_decimal() -> None:
    drawing = svg([chart("1 GBP", "3 GBP", "7 GBP"), chart("1 GBP", "3 GBP", "7 GBP", form="columns")], ENGLISH)
    places = re.findall(r' (?:x|y|x1|x2|y1|y2|width|height)="([^"]*)"', drawing)
    assert places
    assert all(re.fullmatch(r"-?\d+(\.\d)?", place) for place in places)


def test_a_png_has_two_pixels_for_each_unit() -> None:
    pytest.importorskip("vl_convert", reason="the extra 'charts' is not installed")
    drawing = svg([chart("100 GBP")], ENGLISH)
    pixels = png(drawing)
    assert pixels[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = (int.from_bytes(pixels[start : start + 4], "big") for start in (16, 20))
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing)
    assert found
    assert (wide, high) == (2 * int(found[1]), 2 * int(found[2]))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_has_the_contrast_that_text_needs(palette: dict[str, str]) -> None:
    for name in ("ink", "muted", "link", *SERIES):
        for ground in ("ground", "raised"):
            assert contrast(palette[name], palette[ground]) >= ENOUGH, (name, ground)


def test_no_two_series_have_one_colour() -> None:
    assert all(
        one != other for palette in (LIGHT, DARK) for one, other in combinations([palette[name] for name in SERIES], 2)
    )


def test_a_currency_without_minor_units_has_no_decimals_where_its_unit_is_one() -> None:
    assert texts(parsed(chart("700 JPY")), "value") == ["700"]
    assert currency("JPY").digits == 0
    assert texts(parsed(chart("700.5 EUR")), "value") == ["700.50"]
    assert EUR.digits == 2
