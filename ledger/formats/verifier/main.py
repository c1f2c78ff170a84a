"""The command line: what is checked, and how what was found is told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Optional

from ledger.formats.verifier.examination import Check, Examination
from ledger.formats.verifier.hashes import CHECKPOINT, DESCRIPTOR, Folder, folder_of
from ledger.formats.verifier.heads import Note, note_of
from ledger.formats.verifier.inclusion import PROOF, Inclusion
from ledger.formats.verifier.package import JOURNAL
from ledger.formats.verifier.signatures import Told, told
from ledger.formats.verifier.words import Problem, Unsound, count

_MOST_TOLD = 25
"""How many problems of one check are told one by one: a flood in one file does not hide another."""

_READER_GONE = 141
"""What a shell says of a program whose reader went away, as ``head`` does: no verdict was told."""

_USAGE = "python3 -I verify.py [FOLDER | FILE.tlog-proof] [--key KEY] [--since CHECKPOINT]"


def problems(folder: str) -> Iterator[Problem]:
    """Everything that is wrong with a package, the most telling first: the place, and what is wrong there."""
    if not os.path.isdir(folder):
        yield folder, "is no folder"
        return
    for _, found in _examined(Examination(folder_of(folder))):
        yield from found


def main(arguments: Optional[list[str]] = None) -> int:
    """Check a package or proofs: 0 where all is well, 1 where something is not, 2 where the call is wrong."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        ending = _told(_typed(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_stdout()
        return _READER_GONE
    except OSError as error:
        _let_go_of_stdout()
        sys.stderr.write(f"error: {error.filename or 'the output'}: {error.strerror}\n")
        return 2
    return ending


def _let_go_of_stdout() -> None:
    """Drop what can't be written any more, so that nothing complains when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(typed: argparse.Namespace) -> int:
    """Check what was named, and tell of it."""
    if typed.proofs:
        return _told_of_proofs([Inclusion(path, typed.key) for path in typed.proofs])
    return _told_of_package(Examination(folder_of(typed.path), typed.key, typed.since))


def _proofs_in(folder: Folder) -> list[str]:
    """The proofs of a folder that has nothing of a package: in one that has, they do not belong."""
    if not folder.names.isdisjoint((JOURNAL, CHECKPOINT, DESCRIPTOR)):
        return []
    return [folder.file(name) for name in sorted(folder.names) if name.endswith(PROOF)]


def _typed(arguments: Optional[list[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=_USAGE, description="Check an auditor's package, or proofs of entries.")
    parser.add_argument("path", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", type=_key, help="the key you were told: NAME+ID+KEY, or its fingerprint SHA256:...")
    parser.add_argument("--since", type=_note, help="your own copy of an earlier checkpoint")
    typed = parser.parse_args(arguments)
    proof = typed.path.endswith(PROOF)
    if not (os.path.isfile if proof else os.path.isdir)(typed.path):
        parser.error(f"{typed.path} is no {'file' if proof else 'folder'}")
    typed.proofs = [typed.path] if proof else _proofs_in(folder_of(typed.path))
    if typed.since and typed.proofs:
        parser.error("--since is of packages: a proof does not say whether the journal continues another one")
    return typed


def _key(text: str) -> Told:
    try:
        return told(text)
    except Unsound as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _note(path: str) -> Note:
    try:
        folder = folder_of(os.path.dirname(path) or ".")
        return note_of(folder.text(os.path.basename(path)))
    except (Unsound, OSError) as error:
        raise argparse.ArgumentTypeError(f"{path} {error}") from None


def _examined(examination: Examination) -> Iterator[tuple[str, Iterator[Problem]]]:
    for title, check in examination.checks():
        yield title, _guarded_check((title, check))


def _guarded_check(check: Check) -> Iterator[Problem]:
    """The problems of a check. Whatever bytes a folder holds, one that breaks down is a problem, and no traceback."""
    title, find = check
    try:
        yield from find()
    except Exception as error:  # noqa: BLE001 - files of somebody who may want this to break
        yield title, f"could not be checked: {type(error).__name__}: {error}"


def _told_of_package(examination: Examination) -> int:
    told_of = 0
    for title, found in _examined(examination):
        number = 0
        for number, (place, message) in enumerate(found, 1):
            if number <= _MOST_TOLD:
                _say(f"FAILED {place}: {message}")
        if number > _MOST_TOLD:
            _say(f"FAILED {title}: {number - _MOST_TOLD} more")
        if not number:
            _say(f"ok  {title}")
        told_of += number
    verdict = [f"{count(told_of, 'problem', 'problems')}: do not rely on it"]
    for line in verdict if told_of else examination.summary():
        _say(line)
    return 1 if told_of else 0


def _told_of_proofs(proofs: list[Inclusion]) -> int:
    told_of = 0
    for each in proofs:
        found = list(_guarded_check(("the proof", each.problems)))
        for place, message in found:
            _say(f"FAILED {place}: {message}")
        if not found:
            _say(f"ok  {each.proven()}")
        told_of += len(found)
    verdict = [f"{count(told_of, 'problem', 'problems')}: do not rely on it"]
    summaries = dict.fromkeys(tuple(each.summary()) for each in proofs)
    for line in verdict if told_of else [line for summary in summaries for line in summary]:
        _say(line)
    return 1 if told_of else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
