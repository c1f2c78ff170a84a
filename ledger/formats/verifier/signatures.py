"""Keys and signatures: the note of a checkpoint (C2SP signed-note) and the signature of a file (OpenSSH's SSHSIG)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import NamedTuple, Optional

from ledger.formats.verifier.ed25519 import ed25519_verifies
from ledger.formats.verifier.words import Unsound, shown

_KEY_TYPE = b"ssh-ed25519"
_ARMOUR = ("-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n")
_COLUMNS = 70
_NAME = r"[^\s+]+"


class Signer(NamedTuple):
    """Whose key it is, and the key: 32 bytes."""

    name: str
    public: bytes

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, as ``ssh-keygen -l`` prints it."""
        digest = hashlib.sha256(_string(_KEY_TYPE) + _string(self.public)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    @property
    def key_id(self) -> bytes:
        """The four bytes that a note's signature names the key by."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    @property
    def verifier(self) -> str:
        """The name, the id and the key in one word, as ``aidledger key show`` prints it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"


def decoded(text: str) -> bytes:
    """What Base64 stands for, if it is the one way to write that."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Unsound(f"{shown(text)} is no Base64") from None
    if base64.b64encode(data).decode() != text:
        raise Unsound(f"{shown(text)} is no Base64")
    return data


def hash_of(text: str) -> bytes:
    """A hash of 32 bytes in Base64."""
    data = decoded(text)
    if len(data) != 32:
        raise Unsound(f"{shown(text)} is no hash of 32 bytes")
    return data


def signer_allowed(text: str) -> Signer:
    """The one key of a file ``allowed_signers``, as ``ssh-keygen -Y verify`` reads it."""
    found = re.fullmatch(rf'({_NAME}) namespaces="file" ssh-ed25519 (\S+)\n', text)
    if not found:
        raise Unsound('is no line NAME namespaces="file" ssh-ed25519 KEY')
    return Signer(found[1], _ssh_key(decoded(found[2])))


def signer_typed(text: str) -> Signer:
    """The key that a word NAME+ID+KEY stands for."""
    found = re.fullmatch(rf"({_NAME})\+([0-9a-f]{{8}})\+(\S+)", text)
    data = decoded(found[3]) if found else b""
    if not found or len(data) != 33 or data[0] != 1:
        raise Unsound(f"{shown(text)} is no key: NAME+ID+KEY, or a fingerprint SHA256:...")
    signer = Signer(found[1], data[1:])
    if signer.key_id.hex() != found[2]:
        raise Unsound(f"{shown(text)} is mistyped: the key's id is {signer.key_id.hex()}")
    return signer


def opened(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """What a note says, and its signatures: each with a name, four bytes of a key's id, and the rest."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank:
        return note, []
    signatures = []
    for line in lines.split("\n")[:-1]:
        found = re.fullmatch(rf"\u2014 ({_NAME}) (\S+)", line)
        if not found or len(signature := decoded(found[2])) < 5:
            raise Unsound(f"{shown(line)} is no signature of a note")
        signatures.append((found[1], signature))
    if not signatures or not lines.endswith("\n"):
        raise Unsound("does not end with its signatures")
    return text + "\n", signatures


def signs_note(signer: Signer, text: str, signatures: list[tuple[str, bytes]]) -> bool:
    """Whether this key signed a note. A signature in its name that is wrong is :class:`Unsound`."""
    mine = [each[4:] for name, each in signatures if name == signer.name and each[:4] == signer.key_id]
    if not all(ed25519_verifies(signer.public, text.encode(), each) for each in mine):
        raise Unsound(f"the signature by {signer.name} is not one of this text")
    return bool(mine)


def signer_of_file(armoured: str, message: bytes) -> bytes:
    """The key, 32 bytes, that signed a file; ``armoured`` is what ``ssh-keygen -Y sign -n file`` writes."""
    lines = armoured[len(_ARMOUR[0]) : -len(_ARMOUR[1])]
    blob = decoded(lines.replace("\n", ""))
    if armoured != armour(blob):
        raise Unsound("the signature is none as ssh-keygen writes it")
    fields = _Fields(blob)
    if fields.take(6) != b"SSHSIG" or fields.take(4) != b"\0\0\0\1":
        raise Unsound("the signature is no SSHSIG of version 1")
    public = _ssh_key(fields.string())
    namespace, reserved, hashed = fields.string(), fields.string(), fields.string()
    signature = _Fields(fields.string())
    kind, value = signature.string(), signature.string()
    if namespace != b"file" or reserved or hashed not in {b"sha512", b"sha256"} or kind != _KEY_TYPE:
        raise Unsound("the signature is no Ed25519 one of the namespace 'file'")
    if fields.rest or signature.rest:
        raise Unsound("the signature goes on after its end")
    digest = hashlib.new(hashed.decode(), message).digest()
    signed = b"SSHSIG" + _string(namespace) + _string(reserved) + _string(hashed) + _string(digest)
    if not ed25519_verifies(public, signed, value):
        raise Unsound("the signature is not one of this list: one of the two was changed")
    return public


def armour(blob: bytes) -> str:
    """A signature as OpenSSH writes it into a file."""
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + _COLUMNS] + "\n" for start in range(0, len(text), _COLUMNS)]
    return _ARMOUR[0] + "".join(lines) + _ARMOUR[1]


class _Fields:
    """Fields of an SSH message: strings begin with their length in four bytes."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, length: int) -> bytes:
        found, self.rest = self.rest[:length], self.rest[length:]
        if len(found) != length:
            raise Unsound("ends too early")
        return found

    def string(self) -> bytes:
        return self.take(int.from_bytes(self.take(4), "big"))


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _ssh_key(blob: bytes) -> bytes:
    fields = _Fields(blob)
    kind, public = fields.string(), fields.string()
    if kind != _KEY_TYPE or len(public) != 32 or fields.rest:
        raise Unsound("holds no Ed25519 key")
    return public


class Told(NamedTuple):
    """The key that the auditor was told by another way: the whole of it, or its fingerprint."""

    fingerprint: str
    signer: Optional[Signer] = None


def told(text: str) -> Told:
    """The key that somebody typed."""
    if re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", text):
        return Told(text)
    signer = signer_typed(text)
    return Told(signer.fingerprint, signer)
