"""The command line as its users meet it: words typed, and what comes back on both streams.

A command is typed as in a shell, ``typed('pledge add GB "1.6bn GBP" --purpose military')``; words
that no shell would let through follow as they are.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from tests import places

ROOT = Path(__file__).parent.parent
PROGRAM = "import sys; from cli.main import main; sys.argv[0] = 'aidledger'; main()"

Rows = list[dict[str, Any]]

SETTINGS = {"AIDLEDGER_LOCALE": "en", "AIDLEDGER_USER": "ada", "NO_COLOR": "1"}
UNSET = ("AIDLEDGER_DEBUG", "AIDLEDGER_KEY", "AIDLEDGER_PATIENCE", "_AIDLEDGER_COMPLETE", "COLUMNS")

ADD = "--purpose military --instrument loan"
"""What no pledge is added without."""

REAL = (
    'item add air-defence-missile "Air-defence missile"',
    """pledge add GB "2.26bn GBP" --id GB-2024-0001 --on 2024-10-22 --purpose military --instrument loan
        --source era --lender GB --repayment-source era --title "Extraordinary revenue acceleration loan" """,
    """pledge add GB "£1.6bn" --on 2025-03-02 --purpose military --instrument export_credit --source ukef
        --firmness up_to --firm "1.16bn GBP" --item "5000+ air-defence-missile" --stated "2bn USD"
        --cite https://example.org/ukef-reaches-capacity --quote "maximum liability approx 2.9bn" --press""",
    "pledge commit GB-2024-0001 --on 2025-03-01 --format csv",
    'pledge disburse GB-2024-0001 "752m GBP" --on 2025-03-06 --format csv',
)
"""The real pledges: entries 2 to 6 of their book. The first is a loan, the second the missiles, GB-2025-0001."""

SMALL = (
    "item add missile Missile",
    f'pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD}',
    'pledge add GB "100 GBP" --id G --on 2025-03-02 --purpose other --instrument grant',
)
"""An item, and 100 pounds each: a loan P and a grant G."""

VARIED = (
    "item add missile Missile",
    'party add CLUB "The club" --kind group',
    "party join GB CLUB --from 2025-01-01",
    "party join FR CLUB --until 2024-12-31",
    f"""pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD} --source ukef --item "7 missile" --package SPRING
        --title '=1+1, "quoted"; naïve' --cite https://example.org/?a=1,2 --quote 'he said "so"' --note first""",
    f'pledge add JP "471.9bn JPY" --on 2024-10-31 {ADD} --source era --lender JP',
    'pledge add KW "0.125 KWD" --on 2024-05-01 --purpose humanitarian --instrument grant --to NA',
    'pledge add NA "5 EUR" --on 2023-12-24 --purpose humanitarian --instrument in_kind',
    'pledge add US undisclosed --on 2025-01-15 --purpose military --instrument in_kind --item "5 missile"',
    f'pledge add FR "3.5bn GBP" --id LIMIT --on 2025-02-01 {ADD}',
    f'pledge add FR "0.5bn GBP" --id DRAWN --on 2025-02-02 {ADD} --parent LIMIT',
    'pledge add GB "50 USD" --id G --on 2023-03-15 --stage committed --purpose financial --instrument guarantee',
    'pledge commit P "60 GBP" --on 2025-03-03 --format csv',
    'pledge disburse P "10 GBP" --on 2025-03-04 --at "12 EUR" --format csv',
    'pledge cancel P "5 GBP" --on 2025-03-05 --note why --format csv',
    "journal reverse 16 --note wrong --on 2025-03-06 --format csv",
    "journal close 2023 --format csv",
)
"""Entries 2 to 18: every kind of commodity, of filter and of step."""


@dataclass(frozen=True)
class Answer:
    """How a command line ended: its exit code, what it printed and what it said beside that."""

    code: int
    printed: str
    said: str

    @property
    def rows(self) -> Rows:
        """What was printed, as a program reads JSON."""
        found: Rows = json.loads(self.printed)
        return found

    @property
    def table(self) -> Rows:
        """What was printed, as a program reads CSV (RFC 4180)."""
        return list(csv.DictReader(io.StringIO(self.printed, newline=""), strict=True))


