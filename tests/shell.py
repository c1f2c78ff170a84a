"""As much of a shell as the documents use, in which their examples are run."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cli.main import run
from tests.documents import ROOT, Scene

WIDTH = 120
SETTINGS = {"AIDLEDGER_USER": "ada", "AIDLEDGER_LOCALE": "en_GB", "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
UNSET = (
    "AIDLEDGER_BOOK",
    "AIDLEDGER_DEBUG",
    "AIDLEDGER_ECB_URL",
    "AIDLEDGER_KEY",
    "AIDLEDGER_PATIENCE",
    "_AIDLEDGER_COMPLETE",
)

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NAME_OF_A_BOOK = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
THE_BOOK = "0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f"

IMPORTED = ("bank", "iati", "kiel", "maps", "rates", "run", "tracker")
"""The fixtures that examples import."""

OUTSIDERS = {
    "bean-check": "beancount",
    "bean-query": "beancount",
    "cat": "coreutils",
    "cut": "coreutils",
    "frictionless": "(from PyPI)",
    "grep": "grep",
    "head": "coreutils",
    "hledger": "hledger",
    "ls": "coreutils",
    "python3": "python3",
    "sed": "sed",
    "sha256sum": "coreutils",
    "soffice": "libreoffice-calc-nogui",
    "ssh-keygen": "openssh-client",
    "tail": "coreutils",
}
"""Programs of others that examples use, and the package where each is."""

FINDS = ("aidledger check", "aidledger reconcile tracker", "aidledger verify")
"""Commands that exit 1 where they find something."""

Answer = tuple[int, list[str]]
"""An exit code, and the lines that were shown."""


class Terminal(io.TextIOWrapper):
    """What a person would see: results and what is said beside them, in one stream."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="", write_through=True)

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode().replace("\r\n", "\n")


def answer(*words: str) -> tuple[int, str]:
    """How a command line of ``aidledger`` ends, and all it prints."""
    terminal = Terminal()
    with redirect_stdout(terminal), redirect_stderr(terminal):
        code = run(words)
    return code, terminal.text()


def kept(*words: str) -> tuple[int, str]:
    """The same for one whose results go to a file: ``aidledger ... > FILE``; what is said beside them is shown."""
    *command, arrow, name = words
    assert arrow == ">"
    results, terminal = Terminal(), Terminal()
    with redirect_stdout(results), redirect_stderr(terminal):
        code = run(command)
    Path(name).write_text(results.text(), encoding="utf-8")
    return code, terminal.text()


def program_path() -> str:
    """Where programs are looked for: beside this Python first."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


def outside(program: str, text: str) -> tuple[int, str]:
    """How another program answers, run by a shell that finds those installed beside this Python first."""
    assert program in OUTSIDERS
    path = program_path()
    line = text.replace("python3 ", f"{shlex.quote(sys.executable)} ", 1) if program == "python3" else text
    done = subprocess.run(
        ["bash", "-c", line], env={**os.environ, "PATH": path}, capture_output=True, check=False, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


@dataclass
class Shell:
    """As much of a shell as the documents use."""

    monkeypatch: pytest.MonkeyPatch
    code: int = 0
    absent: set[str] = field(default_factory=set)
    """The programs of others that were asked for and are not there."""

    def type(self, text: str) -> Answer | None:
        """How a command ends, and what it shows, line by line; nothing where its program is not there."""
        program, *words = shlex.split(text)
        if program == "export":
            self.monkeypatch.setenv(*words[0].split("=", 1))
            return 0, []
        if program == "cd":
            self.monkeypatch.chdir(words[0])
            return 0, []
        if text == "echo $?":
            return 0, [str(self.code)]
        if program == "aidledger" and ">" in words:
            self.code, said = kept(*words)
        elif program == "aidledger":
            self.code, said = answer(*words)
        elif program != "python3" and not shutil.which(program, path=program_path()):
            self.absent.add(f"{program} ({OUTSIDERS[program]})")
            return None
        else:
            self.code, said = outside(program, text)
        return self.code, [line.rstrip() for line in said.splitlines()]


@contextmanager
def shell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in a folder, with the settings that the documents name and the files that they import."""
    for name in IMPORTED:
        shutil.copytree(ROOT / "fixtures" / name, folder / "fixtures" / name, dirs_exist_ok=True)
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    folders = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    for name, value in {**SETTINGS, **folders}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    yield Shell(monkeypatch)


def play(scene: Scene, folder: Path) -> tuple[list[Answer | None], set[str]]:
    """What each command of a scene answers, in a folder of its own; and the programs that were not there to answer."""
    with pytest.MonkeyPatch.context() as monkeypatch, shell(folder, monkeypatch) as typed:
        return [typed.type(example.text) for example in scene.examples], typed.absent


def stilled(lines: Iterable[str], seen: dict[str, str] | None = None) -> list[str]:
    """Lines in which moments are those of a quiet morning, a second apart, and the book has a name of its own."""
    moments = {} if seen is None else seen

    def still(found: re.Match[str]) -> str:
        return moments.setdefault(found[0], f"2026-11-22T09:00:{len(moments) + 1:02}.000000Z")

    return [NAME_OF_A_BOOK.sub(THE_BOOK, MOMENT.sub(still, line)) for line in lines]


def agrees(shown: Sequence[str], answered: Sequence[str], code: int = 0, *, may_find: bool = False) -> bool:
    """Whether a document shows what the program answers: all but what ``...`` stands for, which is never an error.

    A command that ``may_find`` something exits 1 then without an error.
    """
    if (code > int(may_find)) != any(line.startswith("error: ") for line in shown):
        return False
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
        for line in stilled(shown)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in stilled(answered))) is not None
