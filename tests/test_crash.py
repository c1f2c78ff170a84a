"""kill -9: a short form of the trial (``python -m tests.trials.crash``), and that it would find what it looks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import places
from tests.trials.crash import _judged
from tests.trials.deeds import Deed, Export, Seen, look, strangers
from tests.trials.shortly import shortly

pytestmark = places.of_files("a server looks after its own files")

BOOK = ('pledge add GB "100 GBP" --id P --on 2025-03-02 --purpose military --instrument loan',)


def test_commands_that_are_killed_lose_nothing_and_leave_nothing_half_written() -> None:
    report = shortly("crash", "--rounds", "16", "--seed", "1")
    assert "kill -9: 16 rounds, seed 1" in report
    rounds, killed, *_, lost = [int(word) for word in report.splitlines()[-1].split()[1:]]
    assert (rounds, lost) == (16, 0)
    assert killed > 0


ADD = Deed("pledge add", ("pledge", "add"), 1, ("A1\n",))
EXPORT = Deed("export csv", ("export", "csv"), writes="register.csv")
NEW, OLD = Export("new", current=True), Export("old", current=False)


def test_a_deed_is_acknowledged_by_its_words_in_full() -> None:
    assert ADD.acknowledged("A1\n")
    assert not ADD.acknowledged("A1")
    assert not ADD.acknowledged("")
    assert not EXPORT.acknowledged("\n")


@pytest.mark.parametrize(
    ("deed", "before", "now", "acknowledged", "why"),
    [
        (ADD, Seen(["1"], {}), Seen(["1"], {}), True, "acknowledged, and 0 of 1 entries are there"),
        (ADD, Seen(["1"], {}), Seen(["1", "2", "3"], {}), True, "2 of 1 entries"),
        (ADD, Seen(["1", "2"], {}), Seen(["1"], {}), False, "no longer what it was"),
        (ADD, Seen(["1"], {}), Seen(["2", "2"], {}), False, "no longer what it was"),
        (ADD, Seen(["1"], {"register.csv": OLD}), Seen(["1"], {"register.csv": NEW}), False, "is not of this book"),
        (EXPORT, Seen(["1"], {"register.csv": NEW}), Seen(["1"], {}), False, "was there, and is gone"),
        (EXPORT, Seen(["1"], {}), Seen(["1"], {"register.csv": OLD}), False, "is not of this book as it stands"),
        (EXPORT, Seen(["1"], {"register.csv": OLD}), Seen(["1"], {"register.csv": OLD}), True, "an older one"),
    ],
)
def test_what_is_lost_is_found(deed: Deed, before: Seen, now: Seen, acknowledged: bool, why: str) -> None:  # noqa: FBT001
    with pytest.raises(AssertionError, match=why):
        _judged(deed, before, now, acknowledged=acknowledged)


def test_what_is_done_and_was_not_acknowledged_is_counted() -> None:
    assert _judged(ADD, Seen(["1"], {}), Seen(["1", "2"], {}), acknowledged=False) == ["unacknowledged"]
    assert _judged(ADD, Seen(["1"], {}), Seen(["1"], {}), acknowledged=False) == []
    assert _judged(EXPORT, Seen(["1"], {}), Seen(["1"], {"register.csv": NEW}), acknowledged=True) == ["acknowledged"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda desk: (desk / "register.csv").write_bytes(b"entry,line\r\n2,1"), "ends in the middle of a row"),
        (lambda desk: (desk / "register.csv").write_bytes(b"entry,line\r\n2,1\r\n"), "has lost rows"),
        (lambda desk: (desk / "package" / "verify.py").unlink(), "too many or too few"),
        (lambda desk: (desk / "package" / "journal.jsonl").write_bytes(b""), "journal.jsonl is not what is listed"),
    ],
)
def test_a_half_written_export_is_seen(desk: Path, spoil: Callable[[Path], object], why: str) -> None:
    from tests.commandline import typed

    assert typed("export audit --unsigned --out package").code == 0
    assert look(desk).exports.keys() == {"package"}
    spoil(desk)
    with pytest.raises(AssertionError, match=why):
        look(desk)


def test_a_stranger_in_the_folder_is_seen(desk: Path) -> None:
    assert strangers(desk) == []
    (desk / "package.tmp").mkdir()
    (desk / ".package.x").mkdir()
    assert strangers(desk) == ["package.tmp"]
