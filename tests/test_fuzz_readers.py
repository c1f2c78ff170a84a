"""Whatever a reader is given, it reads it or refuses it in one line, in bounded time, and touches nothing else.

Each reader of ``tests/fuzz`` gets sound inputs that were damaged. ``python -m tests.trials.fuzz`` does the same for
hours, by coverage.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.every import READERS
from tests.fuzz.mutation import CHANGES, LARGEST, mutated
from tests.fuzz.reader import Reader, TooLongError, at_most
from tests.fuzz.watch import StrayError, watched

NOTHING = (b"", b"PK\x03\x04", b"\xff\xfe<\0", b"\0", b"\n" * 9, b"<", b"\xef\xbb\xbf", b"\xff" * 9)

each_reader = pytest.mark.parametrize("reader", READERS, ids=[reader.name for reader in READERS])


@each_reader
def test_a_reader_reads_what_is_sound(reader: Reader, tmp_path: Path) -> None:
    assert any(reader.take(seed, tmp_path) is None for seed in reader.seeds())


@each_reader
def test_a_reader_refuses_nothing_but_in_one_line(reader: Reader, tmp_path: Path) -> None:
    seeds = reader.seeds()

    @settings(max_examples=reader.tries)
    @given(st.sampled_from(range(len(seeds))), st.randoms(use_true_random=False))
    def tried(place: int, random: Random) -> None:
        reader.take(mutated(seeds[place], random, seeds), tmp_path)

    tried()


@each_reader
def test_a_reader_refuses_what_is_next_to_nothing(reader: Reader, tmp_path: Path) -> None:
    for data in NOTHING[: reader.tries]:
        reader.take(data, tmp_path)


@given(st.binary(max_size=200), st.randoms(use_true_random=False))
def test_damage_is_done_to_anything_and_stays_small(data: bytes, random: Random) -> None:
    for change in CHANGES:
        assert isinstance(change(data, random), bytes)
    assert len(mutated(data, random, [data])) <= LARGEST


@pytest.mark.parametrize(
    "stray",
    [
        lambda folder: (folder / "made").write_text("x"),
        lambda folder: (folder.parent / "elsewhere").open().close(),
        lambda folder: (folder / "gone").unlink(missing_ok=True),
        lambda _: socket.create_connection(("127.0.0.1", 9), timeout=1),
        lambda _: subprocess.run([sys.executable, "-c", ""], check=False),
        lambda _: os.system("true"),  # noqa: S605 - it is not let through
    ],
    ids=["written", "read elsewhere", "removed", "connected", "started", "a shell"],
)
def test_the_watch_sees_what_no_reader_does(stray: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(StrayError), watched(tmp_path):
        stray(tmp_path)


def test_the_watch_sees_what_takes_too_long() -> None:
    with pytest.raises(TooLongError):
        _endless()


@at_most(1)
def _endless() -> None:
    while True:
        pass
