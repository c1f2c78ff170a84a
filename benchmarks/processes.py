"""A process measured as a whole, from its start to its end: wall time, processor time, peak memory."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AIDLEDGER = "import sys; from cli.main import main; sys.argv[0] = 'aidledger'; main()"
_UNSET = ("PYTHONDONTWRITEBYTECODE", "AIDLEDGER_BOOK", "AIDLEDGER_LOCALE", "LEDGER_FILE")
_COMPILED = tempfile.TemporaryDirectory(prefix="aidledger-compiled-")
_SET = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PYTHONPYCACHEPREFIX": _COMPILED.name}
"""A journal is read as after a change to it: Beancount would read an unchanged one from its cache. Modules are
compiled, as after an installation, whatever the environment says."""


@dataclass(frozen=True)
class Taken:
    """What one process took, those that it started and waited for among it: seconds, seconds, MiB."""

    wall: float
    processor: float
    memory: int

    def as_row(self) -> dict[str, float]:
        """The three figures by their names."""
        return asdict(self)


class ProcessFailedError(Exception):
    """A process that ended otherwise than well, and what it said."""


@dataclass(frozen=True)
class Program:
    """A program and what it can be asked: each case makes ready what it needs and gives the command to measure."""

    name: str
    cases: Mapping[str, Callable[[], list[str]]]


def measured(command: list[str], printed: Path) -> Taken:
    """Run a command whose output goes to a file. Raises :class:`ProcessFailedError`."""
    with printed.open("wb") as out, printed.with_suffix(".stderr").open("w+b") as err:
        start = time.perf_counter()
        child = subprocess.Popen(  # noqa: S603 - commands of this folder
            command, cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            err.seek(0)
            raise _failed(command, child.returncode, err.read().decode(errors="replace"))
    return Taken(round(wall, 4), round(usage.ru_utime + usage.ru_stime, 4), usage.ru_maxrss // 1024)


def done(command: list[str]) -> None:
    """Run a command that is not measured. Raises :class:`ProcessFailedError`."""
    ended = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise _failed(command, ended.returncode, ended.stderr)


def _failed(command: list[str], code: int, said: str) -> ProcessFailedError:
    """A failure in words; a code below zero is the signal that ended the process."""
    return ProcessFailedError(f"it ended with {code}: {' '.join(command)[:300]}\n{said[-2000:]}")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _UNSET} | _SET
