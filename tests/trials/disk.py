"""A disk as a power cut finds it: what was synced is there, and of all else any part.

Files and folders are kept as the disk surely has them, with what was done to them since and not synced. A power cut
keeps any selection of that, in any order: of a write each sector by itself, of a file that grew its new length without
its content (then with zeros or anything else in it), of a folder each name by itself. A rename is one step, as every
journaling file system has it; bytes beside those that are written stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from random import Random

SECTORS = (512, 4096)
"""Bytes that a disk writes as one, by its kind."""

Choose = Callable[[], bool]
State = dict[str, bytes | None]
"""What is there, by path: the bytes of files, None for folders."""


@dataclass
class File:
    """A file's bytes on the disk, and what is written and not synced: bytes at a place, or a new length."""

    durable: bytes = b""
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """What a program reads."""
        return self._after(lambda: True, max(SECTORS), bytes)

    def sync(self) -> None:
        """Have everything on the disk."""
        self.durable, self.pending = self.content, []

    def survive(self, choose: Choose, sector: int, garbage: Callable[[int], bytes]) -> bytes:
        """What a power cut leaves."""
        return self._after(choose, sector, garbage)

    def _after(self, choose: Choose, sector: int, garbage: Callable[[int], bytes]) -> bytes:
        content = bytearray(self.durable)
        for change in self.pending:
            if isinstance(change, int):
                if choose():
                    content[change:] = bytes(max(0, change - len(content)))
                continue
            at, data = change
            if at + len(data) > len(content) and choose():
                content += garbage(at + len(data) - len(content))
            for begin, piece in _pieces(at, data, sector):
                if choose():
                    content += garbage(max(0, begin - len(content)))
                    content[begin : begin + len(piece)] = piece
        return bytes(content)


@dataclass
class Folder:
    """A folder's names on the disk, and what became of them since: each step gives some names, or takes them away."""

    durable: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[dict[str, File | Folder | None]] = field(default_factory=list)

    @property
    def names(self) -> dict[str, File | Folder]:
        """What a program sees."""
        return self.survive(lambda: True)

    def sync(self) -> None:
        """Have all names on the disk."""
        self.durable, self.pending = self.names, []

    def survive(self, choose: Choose) -> dict[str, File | Folder]:
        """The names that a power cut leaves."""
        names: dict[str, File | Folder | None] = dict(self.durable)
        for step in self.pending:
            if choose():
                names |= step
        return {name: node for name, node in names.items() if node is not None}


def _pieces(at: int, data: bytes, sector: int) -> Iterator[tuple[int, bytes]]:
    """A write cut where the disk's sectors end."""
    begin = at
    while begin < at + len(data):
        end = min(at + len(data), (begin // sector + 1) * sector)
        yield begin, data[begin - at : end - at]
        begin = end


class Disk:
    """A folder and all below it, as programs change it: each method is one system call, with paths relative to it."""

    def __init__(self, there: Mapping[str, bytes | None]) -> None:
        self.root = Folder()
        for path, content in sorted(there.items()):
            folder, name = self._in(path)
            folder.durable[name] = Folder() if content is None else File(content)

    def node(self, path: str) -> File | Folder | None:
        """What is at a path."""
        if path in {"", "."}:
            return self.root
        folder, name = self._in(path)
        return folder.names.get(name)

    def _in(self, path: str) -> tuple[Folder, str]:
        at = PurePosixPath(path)
        parent = self.node(str(at.parent))
        assert isinstance(parent, Folder), path
        return parent, at.name

    def create(self, path: str) -> None:
        """A new file, unless there is one."""
        folder, name = self._in(path)
        if name not in folder.names:
            folder.pending.append({name: File()})

    def make_folder(self, path: str) -> None:
        """A new folder."""
        folder, name = self._in(path)
        folder.pending.append({name: Folder()})

    def change(self, path: str, change: tuple[int, bytes] | int) -> None:
        """Bytes are written at a place, or a file is given a length."""
        file = self.node(path)
        assert isinstance(file, File), path
        file.pending.append(change)

    def sync(self, path: str) -> None:
        """A file's content, or a folder's names, are had on the disk."""
        node = self.node(path)
        assert node is not None, path
        node.sync()

    def remove(self, path: str) -> None:
        """A name is taken away."""
        folder, name = self._in(path)
        folder.pending.append({name: None})

    def link(self, path: str, other: str) -> None:
        """What is at a path gets another name too."""
        folder, name = self._in(other)
        folder.pending.append({name: self.node(path)})

    def rename(self, path: str, to: str, *, exchange: bool = False) -> None:
        """What is at a path gets another name in its folder, in place of what had it, or in exchange with it."""
        folder, name = self._in(path)
        other, new = self._in(to)
        assert folder is other, "no command moves anything between folders"
        folder.pending.append({name: folder.names[new] if exchange else None, new: folder.names[name]})

    # What a power cut leaves

    def seen(self) -> State:
        """What programs see: everything kept."""
        return dict(_walk(self.root, lambda: lambda: True, 512, bytes))

    def surely(self) -> State:
        """What was synced, and nothing else."""
        return dict(_walk(self.root, lambda: lambda: False, 512, bytes))

    def survived(self, random: Random) -> State:
        """One of the states that a power cut may leave: of some files all, of some nothing, of others a part."""

        def chooser() -> Choose:
            share = random.choice((0, 0.5, 0.5, 1))
            return lambda: random.random() < share

        garbage = random.choice((bytes, random.randbytes))
        return dict(_walk(self.root, chooser, random.choice(SECTORS), garbage))


def _walk(
    folder: Folder, chooser: Callable[[], Choose], sector: int, garbage: Callable[[int], bytes], at: str = ""
) -> Iterator[tuple[str, bytes | None]]:
    for name, node in sorted(folder.survive(chooser()).items()):
        path = f"{at}{name}"
        if isinstance(node, File):
            yield path, node.survive(chooser(), sector, garbage)
        else:
            yield path, None
            yield from _walk(node, chooser, sector, garbage, f"{path}/")
