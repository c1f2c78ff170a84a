"""Attachments: copies of the files that entries cite, kept beside the book, each under its SHA-256.

An address may lead nowhere next year; the copy stays. It is made once however often the file is cited, and never
changed. Of a book in a file, the copies are in a folder, the book's path with ``.files`` after it, made when the first
copy is: each is whole and on the disk before its entry is committed; where the book is moved or copied, the folder goes
along. Of a book in PostgreSQL, they are rows of the table ``attachment``.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, text

from ledger.errors import InputError, Problem, Refusal
from ledger.message import message
from ledger.recognition.steps import Attachment
from ledger.store.durable import sync

MEBIBYTE = 2**20
LARGEST = 100 * MEBIBYTE
"""The most bytes a file may have: a source is a page, a document or a picture."""

_SHA256 = re.compile("[0-9a-f]{64}")

Undo = Callable[[], object]


class Copies(ABC):
    """Where the copies of a book's sources are; ``name`` is what people find them by."""

    name: str

    @abstractmethod
    def keep(self, attachment: Attachment, undo: Callable[[Undo], object]) -> None:
        """Keep a copy of a file, as part of what is being written; nothing, where there is one."""

    @abstractmethod
    def wrong(self, sha256: str) -> Problem | None:
        """What is wrong with a copy: missing or altered."""

    @abstractmethod
    def opened(self, sha256: str) -> BinaryIO:
        """A copy that is there, to be read."""

    @abstractmethod
    def put(self, sha256: str, content: BinaryIO, undo: Callable[[Undo], object]) -> None:
        """Keep these bytes, which are what their SHA-256 says, unless they are kept already."""


class InFolder(Copies):
    """Copies in a folder beside the book's file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name

    def keep(self, attachment: Attachment, undo: Callable[[Undo], object]) -> None:
        """Keep a copy in the folder."""
        keep(self.folder, attachment, undo)

    def opened(self, sha256: str) -> BinaryIO:
        """A copy in the folder, to be read."""
        return opened(copy_in(self.folder, sha256))

    def put(self, sha256: str, content: BinaryIO, undo: Callable[[Undo], object]) -> None:
        """Keep these bytes in the folder. Raises :class:`Refusal` where they are not what their SHA-256 says."""
        if not _put(self.folder, sha256, content, undo):
            raise Refusal(_altered(sha256))

    def wrong(self, sha256: str) -> Problem | None:
        """What is wrong with a copy in the folder."""
        try:
            place = copy_in(self.folder, sha256)
        except InputError as error:
            return Problem("error", "missing-attachment", "", error.message)
        try:
            if is_whole(place, sha256):
                return None
        except FileNotFoundError:
            what = message("its copy {place} is missing: put the file there again", place=place)
            return Problem("error", "missing-attachment", "", what)
        except OSError as error:
            what = message("its copy {place} cannot be read ({reason})", place=place, reason=error.strerror or error)
            return Problem("error", "missing-attachment", "", what)
        return Problem("error", "altered-attachment", "", _altered(place))


class InTable(Copies):
    """Copies in the table ``attachment`` of a PostgreSQL database."""

    name = "attachment"

    def __init__(self, connection: Connection, book: int) -> None:
        self._connection = connection
        self._book = book

    def keep(self, attachment: Attachment, undo: Callable[[Undo], object]) -> None:
        """Keep a copy as a row."""
        require_sha256(attachment.sha256)
        try:
            with opened(attachment.path) as file:
                content = file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            raise _impossible(attachment.path, self.name, error) from error
        if hashlib.sha256(content).hexdigest() != attachment.sha256:
            raise _changed(attachment.path)
        if self.content(attachment.sha256) not in {None, content}:
            raise _not_whole(f"{self.name} {attachment.sha256}")
        self.put(attachment.sha256, BytesIO(content), undo)

    def opened(self, sha256: str) -> BinaryIO:
        """The bytes of a copy, to be read."""
        return BytesIO(self.content(sha256) or b"")

    def put(self, sha256: str, content: BinaryIO, undo: Callable[[Undo], object]) -> None:  # noqa: ARG002 - as above
        """Keep these bytes as a row."""
        row = {"book": self._book, "sha256": sha256, "content": content.read()}
        kept = "INSERT INTO attachment (book, sha256, content) VALUES (:book, :sha256, :content) ON CONFLICT DO NOTHING"
        self._connection.execute(text(kept), row)

    def content(self, sha256: str) -> bytes | None:
        """The bytes of a copy."""
        found = "SELECT content FROM attachment WHERE book = :book AND sha256 = :sha256"
        row = self._connection.execute(text(found), {"book": self._book, "sha256": sha256}).first()
        return bytes(row.content) if row else None

    def wrong(self, sha256: str) -> Problem | None:
        """What is wrong with a row."""
        place = f"{self.name} {sha256}"
        content = self.content(sha256)
        if content is None:
            what = message("its copy {place} is missing: put the file there again", place=place)
            return Problem("error", "missing-attachment", "", what)
        if hashlib.sha256(content).hexdigest() != sha256:
            return Problem("error", "altered-attachment", "", _altered(place))
        return None


def _altered(place: object) -> str:
    return message("its copy {place} was altered: it is not the file that was attached", place=place)


def folder_of(book: Path) -> Path:
    """Where the copies of a book's sources are: beside the file itself, where a link leads to it."""
    place = book.resolve() if book.is_symlink() else book
    return place.with_name(f"{place.name}.files")


