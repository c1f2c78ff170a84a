"""Power cuts: a short form of the trial (``python -m tests.trials.power``), the disk it simulates, and its controls."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import places
from tests.trials.disk import Disk, File
from tests.trials.shortly import shortly
from tests.trials.traced import why_not

traceable = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
of_files = places.of_files("a server looks after its own files")


@of_files
@traceable
def test_a_power_cut_loses_nothing_that_was_acknowledged() -> None:
    report = shortly("power", "--every", "80", "--states", "1")
    assert report.splitlines()[1].endswith(" 0 wrong")


@of_files
@traceable
def test_without_syncs_the_trial_finds_losses() -> None:
    assert " 0 wrong" not in shortly("power", "--every", "120", "--states", "1", "--control", "off")


# The simulated disk


def states(disk: Disk, times: int = 200) -> list[dict[str, bytes | None]]:
    """Many of the states that a power cut may leave."""
    return [disk.survived(Random(seed)) for seed in range(times)]  # noqa: S311 - to be repeated


def test_a_name_is_kept_by_its_folder_and_content_by_its_file() -> None:
    disk = Disk({})
    disk.create("a")
    disk.change("a", (0, b"one"))
    disk.sync("a")
    assert disk.surely() == {}
    disk.sync(".")
    assert disk.surely() == disk.seen() == {"a": b"one"}


def test_what_is_not_synced_is_there_or_not_or_in_part() -> None:
    disk = Disk({"a": b"-" * 1024})
    disk.change("a", (0, b"1" * 1024))
    found = {state["a"] for state in states(disk)}
    halves = [half * 512 for half in (b"-", b"1")]
    assert found == {first + second for first in halves for second in halves}


def test_a_later_write_may_be_kept_and_an_earlier_one_lost() -> None:
    disk = Disk({"a": b"-", "b": b"-"})
    disk.change("a", (0, b"1"))
    disk.change("b", (0, b"2"))
    assert {(state["a"], state["b"]) for state in states(disk)} == {
        (one, other) for one in (b"-", b"1") for other in (b"-", b"2")
    }


def test_a_file_that_grew_may_hold_anything_where_it_was_not_written() -> None:
    disk = Disk({"a": b""})
    disk.change("a", (0, b"1" * 8))
    found = {state["a"] for state in states(disk)}
    assert {b"", b"1" * 8, bytes(8)} < found


def test_a_name_that_was_taken_away_may_come_back_until_the_folder_is_synced() -> None:
    disk = Disk({"a": b"x"})
    disk.remove("a")
    assert {"a" in state for state in states(disk)} == {True, False}
    disk.sync(".")
    assert {"a" in state for state in states(disk)} == {False}


def test_a_rename_is_one_step() -> None:
    disk = Disk({"new": b"2", "old": b"1"})
    disk.rename("new", "old")
    assert {tuple(sorted(state.items())) for state in states(disk)} == {
        (("new", b"2"), ("old", b"1")),
        (("old", b"2"),),
    }


def test_two_folders_change_places_in_one_step() -> None:
    disk = Disk({"new": None, "new/a": b"2", "old": None, "old/a": b"1"})
    disk.rename("new", "old", exchange=True)
    assert {(state["new/a"], state["old/a"]) for state in states(disk)} == {(b"2", b"1"), (b"1", b"2")}


def test_a_file_with_two_names_is_one_file() -> None:
    disk = Disk({"a": b"x"})
    disk.link("a", "b")
    disk.change("a", (0, b"y"))
    assert disk.seen() == {"a": b"y", "b": b"y"}


writes = st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=2000))


@given(st.binary(max_size=3000), st.lists(writes | st.integers(0, 4000), max_size=5), st.integers(0, 9))
def test_all_kept_is_what_programs_read_and_each_byte_left_is_from_somewhere(before, changes, seed):
    file, expected = File(before), bytearray(before)
    for change in changes:
        file.pending.append(change)
        if isinstance(change, int):
            expected[change:] = bytes(max(0, change - len(expected)))
        else:
            at, data = change
            expected.extend(bytes(max(0, at + len(data) - len(expected))))
            expected[at : at + len(data)] = data
    assert file.content == bytes(expected)
    chance = Random(seed)  # noqa: S311 - as above
    left = file.survive(lambda: chance.random() < 0.5, 512, bytes)
    assert len(left) <= max([len(before), *(c if isinstance(c, int) else c[0] + len(c[1]) for c in changes)])
    file.sync()
    assert file.survive(lambda: False, 512, bytes) == bytes(expected)
