"""Rows as findings: a map made ready for one file, and what each of its rows proposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ledger.errors import InputError
from ledger.formats.mapped.cells import Cells, UnreadableError, text_of, texts
from ledger.formats.mapped.map import Map, Skip, fold
from ledger.formats.mapped.proposing import Proposing
from ledger.formats.mapped.stated import SkippedError
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.pledge import MoveKind
from ledger.recognition.proposal import Finding, Proposal, Rejection, Spot

SHOWN = 500  # characters of a cell that a rejection keeps

_WORDS = tuple(f":{kind}" for kind in MoveKind)
_LONGEST_KEY = 200


class Rows:
    """A map made ready for one file: ``name`` begins its origins, ``source`` is what the file is called.

    Readers are made once, and each remembers what it has read; a row is then a few looks into tables. The keys
    that were read are kept, to see one that comes twice. ``unnamed`` columns are those that must be empty.
    """

    def __init__(
        self, mapping: Map, index: Mapping[str, int], *, name: str, source: str, unnamed: Sequence[int] = ()
    ) -> None:
        self._name, self._source, self._strict = name, source, mapping.strict
        self._key = texts(mapping.key, index) if mapping.key else None
        self._key_name = " + ".join(mapping.key.columns) if mapping.key else ""
        self._unnamed = tuple(unnamed)
        self._skips = [_skipping(skip, index) for skip in mapping.skips]
        self._proposing = Proposing(mapping, index)
        self._registers = bool(mapping.parties or mapping.sources or mapping.items)
        self._seen: dict[str, int] = {}
        self.skipped: dict[str, int] = {}
        """How many rows were left out, by why."""

    def finding(self, number: int, cells: Cells) -> Finding | None:
        """What a row proposes, or why it cannot; None for a row that the map leaves out."""
        try:
            for skip in self._skips:
                skip(cells)
            if self._unnamed:
                self._refuse_unnamed(cells)
            key = self._known_by(number, cells)
            steps = self._proposing.steps(cells, f"{self._name}:{key}")
        except SkippedError as skipped:
            self.skipped[skipped.why] = self.skipped.get(skipped.why, 0) + 1
            return None
        except UnreadableError as error:
            return Rejection(Spot(self._source, str(number), error.column, error.value[:SHOWN]), error.reason)
        except InputError as error:
            return Rejection(Spot(self._source, str(number)), error.message)
        needs = self._proposing.needs(steps) if self._registers else ()
        return Proposal(Spot(self._source, str(number)), steps, needs)

    def _refuse_unnamed(self, cells: Cells) -> None:
        for place in self._unnamed:
            if text := cleaned(text_of(cells[place])):
                raise UnreadableError(
                    f"#{place + 1}", text, message("its column has no name, so what it says would be lost")
                )

    def _known_by(self, number: int, cells: Cells) -> str:
        """What a record is known by: its key, or its row. The same twice is refused."""
        if self._key is None:
            return str(number)
        said = self._key(cells)
        if said is None and not self._strict:
            raise UnreadableError(self._key_name, "", message("it is what a row is known by, and it is absent"))
        key = str(number) if said is None else said
        first = self._seen.setdefault(key, number)
        if first != number:
            raise UnreadableError(
                self._key_name, key, message("row {row} has it already: a key is there once", row=first)
            )
        if len(key) > _LONGEST_KEY or (":" in key and key.endswith(_WORDS)):
            raise UnreadableError(
                self._key_name, key, message("it cannot be what a row is known by: shorten it, or number rows")
            )
        return key


def _skipping(skip: Skip, index: Mapping[str, int]) -> Callable[[Cells], None]:
    place, values, unless = index[skip.column], skip.values, skip.unless
    if unless:
        named = message("{column} is none of what the map names", column=skip.column)
    else:
        named = message("{column} is one of what the map names", column=skip.column)
    why = skip.why or named

    def leave_out(cells: Cells) -> None:
        if (fold(text_of(cells[place])) in values) is not unless:
            raise SkippedError(why)

    return leave_out
