"""The summary in a real browser: it fits phones and screens, can be read, and asks nobody for anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import places
from tests.commandline import REAL, done, settings_for
from tests.contrast import ENOUGH, contrast

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright comes with the extra 'test'")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium to look with")

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, SCREEN = 360, 1280
PATIENCE = 120_000
"""Milliseconds: a machine that is busy with other tests takes its time."""

LONG = "Agency-without-a-single-blank-in-its-name-so-that-nothing-in-it-can-be-broken-anywhere-at-all"
COMMANDS = (
    *REAL,
    f'party add LONG "{LONG}" --kind institution',
    f"""pledge add LONG "123456789012.34 EUR" --id L --on 2024-12-01 --purpose reconstruction --instrument in_kind
        --cite https://example.org/{LONG * 3}""",
    'pledge add JP "471.9bn JPY" --on 2024-10-31 --purpose financial --instrument loan --lender JP',
    'pledge add US "5bn USD" --on 2023-11-01 --purpose financial --instrument guarantee',
)

PAIRS = """() => [...document.querySelectorAll('body *')].flatMap((element) => {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!words || element.closest('title, desc')) return [];
    const drawn = element.closest('svg');
    const own = getComputedStyle(element);
    let ground = drawn ? getComputedStyle(drawn.querySelector('.ground')).fill : '';
    for (let at = element; at && !ground; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (colour !== 'rgba(0, 0, 0, 0)') ground = colour;
    }
    return [[element.textContent.trim().slice(0, 40), drawn ? own.fill : own.color, ground]];
})"""
"""Every element that shows words: the words, their colour, and the colour they stand on."""

OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter((element) =>
    !element.closest('.scroll') && !element.closest('.skip') && element.getBoundingClientRect().right > innerWidth + 1
).map((element) => element.outerHTML.slice(0, 80))"""

Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, made: Callable[..., Path]) -> Path:
    """The summary of a book with long names and large figures."""
    folder = tmp_path_factory.mktemp("summary")
    places.copied(made(*COMMANDS), folder / "book.db")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        done("report summary --out report.html --in EUR")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window and without anything that it does by itself."""
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=PATIENCE)
        yield opened
        opened.close()


@pytest.fixture
def look(browser: Any, report: Path) -> Iterator[Opened]:
    """A function that opens the summary in a window of some width; whatever the page asks for is refused and kept."""
    contexts: list[Any] = []

    def opened(wide: int, **settings: Any) -> Any:
        context = browser.new_context(viewport={"width": wide, "height": 800}, **settings)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        view = context.new_page()
        view.asked, view.said = [], []
        view.on("console", lambda message: view.said.append(message.text))
        view.on("pageerror", lambda error: view.said.append(str(error)))
        address = report.as_uri()
        view.route("**/*", lambda route: _answer(route, view, address))
        view.goto(address)
        return view

    yield opened
    for context in contexts:
        context.close()


def _answer(route: Any, view: Any, address: str) -> None:
    if route.request.url == address:
        route.continue_()
    else:
        view.asked.append(route.request.url)
        route.abort()


@pytest.mark.parametrize("wide", [PHONE, SCREEN])
def test_it_asks_for_nothing_and_nothing_goes_wrong(look: Opened, wide: int) -> None:
    view = look(wide)
    view.wait_for_load_state("networkidle")
    assert (view.asked, view.said) == ([], [])


@pytest.mark.parametrize("wide", [PHONE, SCREEN])
def test_nothing_is_wider_than_the_window_but_what_scrolls_by_itself(look: Opened, wide: int) -> None:
    view = look(wide)
    assert view.evaluate("document.documentElement.scrollWidth") <= wide
    assert view.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_it_needs(look: Opened, scheme: str) -> None:
    pairs = look(SCREEN, color_scheme=scheme).evaluate(PAIRS)
    assert len(pairs) > 100
    assert [pair for pair in pairs if contrast(pair[1], pair[2]) < ENOUGH] == []


def test_it_is_light_or_dark_as_its_reader_wants_and_light_on_paper(look: Opened) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert look(SCREEN, color_scheme="light").evaluate(ground) == "rgb(255, 255, 255)"
    view = look(SCREEN, color_scheme="dark")
    assert view.evaluate(ground) == "rgb(21, 24, 28)"
    view.emulate_media(media="print", color_scheme="dark")
    assert view.evaluate(ground) == "rgb(255, 255, 255)"


def test_every_drawing_has_a_name_for_who_does_not_see_it(look: Opened) -> None:
    drawn = look(SCREEN).get_by_role("img")
    assert drawn.count() == 4
    names = [drawn.nth(place).get_attribute("aria-labelledby") for place in range(4)]
    assert all(names)
    assert look(SCREEN).get_by_role("img", name="pledged and disbursed").count() == 3


def test_headings_are_in_order_and_the_parts_of_the_page_are_known(look: Opened) -> None:
    view = look(SCREEN)
    levels = view.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((each) => +each.tagName[1])")
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert all(view.get_by_role(role).count() == 1 for role in ("banner", "main", "navigation"))


def test_whoever_uses_keys_skips_to_the_figures_and_scrolls_tables(look: Opened) -> None:
    view = look(PHONE)
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "Skip to the figures"
    assert view.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    view.keyboard.press("Enter")
    assert view.evaluate("location.hash") == "#figures"
    table = view.locator(".scroll:has(table)").first
    table.focus()
    before = table.evaluate("(box) => box.scrollLeft")
    view.keyboard.press("ArrowRight")
    view.wait_for_function("([box, before]) => box.scrollLeft > before", arg=[table.element_handle(), before])


def test_on_paper_no_table_is_cut(look: Opened) -> None:
    view = look(SCREEN)
    view.emulate_media(media="print")
    view.set_viewport_size({"width": 1032, "height": 700})  # A4 across, less its margins
    tables = view.evaluate("[...document.querySelectorAll('table')].map((each) => each.getBoundingClientRect().right)")
    assert tables
    assert max(tables) <= 1032
    assert view.pdf(prefer_css_page_size=True).startswith(b"%PDF")
