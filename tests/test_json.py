"""Every command's result as JSON: a list of flat objects, whose keys are the header of its CSV."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.demo import commands
from ledger.formats import ecb
from tests import places
from tests.commandline import ADD, ROOT, SMALL, Answer, contents, done, refused, rows, settings_for, typed
from tests.misbehaving import serving, well
from tests.test_docs_columns import CALLS

BOOK = SMALL

PROGRAMS_OWN: Mapping[str, str] = {
    "export csv": "without --out it is the register itself, a CSV",
    "export hledger": "without --out it is the journal itself",
    "export beancount": "without --out it is the journal itself",
    "export iati": "without --out it is the activities themselves, XML",
    "import csv --suggest-map": "it is a map, TOML",
}
"""What a command prints that has a format of its own, and takes no other."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Answer]]:
    """What each command prints as JSON and as CSV, typed in one order about two books that are the same."""
    first = tmp_path_factory.mktemp("json")
    with pytest.MonkeyPatch.context() as monkeypatch:
        prepared(first, monkeypatch)
        shutil.copytree(first, other := tmp_path_factory.mktemp("csv"), dirs_exist_ok=True)
        return {form: dict(answered(folder, form)) for form, folder in (("json", first), ("csv", other))}


def prepared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's book in a folder, with a key."""
    settings_for(folder, monkeypatch)
    for words in commands():
        assert typed("", *words).code == 0
    done("key create ada")


def answered(folder: Path, form: str) -> Iterator[tuple[str, Answer]]:
    """How each command answers in this form."""
    with pytest.MonkeyPatch.context() as monkeypatch, serving(well(ecb.embedded().path.read_bytes())) as server:
        settings_for(folder, monkeypatch)
        monkeypatch.setenv("AIDLEDGER_ECB_URL", server.url())
        for name, call in CALLS.items():
            words = [str(ROOT / word) if word.startswith("fixtures/") else word for word in shlex.split(call)]
            yield name, typed("", *words, "--format", form)


@pytest.mark.parametrize("name", CALLS)
def test_a_result_is_a_list_of_flat_objects_with_the_keys_of_its_header(
    name: str, answers: dict[str, dict[str, Answer]]
) -> None:
    as_json, as_csv = (answers[form][name] for form in ("json", "csv"))
    assert as_json.code in {0, int(name == "reconcile tracker")}, as_json.said
    assert as_json.code == as_csv.code
    objects = as_json.rows
    assert isinstance(objects, list)
    header, *lines = csv.reader(io.StringIO(as_csv.printed, newline=""), strict=True)
    assert [list(each) for each in objects] == [header] * len(lines)
    assert {type(cell) for each in objects for cell in each.values()} <= {str, int, type(None)}
    assert as_json.printed == json.dumps(objects, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.usefixtures("desk")
class TestWhatIsCreated:
    """For people the id alone; for programs the entry that created it."""

    def test_a_pledge(self) -> None:
        add = f'pledge add GB "5 GBP" --on 2025-03-03 {ADD}'
        assert done(add) == "GB-2025-0001\n"
        assert rows(add.replace("add GB", "add NO")) == [
            {"id": "NO-2025-0001", "entry": 6, "on": "2025-03-03", "kind": "pledge", "outcome": "recorded"}
        ]

    def test_the_same_origin_once_more(self) -> None:
        for outcome in ("recorded", "repeated"):
            answer = typed("source add purse Purse --origin k --on 2025-03-03 --format json")
            expected = {"id": "purse", "entry": 5, "on": "2025-03-03", "kind": "source", "outcome": outcome}
            assert answer.rows == [expected]

    def test_several_pledges_of_one_entry(self) -> None:
        found = rows(f'pledge add "GB,NO" "10 EUR" --share "50,50" --on 2025-03-03 {ADD}')
        assert [(row["id"], row["entry"]) for row in found] == [("GB-2025-0001", 5), ("NO-2025-0001", 5)]

    def test_a_book(self, tmp_path: Path) -> None:
        place = places.at(tmp_path / "new.db")
        (made,) = rows(f"init --recipient MD --book {place}")
        assert (made["path"], made["recipient"]) == (place, "MD")
        (again,) = rows(f"upgrade --book {place}")
        assert again["before"] == again["after"]

    def test_a_key_and_what_it_signs(self) -> None:
        (made,) = rows("key create ada")
        assert rows("key show") == [made]
        (head,) = rows("checkpoint")
        assert head["checkpoint"] == typed("checkpoint").printed
        assert head["checkpoint"].startswith(f"{head['origin']}\n{head['size']}\n{head['root']}\n\n\u2014 ada ")
        assert (head["name"], head["fingerprint"], head["size"]) == ("ada", made["fingerprint"], 4)
        for proof in rows("prove P"):
            assert json.loads(Path(proof["file"]).read_bytes())["number"] == proof["entry"]
            assert head["root"] in Path(proof["proof"]).read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        "command",
        [
            "export csv --out a.csv",
            "export hledger --out a.journal",
            "export xlsx --out a.xlsx",
            "export parquet --out a",
            "export audit --unsigned --out a",
            "report summary --out a.html",
        ],
    )
    def test_files(self, command: str) -> None:
        before = contents().keys()
        found: list[dict[str, Any]] = rows(command)
        new = {Path(name).relative_to(Path.cwd()): len(data) for name, data in contents().items() if name not in before}
        assert {Path(row["path"]): row["bytes"] for row in found} == new


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("command", PROGRAMS_OWN)
def test_what_has_a_format_of_its_own_takes_no_other(command: str) -> None:
    file = str(ROOT / "fixtures/maps/contract/input.csv") if "import" in command else ""
    assert "--format" in refused(2, f"{command} --format json", *filter(None, [file]))
