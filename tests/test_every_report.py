"""Every report, as its users type it: on the demo's book and on the tracker's, in every form."""

from pathlib import Path

import pytest

from cli.demo import commands
from tests import places
from tests.commandline import typed
from tests.test_kiel_published import NAME, OCTOBER

REPORTS = {
    "totals": "report totals --in EUR",
    "totals with ranges": "report totals --range --by instrument,currency --in EUR",
    "the largest": "report totals --top 3 --in EUR",
    "a group": "report totals --group EU,G7 --contingent exclude --in EUR",
    "policies": "report totals --in EUR --compare-policies",
    "pipeline": "report pipeline --by donor --in EUR",
    "timeline": "report timeline --each quarter --cumulative --in EUR",
    "items": "report items --in EUR",
    "changes": "report changes --between 5,400 --by donor --in EUR",
    "exposure": "report exposure --in EUR --on 2026-10-30",
    "trial balance": "report trial-balance",
    "stated": "reconcile stated",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's book."""
    path = tmp_path_factory.mktemp("demo") / "book.sqlite"
    for words in commands():
        assert typed("", "--book", places.at(path), *words).code == 0
    return path


@pytest.fixture(scope="module")
def kiel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracker's book, with its own rates."""
    if not OCTOBER.exists():
        pytest.skip("the tracker's workbooks are not beside the project")
    path = tmp_path_factory.mktemp("kiel") / "book.sqlite"
    for words in (("init",), ("import", "kiel", str(OCTOBER), "--as", NAME)):
        assert typed("", "--book", places.at(path), *words).code == 0
    return path


@pytest.mark.parametrize("asked", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("book", ["demo", "kiel"])
def test_each_report_says_the_same_to_people_and_programs(book: str, asked: str, request: pytest.FixtureRequest):
    path: Path = request.getfixturevalue(book)
    own = " --rates kiel-r7" if book == "kiel" and "--in" in asked and "policies" not in asked else ""
    words = f"{asked}{own} --book {places.at(path)}"
    forms = {form: typed(f"{words} --format {form}") for form in ("json", "csv", "table")}
    assert {form: done.code for form, done in forms.items()} == dict.fromkeys(forms, 0), forms["json"].said
    objects, lines = forms["json"].rows, forms["csv"].table
    assert objects
    assert [{name: "" if cell is None else str(cell) for name, cell in each.items()} for each in objects] == lines
    assert forms["table"].printed.count("\n") > len(objects)
