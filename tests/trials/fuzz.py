"""The long fuzzing of readers, by coverage: inputs that reach new code are kept and damaged further (atheris).

    python -m tests.trials.fuzz --reader IATI --seconds 600
    python -m tests.trials.fuzz --seconds 60 --keep FOLDER

Needs ``pip install atheris``. Without ``--reader`` each has its turn. What is kept in ``FOLDER/READER`` is where the
next run goes on; what broke a reader is in ``FOLDER/READER.found``, one file for each place that it broke in. Ends
with 1 where there is any.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import traceback
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, NoReturn

MEBIBYTES = 2048
"""What a reader may take of memory in all, the interpreter included."""

SLOWEST = 30
"""Seconds that one input may take."""


def main(arguments: list[str] | None = None) -> int:
    """Fuzz what is asked for, each reader in a process of its own, and print a line about each."""
    asked = _parser().parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        sys.exit("error: atheris is not installed: pip install atheris")
    if asked.inside:
        _fuzz(asked.reader, Path(asked.keep), asked.seconds, asked.inside)
    from tests.fuzz.every import BY_NAME

    if asked.reader and asked.reader not in BY_NAME:
        sys.exit(f"error: there is no reader '{asked.reader}': there are {', '.join(BY_NAME)}")
    with TemporaryDirectory() as scratch:
        keep = Path(asked.keep or scratch)
        return max(_turn(name, keep, asked.seconds) for name in ([asked.reader] if asked.reader else BY_NAME))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--reader", metavar="NAME", help="one reader; each in turn if not said")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="how long each is fuzzed (60)")
    parser.add_argument("--keep", metavar="FOLDER", help="where inputs are kept from run to run")
    parser.add_argument("--inside", metavar="FOLDER", help=argparse.SUPPRESS)  # the process that fuzzes
    return parser


def _turn(name: str, keep: Path, seconds: int) -> int:
    """One reader's turn: 0 where nothing broke it, 1 where something did, or where the fuzzer itself broke."""
    began = monotonic()
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.trials.fuzz", "--reader", name, "--keep", str(keep)]
        done = subprocess.run(
            [*command, "--seconds", str(seconds), "--inside", folder],
            env=os.environ | {"PYTHONPATH": "."},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    found = [each for each in sorted(_found(keep, name).glob("*")) if each.suffix != ".txt"]
    runs = re.findall(r"^#(\d+).*?cov: (\d+)", done.stderr, re.MULTILINE)
    tries, reached = runs[-1] if runs else ("no", "no")
    _tell(f"{name}: {tries} inputs in {monotonic() - began:.0f} s, {reached} places reached, {len(found)} broke it")
    for each in found:
        _tell(f"  {each}")
    if done.returncode and not found:
        _tell("\n".join(done.stderr.splitlines()[-15:]))
    return int(bool(found or done.returncode))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _found(keep: Path, name: str) -> Path:
    return keep / f"{_plain(name)}.found"


def _plain(name: str) -> str:
    return re.sub("[^A-Za-z0-9.]+", "-", name)


def _fuzz(name: str, keep: Path, seconds: int, folder: str) -> NoReturn:
    """Fuzz one reader in this process, which ends with it."""
    import atheris  # optional: pip brings it to whoever fuzzes

    with atheris.instrument_imports(include=["ledger", "cli", "mt940"]):
        from tests.fuzz.every import BY_NAME
    from tests.fuzz.mutation import LARGEST, TOKENS, mutated

    reader, found, corpus = BY_NAME[name], _found(keep, name), keep / _plain(name)
    for each in (corpus, found):
        each.mkdir(parents=True, exist_ok=True)
    for seed in reader.seeds():
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    words = Path(folder) / "words"
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in token[:60])}"\n' for token in TOKENS))
    place = Path(folder) / "read"
    place.mkdir()

    def one(data: bytes) -> None:
        try:
            reader.take(data, place)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is kept, and the run goes on
            _kept(found, error, data)

    def damaged(data: bytes, most: int, seed: int) -> bytes:
        random: Any = Random(seed)  # noqa: S311 - chance that can be had again
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, random, reader.seeds())[:most]

    limits = [f"-max_total_time={seconds}", f"-rss_limit_mb={MEBIBYTES}", f"-timeout={SLOWEST}", f"-max_len={LARGEST}"]
    told = [f"-dict={words}", f"-artifact_prefix={found}/", "-print_final_stats=0", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *limits, *told, str(corpus)], one, custom_mutator=damaged)
    try:
        atheris.Fuzz()
    except BaseException:  # noqa: BLE001 - the fuzzer itself broke: it says so, and ends at once, as it cannot end tidily
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _kept(found: Path, error: BaseException, data: bytes) -> None:
    """Keep the first input for each kind of error and place, and where it was."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    name = f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"
    if not (found / name).exists():
        (found / name).write_bytes(data)
        (found / f"{name}.txt").write_text("".join(traceback.format_exception(error))[-5000:], errors="replace")


if __name__ == "__main__":
    sys.exit(main())
