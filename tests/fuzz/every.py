"""Every reader there is, and the modules that read and need none."""

from __future__ import annotations

from tests.fuzz import files, packages, proofs, words
from tests.fuzz.reader import Reader

READERS: tuple[Reader, ...] = (*files.READERS, *words.READERS, *proofs.READERS, *packages.READERS)

BY_NAME = {reader.name: reader for reader in READERS}