class Stream(io.TextIOWrapper):
    """A standard stream that keeps its bytes, and is no terminal."""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors=errors, newline="", write_through=True)

    def text(self) -> str:
        """Everything written."""
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


def settings_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Type in this folder, about the book in it, in English, with nothing of whoever runs the tests."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    place = {"AIDLEDGER_BOOK": places.at(folder / "book.db"), "XDG_DATA_HOME": str(folder / "data")}
    place["XDG_CONFIG_HOME"] = str(folder / "config")
    for name, value in {**SETTINGS, **place}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)


def typed(text: str, *words: str) -> Answer:
    """Type a command line, in this process."""
    stdout, stderr = Stream(), Stream("backslashreplace")
    with redirect_stdout(stdout), redirect_stderr(stderr):
        code = run([*shlex.split(text), *words])
    return Answer(code, stdout.text(), stderr.text())


def done(text: str, *words: str) -> str:
    """What a command prints that does as it is told, and has nothing to add but notes."""
    answer = typed(text, *words)
    assert answer.code == 0, answer
    assert all(line.startswith("note: ") for line in answer.said.splitlines()), answer
    return answer.printed


def rows(text: str, *words: str) -> Rows:
    """What a command prints, as a program reads it."""
    return Answer(0, done(f"{text} --format json", *words), "").rows


def figures(text: str, *words: str) -> dict[str, str]:
    """The measures that are not zero in the only row of a report on totals."""
    (row,) = rows(f"report totals {text}", *words)
    return {name: value for name, value in row.items() if name in MEASURES and value.strip("0.")}


MEASURES = (
    *("pledged", "committed", "allocated", "disbursed", "called", "repaid", "forgiven", "cancelled"),
    *("top_up", "outstanding", "owed"),
)


def stages(pledge: str, commodity: str = "GBP") -> dict[str, str]:
    """What the stages of a pledge hold in one commodity, zeros and the promise's other side left out."""
    found = rows(f"report trial-balance --pledge {pledge}")
    held = {row["stage"]: row["balance"] for row in found if row["commodity"] == commodity}
    return {stage: balance for stage, balance in held.items() if stage not in OTHER_SIDE and balance.strip("0.")}


OTHER_SIDE = {"undertaking", "excess"}


def refused(code: int, text: str, *words: str) -> str:
    """What a command says that refuses: one line, perhaps a hint; nothing printed, nothing written, no traceback."""
    with unchanged():
        answer = typed(text, *words)
    assert (answer.code, answer.printed) == (code, ""), answer
    return one_error(answer.said)


def one_error(said: str) -> str:
    """What was said, if it is one error and at most one hint, and a terminal can be shown it."""
    first, *more = said.splitlines()
    assert first.startswith("error: "), said
    assert [line[:6] for line in more] in ([], ["hint: "]), said
    assert all(line.isprintable() for line in (first, *more)), repr(said)
    assert said.endswith("\n")
    return said


@contextmanager
def unchanged() -> Iterator[None]:
    """Not one byte is written in the folder of the book."""
    before = contents()
    yield
    assert contents() == before


def contents() -> dict[str, bytes]:
    """The book and every file beside it, and what is in them."""
    return places.contents(book().parent)


def book() -> Path:
    """The book that commands are about, where they do not say."""
    return places.path_at(os.environ["AIDLEDGER_BOOK"])


def process(text: str, *words: str, before: str = "", **settings: Any) -> subprocess.Popen[str]:
    """Type a command line in a process of its own, after some lines of Python."""
    command = [sys.executable, "-c", f"{before}\n{PROGRAM}", *shlex.split(text), *words]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | settings.pop("env", {})
    return subprocess.Popen(command, env=env, text=True, **settings)


def answered(process: subprocess.Popen[str]) -> Answer:
    """How that process ended."""
    printed, said = process.communicate(timeout=60)
    return Answer(process.returncode, printed or "", said or "")
