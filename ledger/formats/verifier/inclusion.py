"""One entry by itself: a proof (C2SP tlog-proof) that its line is in the journal, without the rest of the journal."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple, Optional

from ledger.formats.verifier.entries import sound_entry
from ledger.formats.verifier.hashes import SIGNERS, Folder, folder_of
from ledger.formats.verifier.heads import Note, note_of
from ledger.formats.verifier.merkle import leaf_of, root_by_inclusion
from ledger.formats.verifier.signatures import Signer, Told, hash_of, signer_allowed, signs_note
from ledger.formats.verifier.words import Problem, Unsound

PROOF = ".tlog-proof"
_LONGEST_PATH = 64


class Proof(NamedTuple):
    """Which leaf of the tree it is, from 0, the hashes up to the root, and the checkpoint of that."""

    leaf: int
    path: list[bytes]
    note: Note


def proof_of(text: str) -> Proof:
    """The proof that a file holds."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Unsound("is no proof of the form c2sp.org/tlog-proof@v1")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    found = re.fullmatch(r"index (0|[1-9][0-9]{0,17})", lines.pop(0) if lines else "")
    if not found or len(lines) > _LONGEST_PATH:
        raise Unsound("names no entry, or too many hashes")
    return Proof(int(found[1]), [hash_of(line) for line in lines], note_of(note))


class Inclusion:
    """A proof, and the entry beside it."""

    def __init__(self, path: str, key: Optional[Told] = None) -> None:
        self._folder: Folder = folder_of(os.path.dirname(path) or ".")
        self._name = os.path.basename(path)
        self._entry = self._name[: -len(PROOF)] + ".json"
        self._key = key
        self.proof: Optional[Proof] = None
        self.signer: Optional[Signer] = None

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the entry, the proof or the signature of its checkpoint."""
        try:
            self.proof = proof_of(self._folder.text(self._name))
        except Unsound as error:
            yield self._name, str(error)
            return
        yield from self._included(self.proof)
        yield from self._signed(self.proof)

    def proven(self) -> str:
        """Which entry it is, once no problem was found."""
        return f"{self._entry} is entry {self.proof.leaf + 1} of {self.proof.note.head.size}" if self.proof else ""

    def summary(self) -> Iterator[str]:
        """In what log and by whose word, once no problem was found."""
        if self.proof and self.signer:
            head = self.proof.note.head
            yield f"book         {head.origin}"
            yield f"root         {head.root_text}"
            yield f"signed by    {self.signer.name} {self.signer.fingerprint}"
            if self._key is None:
                yield "             Compare this fingerprint with the one you were told by another way, or use --key."

    def _included(self, proof: Proof) -> Iterator[Problem]:
        head = proof.note.head
        try:
            line = self._folder.text(self._entry).encode()
            entry = sound_entry(line + b"\n")
        except Unsound as error:
            yield self._entry, str(error)
            return
        if (entry.number, entry.book) != (proof.leaf + 1, head.origin):
            yield (
                self._entry,
                f"is entry {entry.number} of {entry.book!r}, the proof of {proof.leaf + 1} of {head.origin!r}",
            )
        if root_by_inclusion(leaf_of(line), proof.leaf, head.size, proof.path) != head.root:
            yield self._entry, f"is not the entry that {self._name} proves: the hashes do not lead to the root"

    def _signed(self, proof: Proof) -> Iterator[Problem]:
        signer = self._key.signer if self._key else None
        if signer is None:
            try:
                signer = signer_allowed(self._folder.text(SIGNERS))
            except Unsound as error:
                yield SIGNERS, f"{error}: without a key nothing is proved (--key NAME+ID+KEY names one)"
                return
        if self._key and self._key.fingerprint != signer.fingerprint:
            yield SIGNERS, f"is of the key {signer.fingerprint}, and you were told {self._key.fingerprint}"
        try:
            if not signs_note(signer, proof.note.text, proof.note.signatures):
                yield self._name, f"its checkpoint is not signed by {signer.name} {signer.fingerprint}"
        except Unsound as error:
            yield self._name, str(error)
        self.signer = signer