def copy_in(folder: Path, sha256: str) -> Path:
    """Where the copy with this SHA-256 is. Raises :class:`InputError` for what is none, and might lead elsewhere."""
    require_sha256(sha256)
    return folder / sha256


def require_sha256(text: str) -> None:
    """Raise :class:`InputError` for a text that is no SHA-256."""
    if not _SHA256.fullmatch(text):
        raise InputError("'{sha256}' is no SHA-256: it has 64 hexadecimal digits, in lower case", sha256=text)


def attached(path: Path) -> Attachment:
    """A file that is to be attached, with the SHA-256 by which a citation names it.

    Raises :class:`InputError` for what is no file, cannot be read, is empty or larger than :data:`LARGEST`.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with opened(path) as file:
            while size <= LARGEST and (piece := file.read(MEBIBYTE)):
                digest.update(piece)
                size += len(piece)
    except (OSError, ValueError) as error:
        raise InputError("--attach {path}: {reason}", path=path, reason=_reason(error)) from None
    if not size:
        raise InputError("--attach {path}: it is empty", path=path)
    if size > LARGEST:
        raise InputError("--attach {path}: it is larger than {most} MiB", path=path, most=LARGEST // MEBIBYTE)
    return Attachment(path, digest.hexdigest())


def opened(path: Path) -> BufferedReader:
    """A file, open to be read; a pipe or a device is not waited for. Raises :class:`OSError` for what is no file."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise OSError(message("it is not a file"))


def _reason(error: OSError | ValueError) -> object:
    return getattr(error, "strerror", None) or error.args[0]


def keep(folder: Path, attachment: Attachment, undo: Callable[[Undo], object]) -> None:
    """Keep a copy of a file; nothing, where there is one.

    The connection holds the write lock, so that no other process looks whether the copy is there meanwhile.
    ``undo`` is told how to take away what was made, should its entry not be kept. Raises :class:`Refusal` where no copy
    can be made, where the file is not what it was, and where the copy that is there is not.
    """
    try:
        with opened(attachment.path) as file:
            if not _put(folder, attachment.sha256, file, undo):
                raise _changed(attachment.path)
    except (OSError, ValueError) as error:
        raise _impossible(attachment.path, folder, error) from error


def _impossible(path: Path, folder: object, error: OSError | ValueError) -> Refusal:
    return Refusal(
        "no copy of {path} can be kept in {folder}: {reason}; nothing was recorded",
        path=path,
        folder=folder,
        reason=_reason(error),
    )


def _changed(path: Path) -> Refusal:
    return Refusal("{path} was changed meanwhile: nothing was recorded; try again", path=path)


def _put(folder: Path, sha256: str, content: BinaryIO, undo: Callable[[Undo], object]) -> bool:
    """Keep these bytes in a folder, unless they are there; whether they were what their SHA-256 says."""
    place = copy_in(folder, sha256)
    if os.path.lexists(place):
        _require_whole(place, sha256)
        return True
    _make(folder, undo)
    return _copy(content, place, undo)


def _require_whole(place: Path, sha256: str) -> None:
    if not is_whole(place, sha256):
        raise _not_whole(place)


def _not_whole(place: object) -> Refusal:
    return Refusal("the copy at {place} was altered: nothing was recorded; put there again what it was", place=place)


def _make(folder: Path, undo: Callable[[Undo], object]) -> None:
    """The folder, for the owner's eyes only."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700)
    undo(lambda: _gone(folder.rmdir))
    sync(folder.parent)


def _copy(content: BinaryIO, place: Path, undo: Callable[[Undo], object]) -> bool:
    """A copy, written beside its place and put there once all of it is on the disk, if it is what the name says."""
    from tempfile import mkstemp  # noqa: PLC0415 - only who attaches pays

    handle, name = mkstemp(dir=place.parent, prefix=".")  # readable by the owner only
    beside, digest = Path(name), hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as copy:
            while piece := content.read(MEBIBYTE):
                digest.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != place.name:
            return False
        undo(lambda: _gone(place.unlink))
        beside.rename(place)
    finally:
        _gone(beside.unlink)
    sync(place.parent)
    return True


def _gone(remove: Callable[[], object]) -> None:
    """Take something away, as far as it is there and can be."""
    with suppress(OSError):
        remove()


def is_whole(place: Path, sha256: str) -> bool:
    """Whether a copy is what its name says. Raises :class:`OSError` where it cannot be read."""
    with opened(place) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
