"""Folders that commands write: whole or not at all, and never over somebody's work."""

import os
import stat
from pathlib import Path

import pytest

from cli import whole
from cli.whole import whole_folder
from ledger.errors import InputError, Refusal
from ledger.store import durable
from tests.world import refused


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder to work in, with nothing in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def free(_):
    """Nothing is ever in the way."""


def fill(path, *names, in_the_way=free):
    """Write a folder with these files."""
    with whole_folder(Path(path), in_the_way) as folder:
        for name in names:
            (folder / name).write_text(f"new {name}")


def fail(path, error):
    """Write half a folder."""
    with whole_folder(Path(path), free) as folder:
        (folder / "half").write_text("half")
        raise error


def seen(folder="."):
    """Every file and folder there is, and what is in it."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else None for path in Path(folder).rglob("*")
    }


def test_a_new_folder_is_there_once_all_of_it_is_written(here):
    with whole_folder(Path("out"), free) as folder:
        (folder / "one").write_text("new one")
        assert not Path("out").exists()
        assert folder.parent == here
    assert seen() == {"out": None, "out/one": "new one"}


def test_everything_is_on_the_disk_before_the_folder_is_in_its_place(monkeypatch):
    steps = []
    sync, put = durable.sync, whole._put

    def synced(path):
        steps.append(path.name)
        sync(path)

    def placed(new, place):
        steps.append("put")
        put(new, place)

    monkeypatch.setattr(whole, "sync", synced)
    monkeypatch.setattr(whole, "_put", placed)
    fill("out", "one", "two")
    assert set(steps[:2]) == {"one", "two"}
    assert steps[2].startswith(".out.")
    assert steps[3:] == ["put", Path.cwd().name]


def test_its_modes_are_those_of_any_new_folder():
    mask = os.umask(0o027)
    try:
        fill("out", "one")
    finally:
        os.umask(mask)
    assert [stat.S_IMODE(Path(path).stat().st_mode) for path in ("out", "out/one")] == [0o750, 0o640]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("a defect")])
def test_what_fails_on_the_way_leaves_no_trace(error):
    fill("there", "one")
    before = seen()
    for place in ("out", "there"):
        with pytest.raises(Refusal if isinstance(error, OSError) else type(error)):
            fail(place, error)
        assert seen() == before


@pytest.mark.parametrize("step", ["sync", "_put"])
def test_a_disk_that_fails_at_the_end_leaves_what_was_there(monkeypatch, step):
    fill("there", "one")
    before = seen()

    def fails(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(whole, step, fails)
    for place in ("out", "there"):
        with refused(Refusal, f"{place} cannot be written: Input/output error"):
            fill(place, "two")
        assert seen() == before


@pytest.mark.parametrize("at_once", [True, False], ids=["in one step", "in two steps"])
def test_a_folder_that_may_go_gives_way_to_the_new_one(monkeypatch, at_once):
    if not at_once:
        monkeypatch.setattr(whole, "_exchanged", lambda *_: False)
    fill("out", "one", "old")
    fill("out", "one", "two")
    assert seen() == {"out": None, "out/one": "new one", "out/two": "new two"}


def test_linux_lets_two_folders_change_places_at_once():
    fill("one", "a")
    fill("two", "b")
    if not whole._exchanged(Path("one"), Path("two")):
        pytest.skip("this system or this disk has no renameat2 with RENAME_EXCHANGE")
    assert seen() == {"one": None, "one/b": "new b", "two": None, "two/a": "new a"}


def test_where_the_second_of_two_steps_fails_the_first_is_taken_back(monkeypatch):
    fill("out", "one")
    before = seen()
    monkeypatch.setattr(whole, "_exchanged", lambda *_: False)
    rename = Path.rename

    def once(path, target):
        if path.name.startswith(".out.") and Path(target).name == "out" and not path.name.endswith(".old"):
            raise OSError(16, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", once)
    with refused(Refusal, "out cannot be written: Device or resource busy"):
        fill("out", "two")
    assert seen() == before


def test_an_empty_folder_is_used():
    Path("out").mkdir()
    fill("out", "one")
    assert seen() == {"out": None, "out/one": "new one"}


def test_what_is_in_the_way_is_left_alone_with_the_reason():
    fill("out", "one")
    before = seen()
    with refused(Refusal, "out holds something of yours: it was left alone", "name another folder"):
        fill("out", "two", in_the_way=lambda _: "holds something of yours")
    assert seen() == before


def test_what_gets_in_the_way_meanwhile_is_left_alone_too():
    said = iter([None, "holds something new"])
    fill("out", "one")
    before = seen()
    with refused(Refusal, "out holds something new: it was left alone"):
        fill("out", "two", in_the_way=lambda _: next(said))
    assert seen() == before


def test_a_link_is_asked_about_as_a_link():
    Path("real").mkdir()
    Path("out").symlink_to("real")
    with refused(Refusal, "out is a link: it was left alone"):
        fill("out", "one", in_the_way=lambda path: "is a link" if path.is_symlink() else None)
    assert seen() == {"real": None, "out": None}


@pytest.mark.parametrize("place", [".", "/", "sub/..", "../{here}"])
def test_the_folder_where_one_is_cannot_be_replaced(here, place):
    Path("sub").mkdir()
    with refused(InputError, "is where you are: name a folder in it"):
        fill(place.format(here=here.name), "one")
    assert seen() == {"sub": None}


def test_a_folder_that_is_not_there_cannot_be_written_into():
    with refused(Refusal, "no/such/out cannot be written: No such file or directory"):
        fill("no/such/out", "one")
    Path("file").write_text("mine")
    with refused(Refusal, "file/out cannot be written: Not a directory"):
        fill("file/out", "one")
    assert seen() == {"file": "mine"}
