"""A command under strace: each of its system calls that writes is seen, or made to fail as a bad disk would.

The command runs in a child that has everything loaded already and stands still until strace holds it; so the first
call that is seen is the command's own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.trials.deeds import Deed, run_here

PATIENCE = 60
"""Seconds until a command that is being traced is taken to hang."""


@dataclass(frozen=True)
class Ended:
    """How a command under strace ended: its exit code, what it printed and said, and the trace."""

    code: int
    printed: str
    said: str
    trace: str


def why_not() -> str | None:
    """Why nothing can be traced here, or None."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"this machine lets nobody trace: {tried.stderr.strip()[:100]}"
    return None


def traced(deed: Deed, folder: Path, options: Sequence[str], before: Callable[[], object] = lambda: None) -> Ended:
    """Run a command in a folder under strace with these options; ``before`` is called in its process first."""
    child = os.fork()
    if not child:
        os.kill(os.getpid(), signal.SIGSTOP)
        before()
        run_here(deed, folder)
    os.waitpid(child, os.WUNTRACED)
    with TemporaryDirectory() as name:
        trace = Path(name) / "trace"
        strace = subprocess.Popen(
            ["strace", "-f", "-p", str(child), "-o", str(trace), *options], stderr=subprocess.PIPE, text=True
        )
        try:
            _await_tracer(child, strace)
            os.kill(child, signal.SIGCONT)
            strace.wait(PATIENCE)
        finally:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            strace.communicate(timeout=PATIENCE)
        text = trace.read_text()
    code = os.waitstatus_to_exitcode(status)
    return Ended(code, (folder / "stdout").read_text(), (folder / "stderr").read_text(), text)


def _await_tracer(child: int, strace: subprocess.Popen[str]) -> None:
    status, until = Path(f"/proc/{child}/status"), monotonic() + PATIENCE
    while "TracerPid:\t0\n" in status.read_text():
        assert strace.poll() is None, strace.stderr and strace.stderr.read()
        assert monotonic() < until, "strace does not take hold"
        sleep(0.001)
