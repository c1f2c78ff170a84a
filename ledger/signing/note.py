"""Signed notes (C2SP signed-note): text, an empty line, and a line for each signature.

What is signed is the text with its last line break. A signature names its key by name and by four bytes of a hash;
those of keys that are not known say nothing, and are kept as names. One that a known key did not make is a refusal.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.errors import InputError, Refusal
from ledger.message import counted
from ledger.signing.key import Key, PublicKey

LONGEST = 2**20
"""Characters of a note."""

MOST_SIGNATURES = 100

_DASH = "\u2014 "  # an em dash
_UNFIT = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_ID = 4
_SHOWN = 100  # characters of a name that nobody here knows


@dataclass(frozen=True, slots=True)
class Opened:
    """The text of a note; the known keys that signed it, each once; the names of the others that say they did."""

    text: str
    signed_by: tuple[PublicKey, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Signature:
    name: str
    id: bytes
    signature: bytes

    def is_of(self, key: PublicKey) -> bool:
        """Whether it says that it is of this key."""
        return (self.name, self.id) == (key.name, key.note_id)


def sign(text: str, key: Key) -> str:
    """The whole note: the text, which ends with a line break, signed. Raises :class:`InputError` for unfit text."""
    _refuse_unfit(text)
    signature = b64encode(key.public.note_id + key.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{key.name} {signature}\n"


def opened(note: str, known: Iterable[PublicKey]) -> Opened:
    """Read a note, and check the signatures of the known keys. Text without an empty line is a note nobody signed.

    Raises :class:`InputError` for what is no note, and :class:`Refusal` for a signature that a known key did not make.
    """
    _refuse_unfit(note)
    text, blank, lines = note.rpartition("\n\n")
    if not blank:
        return Opened(note, (), ())
    text, keys = f"{text}\n", tuple(known)
    signed_by: dict[PublicKey, None] = {}
    others: dict[str, None] = {}
    for each in _signatures(lines):
        named = [key for key in keys if each.is_of(key)]
        if named and not any(key.verify(each.signature, text.encode()) for key in named):
            raise Refusal(
                "the signature of {name} is not of this text: the text was altered, or the signature", name=each.name
            )
        signed_by |= dict.fromkeys(named)
        others |= {} if named else {each.name: None}
    return Opened(text, tuple(signed_by), tuple(others))


def _signatures(lines: str) -> Iterator[_Signature]:
    found = lines.removesuffix("\n").split("\n")
    if len(found) > MOST_SIGNATURES:
        raise InputError(
            counted(
                "this note has {count} signature, and {most} are the most that are read",
                "this note has {count} signatures, and {most} are the most that are read",
                count=len(found),
                most=MOST_SIGNATURES,
            )
        )
    for line in found:
        name, blank, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not blank or not name or "+" in name or any(map(str.isspace, name)):
            raise InputError("this is no signed note: below its last empty line stand signatures, and nothing else")
        yield _Signature(name, *_parted(encoded, name))


def _parted(encoded: str, name: str) -> tuple[bytes, bytes]:
    try:
        data = b64decode(encoded, validate=True)
    except ValueError:
        data = b""
    if len(data) <= _ID or b64encode(data).decode() != encoded:
        raise InputError("the signature of {name} is not in base64 as it has to be written", name=name[:_SHOWN])
    return data[:_ID], data[_ID:]


def _refuse_unfit(text: str) -> None:
    if len(text) > LONGEST:
        raise InputError("this is no signed note: it has more than {longest} characters", longest=LONGEST)
    if not text.endswith("\n") or _UNFIT.search(text):
        raise InputError("this is no signed note: it is text that ends with a line break, without control characters")
