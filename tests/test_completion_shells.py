"""Completion in bash, zsh and fish themselves, at a terminal of their own: Tab is pressed, and the line is read."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from tests import places
from tests.commandline import ADD, PROGRAM, ROOT, SETTINGS, UNSET

SLOWEST = 30  # seconds, of a machine that does much else
LOOK = 0.05
TAB, ENTER, CLEAR = "\t", "\r", "\x05\x15\x0c"  # the last: to the end, kill the line, clear the screen

HOSTILE = 'D\'K;"x"`touch${IFS}pwned`$(touch${IFS}pwned)\\*?[a]~&|>#:é'
"""An id that a shell would take for half a dozen things."""

BOOK = (
    f'pledge add GB "100 GBP" --id GB-2024-0001 --on 2024-10-22 {ADD} --title "The `touch pwned` $(touch pwned) loan"',
    f'pledge add GB "100 GBP" --id GB-2025-0001 --on 2025-03-02 {ADD} --title "Missiles: \'export\' % finance"',
    f'pledge add NO "100 NOK" --id NO:2025:1 --on 2025-03-03 {ADD} --title First',
    f'pledge add NO "100 NOK" --id NO:2025:2 --on 2025-04-03 {ADD} --title Second',
    f"pledge add DK '100 DKK' --id {shlex.quote(HOSTILE)} --on 2025-03-04 {ADD}",
)

SHELLS = {
    "bash": ("bash --norc --noprofile -i", "source <(aidledger completion bash)"),
    "zsh": ("zsh -f -i", "autoload -Uz compinit; compinit -u -d zdump; source <(aidledger completion zsh)"),
    "fish": ("fish --no-config -i", "aidledger completion fish | source"),
}
PROMPTS = {
    "bash": "PS1='READY '",
    "zsh": "PS1='READY '; setopt no_prompt_sp",
    "fish": "function fish_prompt; echo -n 'READY '; end",
}


class Typist:
    """Somebody at a shell: what the terminal shows, and what is typed."""

    def __init__(self, shell: str, folder: Path) -> None:
        self.shell = shell
        self.screen = pyte.Screen(120, 40)
        self._shows = pyte.Stream(self.screen)
        command, script = SHELLS[shell]
        env: dict[str, Any] = {name: value for name, value in os.environ.items() if name not in UNSET}
        env |= SETTINGS | {"HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        env |= {"PATH": f"{folder / 'bin'}:{env['PATH']}", "AIDLEDGER_BOOK": places.at(folder / "book.db")}
        self.process = pexpect.spawn(command, env=env, cwd=folder, dimensions=(40, 120), encoding="utf-8")
        self.process.delaybeforesend = None
        self.process.sendline(f"{PROMPTS[shell]}; {script}; echo begun at once | tr a-z A-Z")
        self.sees("BEGUN AT ONCE")
        self.clears()

    def sees(self, pattern: str) -> str:
        """What is shown, once it looks like this."""
        for _ in range(int(SLOWEST / LOOK)):
            shown = "\n".join(line.rstrip() for line in self.screen.display).rstrip()
            if re.search(pattern, shown):
                return shown
            try:
                self._shows.feed(self.process.read_nonblocking(65536, timeout=LOOK))
            except pexpect.TIMEOUT:
                continue
        raise AssertionError(f"no {pattern!r} in:\n{shown}")

    def types(self, text: str, then: str) -> str:
        """What is shown after this was typed, once it looks like ``then``."""
        self.process.send(text)
        return self.sees(then)

    def clears(self) -> None:
        """Begin a new line on an empty screen: the line is killed, since an interrupt takes what follows along."""
        self.process.send(CLEAR)
        self.sees(r"\AREADY$")


@pytest.fixture(scope="module", params=SHELLS)
def typist(request, made, tmp_path_factory) -> Iterator[Typist]:
    """Somebody at each shell there is, in a folder with a book and a program called aidledger."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    places.copied(made(*BOOK), folder / "book.db")
    (folder / "book.db").touch()  # a name that is completed, wherever the book is
    (folder / "bin").mkdir()
    program = folder / "bin" / "aidledger"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c {shlex.quote(PROGRAM)} "$@"\n')
    program.chmod(0o755)
    somebody = Typist(request.param, folder)
    try:
        yield somebody
    finally:
        somebody.process.close(force=True)
    assert not (folder / "pwned").exists()


@pytest.fixture(autouse=True)
def fresh(typist):
    """Each test begins on an empty line."""
    yield
    typist.clears()


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("aidledger pl", "aidledger pledge @"),
        ("aidledger pledge show NO", "aidledger pledge show NO:2025:@"),
        ("aidledger pledge show NO:2025:2", "aidledger pledge show NO:2025:2 @"),
        ("aidledger pledge add GB '1.6bn GB", "aidledger pledge add GB '1.6bn GBP' @"),
        ("aidledger report totals --donor=GB,NL", "aidledger report totals --donor=GB,NL @"),
        ("aidledger convert --policy f", "aidledger convert --policy fixed:@"),
        ("aidledger check --book bo", "aidledger check --book book.db @"),
        ("bin/aidledger check --book=bo", "bin/aidledger check --book=book.db @"),
    ],
)
def test_tab_completes(typist, typed, line):
    typist.process.send(f"{typed}{TAB}")
    typist.types("@", f"{re.escape(line)}$")


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_an_id_is_quoted_so_that_it_stands_for_itself(typist, quote):
    typist.process.send(f"aidledger pledge show {quote}D{TAB}")
    shown = typist.types(f"--format csv{ENTER}", r"donor,,DK[^\0]*READY$")
    assert HOSTILE in shown.replace('""', '"')


def test_titles_are_shown_beside_ids(typist):
    tabs = TAB * (3 if typist.shell == "bash" else 2)
    shown = typist.types(f"aidledger pledge show GB{tabs}", r"finance[^\0]*loan|loan[^\0]*finance")
    assert "Missiles: 'export' % finance" in shown
    assert "The `touch pwned` $(touch pwned) loan" in shown
    assert shown.index("GB-2025-0001") < shown.index("GB-2024-0001")
