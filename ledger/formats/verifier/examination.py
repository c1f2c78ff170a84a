"""The examination of a package: every check, in the order in which what it finds is told.

A changed figure is named before the hashes that differ because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Optional

from ledger.formats.verifier.entries import lines_of, sound_entry
from ledger.formats.verifier.hashes import (
    CHECKPOINT,
    CONSISTENCY,
    DESCRIPTOR,
    SIGNATURE,
    SIGNERS,
    SUMS,
    Folder,
    descriptor_problems,
    files_due,
    foreign_files,
    leaf_problems,
    rates_file,
    sum_problems,
)
from ledger.formats.verifier.heads import Head, Note, note_of
from ledger.formats.verifier.merkle import continues
from ledger.formats.verifier.options import Options, options_of
from ledger.formats.verifier.package import JOURNAL, Package, RateRow
from ledger.formats.verifier.replay import Replay
from ledger.formats.verifier.signatures import Signer, Told, hash_of, signer_allowed, signer_of_file, signs_note
from ledger.formats.verifier.tables import RATES, TABLES, VALUED, read_rates, table_problems
from ledger.formats.verifier.words import Problem, Unsound, count

Check = tuple[str, Callable[[], Iterator[Problem]]]
"""What is so where a check finds no problem, and the check."""


class Examination:
    """One package, looked at check by check: a later one builds on what an earlier one has read."""

    def __init__(self, folder: Folder, key: Optional[Told] = None, own: Optional[Note] = None) -> None:
        """``key`` is what the auditor was told, ``own`` the auditor's copy of an earlier checkpoint."""
        self.folder, self._key, self._own = folder, key, own
        self.options: Optional[Options] = None
        self.note: Optional[Note] = None
        self.signer: Optional[Signer] = None
        self._earlier: Optional[tuple[Note, list[bytes]]] = None
        self._package: Optional[Package] = None
        self._readable = False

    def checks(self) -> Iterator[Check]:
        """Every check, in order: each is run to its end before the next is asked for."""
        names = self.folder.names
        yield f"{DESCRIPTOR} says what the package is of", self._options
        if self.options and JOURNAL in names:
            yield f"{JOURNAL}: every line canonical, numbered without a gap, of one book, balanced", self._journal
        yield f"{CHECKPOINT}: the head of exactly these entries", self._head
        if self._own:
            known = count(self._own.head.size, "entry", "entries")
            yield f"your checkpoint: the journal begins with its {known}", self._own_history
        if CONSISTENCY in names:
            yield f"{CONSISTENCY}: the journal begins with all that an earlier checkpoint covers", self._history
        yield "no file is missing, and none was added", self._files
        yield from self._table_checks()
        if self.options:
            yield f"{DESCRIPTOR}: bytes, hashes and columns of each table", self._descriptor
        if SUMS in names:
            yield f"{SUMS}: the hash of every file", self._sums
        yield "signatures" if self._says_signed() else "nothing says that it was signed", self._signatures

    def _table_checks(self) -> Iterator[Check]:
        if self._package is None or not self._readable:
            yield "tables", self._no_tables
            return
        yield "the rates fit together", self._rates
        for name, layout in TABLES.items():
            if name in self.folder.names and (name != VALUED or rates_file(self.folder)):
                what = (
                    "the rates that the amounts were made with" if name == RATES else "every cell as the journal has it"
                )
                yield f"{name}: {what}", partial(table_problems, self._package, name, layout)

    def summary(self) -> Iterator[str]:
        """What the package is, once no problem was found."""
        if self.note is None or self.options is None:
            return
        yield f"book         {self.note.head.origin}"
        yield f"entries      {self.note.head.size}"
        yield f"root         {self.note.head.root_text}"
        if self._earlier:
            yield f"continues    {count(self._earlier[0].head.size, 'entry', 'entries')} of an earlier checkpoint"
        if self.signer is None:
            yield "signed by    nobody: it agrees with itself, and anybody can have made it"
            return
        yield f"signed by    {self.signer.name} {self.signer.fingerprint}"
        if self._key is None:
            yield "             Compare this fingerprint with the one you were told by another way, or use --key."
        yield "             What no signature can say: whether what was recorded is true, or was ever recorded."

    # One method for each check

    def _options(self) -> Iterator[Problem]:
        try:
            self.options = options_of(self.folder.text(DESCRIPTOR))
        except Unsound as error:
            yield DESCRIPTOR, f"{error}; no table can be computed without it"

    def _journal(self) -> Iterator[Problem]:
        if self.options is None:
            return
        replay = Replay(self.options, self._sizes())
        self._readable = True
        for number, line in lines_of(self.folder.file(JOURNAL)):
            place = f"{JOURNAL} line {number}"
            try:
                entry = sound_entry(line)
            except Unsound as error:
                self._readable = False
                yield place, str(error)
            else:
                yield from ((place, said) for said in replay.add(entry))
        if not replay.tree.size:
            self._readable = False
            yield JOURNAL, "holds no entry"
        self._package = Package(self.folder.path, self.options, replay, {})

    def _sizes(self) -> set[int]:
        """How many entries those trees have whose roots are compared."""
        notes = [self._own]
        for name in (CHECKPOINT, CONSISTENCY):
            try:
                notes.append(self._read_earlier()[0] if name == CONSISTENCY else self._read_note())
            except Unsound:
                continue  # said where it is checked
        since = self.options.since if self.options else None
        return {note.head.size for note in notes if note} | ({since} if since else set())

    def _read_note(self) -> Note:
        self.note = note_of(self.folder.text(CHECKPOINT))
        return self.note

    def _read_earlier(self) -> tuple[Note, list[bytes]]:
        """The earlier checkpoint, and the hashes that prove the journal to continue it."""
        proof, _, note = self.folder.text(CONSISTENCY).partition("\n\n")
        first, *path = proof.split("\n")
        self._earlier = note_of(note), [hash_of(line) for line in path]
        if first != f"old {self._earlier[0].head.size}":
            raise Unsound("does not begin with the size of the checkpoint in it")
        return self._earlier

    def _head(self) -> Iterator[Problem]:
        try:
            head = self._read_note().head
        except Unsound as error:
            yield CHECKPOINT, str(error)
            return
        if self._package is None or self.options is None:
            return
        yield from self._same_head(head, self._package.replay)
        said = {"book": head.origin, "entries": head.size, "root": head.root_text}
        for name, value in said.items():
            if self.options.said.get(name) != value:
                yield DESCRIPTOR, f"{name} is {self.options.said.get(name)!r}, and {CHECKPOINT} says {value!r}"

    def _same_head(self, head: Head, replay: Replay) -> Iterator[Problem]:
        size = replay.tree.size
        if head.origin != replay.book:
            yield CHECKPOINT, f"is one of the book {head.origin!r}, and {JOURNAL} of {replay.book!r}"
        if size > head.size:
            yield f"{JOURNAL} line {head.size + 1}", f"is beyond the {head.size} entries of {CHECKPOINT}"
        if size < head.size:
            yield f"{JOURNAL} line {size + 1}", f"is missing: {CHECKPOINT} is of {head.size} entries, here are {size}"
        if self._readable and replay.roots.get(head.size, head.root) != head.root:
            yield from leaf_problems(self.folder)
            root = Head(head.origin, size, replay.roots[head.size]).root_text
            yield CHECKPOINT, f"has the root {head.root_text}, and the first {head.size} lines of {JOURNAL} have {root}"

    def _own_history(self) -> Iterator[Problem]:
        """The auditor's checkpoint is one of this journal, whatever earlier one the package was made with."""
        if self._own is None:
            return
        if self._package is None:
            yield JOURNAL, "cannot be read, and so not be compared with your checkpoint"
            return
        head, replay = self._own.head, self._package.replay
        yield from ((JOURNAL, said) for said in self._begins_with(head, "your checkpoint", replay))
        try:
            signer = signer_allowed(self.folder.text(SIGNERS))
        except Unsound:
            return  # said with the signatures, if it was signed at all
        try:
            signs_note(signer, self._own.text, self._own.signatures)
        except Unsound as error:
            yield "your checkpoint", str(error)

    def _history(self) -> Iterator[Problem]:
        try:
            note, path = self._read_earlier()
        except Unsound as error:
            yield CONSISTENCY, str(error)
            return
        if self._package is None or self.note is None or self.options is None:
            return
        head, replay = note.head, self._package.replay
        yield from ((CONSISTENCY, said) for said in self._begins_with(head, "the checkpoint in it", replay))
        if not continues(head.size, self.note.head.size, (head.root, self.note.head.root), path):
            yield CONSISTENCY, f"its hashes do not prove that {CHECKPOINT} continues the one in it (RFC 9162, 2.1.4.2)"
        if self.options.said["since"] != {"size": head.size, "root": head.root_text}:
            yield CONSISTENCY, f"is of another checkpoint than {DESCRIPTOR} names under since"

    def _begins_with(self, head: Head, whose: str, replay: Replay) -> Iterator[str]:
        if head.origin != replay.book:
            yield f"{whose} is one of the book {head.origin!r}, and {JOURNAL} of {replay.book!r}"
        elif head.size > replay.tree.size:
            yield f"{whose} is of {head.size} entries, and {JOURNAL} has {replay.tree.size}"
        elif replay.roots[head.size] != head.root:
            root = Head(head.origin, head.size, replay.roots[head.size]).root_text
            yield (
                f"{whose} has the root {head.root_text}, and the first {head.size} lines of {JOURNAL} have {root}:"
                " something that was recorded by then was changed since"
            )

    def _rates(self) -> Iterator[Problem]:
        if self._package:
            name = rates_file(self.folder)
            rates: dict[tuple[str, str], RateRow] = {}
            if name is None:
                yield RATES, f"is missing: what the lines of {VALUED} are worth cannot be computed"
                return
            yield from read_rates(self.folder.file(name), self._package.options, rates)
            self._package = self._package._replace(rates=rates)

    def _no_tables(self) -> Iterator[Problem]:
        yield "tables", f"cannot be computed, since {JOURNAL} or {DESCRIPTOR} cannot be read"

    def _descriptor(self) -> Iterator[Problem]:
        if self.options:
            yield from descriptor_problems(self.folder, self.options)

    def _due(self) -> list[str]:
        return files_due(self.options, signed=self._says_signed())

    def _files(self) -> Iterator[Problem]:
        return foreign_files(self.folder, self._due())

    def _sums(self) -> Iterator[Problem]:
        try:
            yield from sum_problems(self.folder, self._due())
        except Unsound as error:
            yield SUMS, str(error)

    def _says_signed(self) -> bool:
        """Whether anything in the package says that somebody signed it."""
        said = self.options is not None and self.options.said.get("signed_by") is not None
        noted = self.note is not None and bool(self.note.signatures)
        return said or noted or bool({SIGNATURE, SIGNERS} & self.folder.names)

    def _signatures(self) -> Iterator[Problem]:
        if not self._says_signed():
            if self._key:
                yield "the package", f"is not signed, and should be by {self._key.fingerprint}"
            return
        try:
            self.signer = signer_allowed(self.folder.text(SIGNERS))
        except Unsound as error:
            yield SIGNERS, str(error)
            return
        if self._key and self._key.fingerprint != self.signer.fingerprint:
            yield (
                SIGNERS,
                f"the package is signed by {self.signer.fingerprint}, and you were told {self._key.fingerprint}",
            )
        yield from self._signed_sums(self.signer)
        yield from self._signed_head(self.signer)
        told = {"name": self.signer.name, "fingerprint": self.signer.fingerprint}
        if self.options and self.options.said.get("signed_by") != told:
            yield DESCRIPTOR, f"signed_by is not {told}, whose key is in {SIGNERS}"

    def _signed_sums(self, signer: Signer) -> Iterator[Problem]:
        try:
            sums = self.folder.text(SUMS)
            public = signer_of_file(self.folder.text(SIGNATURE), sums.encode())
        except Unsound as error:
            yield f"{SUMS}, {SIGNATURE}", str(error)
            return
        if public != signer.public:
            mine = Signer(signer.name, public)
            yield SIGNERS, f"names the key {signer.fingerprint}, and {SIGNATURE} is by {mine.fingerprint}"

    def _signed_head(self, signer: Signer) -> Iterator[Problem]:
        if self.note is None:
            return
        try:
            if not signs_note(signer, self.note.text, self.note.signatures):
                yield CHECKPOINT, f"is not signed by {signer.name}, whose key is in {SIGNERS}"
            elif len(self.note.signatures) > 1:
                yield CHECKPOINT, f"has {len(self.note.signatures)} signatures, and a package has one"
        except Unsound as error:
            yield CHECKPOINT, str(error)
