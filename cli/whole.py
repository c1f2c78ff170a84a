"""Files and folders that commands write: whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cli.options import Place, Shape
from cli.session import Session, refuse_in_run
from ledger.errors import InputError, Refusal
from ledger.message import message
from ledger.store.durable import sync
from ledger.table import Column, Table

if TYPE_CHECKING:
    from ledger.book import Book


def show_written(out: str | None, shape: Shape) -> None:
    """Tell programs which files were written, a row each with its size; people named the place themselves."""
    if out is not None and shape.format != "table":
        place = Path(out)
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        rows = [(str(each), each.stat().st_size) for each in files]
        Session(Place()).show(Table([Column("path"), Column("bytes", "count")], rows), shape)


@contextmanager
def output(out: str | None, book: Book, shape: Shape) -> Iterator[BinaryIO]:
    """Where an export goes: the file that is named, whole or not at all and never onto the book; stdout else.

    Raises :class:`InputError` where the shape asks to be told of a file, and there is none.
    """
    if out is None:
        if shape.format != "table":
            raise InputError("--format {format} tells which file was written: name it with --out", format=shape.format)
        yield sys.stdout.buffer
        return
    path = Path(out)
    if path.is_dir():
        raise InputError("--out {out} is a folder: name a file in it", out=out)
    if book.database.is_at(path):
        raise InputError("--out {out} is the book itself: choose another file", out=out)
    with whole(path) as file:
        yield file


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is written beside its place, and put there once all of it is on the disk.

    What fails on the way leaves no trace. A device or a pipe keeps its place, and is written to as things come.
    Raises :class:`Refusal` where it cannot be written.
    """
    _refuse_in_run(path)
    if path.exists() and not path.is_file():
        with _written_to(path) as file:
            yield file
        return
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Refusal("{path} cannot be written: {reason}", path=path, reason=error.strerror) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_mask())
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(beside).unlink()
        if isinstance(error, OSError):
            raise Refusal("{path} cannot be written: {reason}", path=path, reason=error.strerror) from error
        raise
    _keep_name(path, path.parent)


@contextmanager
def _written_to(device: Path) -> Iterator[BinaryIO]:
    try:
        with device.open("wb") as file:
            yield file
    except OSError as error:
        raise Refusal("{path} cannot be written: {reason}", path=device, reason=error.strerror) from error


def _keep_name(path: Path, folder: Path) -> None:
    """Have the folder that something was put into written to the disk: until then a power cut may take its name."""
    try:
        sync(folder)
    except OSError as error:
        raise Refusal(
            "{path} is written, but the disk does not confirm that it keeps it: {reason}",
            path=path,
            reason=error.strerror,
        ) from error


def _refuse_in_run(path: Path) -> None:
    """Refuse to write files among commands that may all be taken back."""
    refuse_in_run(message("a run writes the book and nothing else: write {path} after it", path=path))


def _mask() -> int:
    """What this user's new files keep from others: what is exported is for others, unlike the book."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def whole_folder(path: Path, in_the_way: Callable[[Path], str | None]) -> Iterator[Path]:
    """A folder that is filled beside its place, and put there once all of it is on the disk.

    ``in_the_way`` says of what is there already why it has to stay, or that it may be replaced (None): the two then
    change places. What fails on the way leaves no trace. Raises :class:`Refusal` for what is left alone, and where
    nothing can be written.
    """
    _refuse_in_run(path)
    place = _placed(path)
    _refuse_in_the_way(path, place, in_the_way)
    try:
        beside = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}."))
    except OSError as error:
        raise Refusal("{path} cannot be written: {reason}", path=path, reason=error.strerror) from error
    try:
        yield beside
        beside.chmod(0o777 & ~_mask())
        for each in (*beside.iterdir(), beside):
            sync(each)
        _refuse_in_the_way(path, place, in_the_way)
        _put(beside, place)
        _keep_name(path, place.parent)
    except OSError as error:
        raise Refusal("{path} cannot be written: {reason}", path=path, reason=error.strerror) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)  # what was begun, or what was replaced


def _placed(path: Path) -> Path:
    """The path from the root on, a link at its end left as it is."""
    try:
        place = path.resolve() if path.name in {"", ".."} else path.parent.resolve() / path.name
        here = place == Path.cwd().resolve()
    except OSError as error:
        raise Refusal("{path} cannot be written: {reason}", path=path, reason=error.strerror) from error
    if here or place == place.parent:
        raise InputError("--out {path} is where you are: name a folder in it", path=path)
    return place


def _refuse_in_the_way(path: Path, place: Path, in_the_way: Callable[[Path], str | None]) -> None:
    reason = in_the_way(place) if place.is_symlink() or place.exists() else None
    if reason:
        raise Refusal(
            "{path} {reason}: it was left alone",
            path=path,
            reason=reason,
            hint=message("name another folder, or move this one away"),
        )


def _put(new: Path, place: Path) -> None:
    """Put a folder in its place; what was there before is then where the new one was."""
    if not place.exists():
        new.rename(place)
    elif not _exchanged(new, place):
        aside = new.with_name(f"{new.name}.old")
        try:
            place.rename(aside)
            new.rename(place)
        except BaseException:
            if aside.exists() and not place.exists():
                aside.rename(place)
            raise
        aside.rename(new)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders changed places at once, with no moment without either: Linux can, and not on every disk."""
    import ctypes

    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE, as in renameat2(2)
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError):
        return False
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
