"""A trial's short form, in a process of its own, as the tests run it."""

from __future__ import annotations

import subprocess
import sys

from tests.commandline import ROOT

LONGEST = 300
"""Seconds, on a machine that does much else."""


def shortly(trial: str, *arguments: str) -> str:
    """What a trial reports that finds what it is to find."""
    command = [sys.executable, "-m", f"tests.trials.{trial}", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
