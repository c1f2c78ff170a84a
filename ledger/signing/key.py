"""Keys: a private one that signs, in OpenSSH's format, and the public ones that others check signatures by.

Keys are Ed25519 (RFC 8032). The name of a key is part of every signature's line; it stands in the ``.pub`` file beside
the private one, as ``ssh-keygen`` writes comments.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import unicodedata
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ledger.errors import InputError, LedgerError, Refusal
from ledger.message import message

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TYPE = "ssh-ed25519"
RAW_BYTES = 32
LONGEST_NAME = 100
"""Characters of a key's name."""

_ED25519 = b"\x01"  # the type of a signed note's signature
_PATTERN = frozenset("+,*?!\"'#\\")  # what would part a verifier, or be a pattern in OpenSSH's allowed_signers
_PRIVATE = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_LONGEST_FILE = 2**16
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NO_FILE = {
    stat.S_IFDIR: message("a folder holds no key"),
    stat.S_IFIFO: message("a pipe holds no key"),
    stat.S_IFSOCK: message("a socket holds no key"),
}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key: its name, one word, and its 32 bytes as RFC 8032 writes them."""

    name: str
    raw: bytes

    def __post_init__(self) -> None:
        _refuse_name(self.name)
        if len(self.raw) != RAW_BYTES:
            raise InputError(
                "an Ed25519 key has {expected} bytes, and that of {name} has {found}",
                expected=RAW_BYTES,
                name=self.name,
                found=len(self.raw),
            )

    @property
    def blob(self) -> bytes:
        """The key as SSH sends it (RFC 8709)."""
        return ssh_string(TYPE.encode()) + ssh_string(self.raw)

    @property
    def fingerprint(self) -> str:
        """What people compare, as ``ssh-keygen -l`` prints it: ``SHA256:...``."""
        return f"SHA256:{b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip('=')}"

    @property
    def ssh_line(self) -> str:
        """The key as a line of a ``.pub`` file, without a line break: ``ssh-ed25519 AAAA... name``."""
        return f"{TYPE} {b64encode(self.blob).decode()} {self.name}"

    @property
    def note_id(self) -> bytes:
        """The four bytes by which a signed note names the key, together with its name."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    @property
    def verifier(self) -> str:
        """The key as readers of signed notes take it: name, id and key, with ``+`` between."""
        return f"{self.name}+{self.note_id.hex()}+{b64encode(_ED25519 + self.raw).decode()}"

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature of 64 bytes is this key's, of this message."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only who checks signatures pays
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a verifier, a line of a ``.pub`` file, or a line of ``allowed_signers``.

        Raises :class:`InputError` for anything else, and for keys that are not Ed25519.
        """
        words = text.split() if len(text) <= _LONGEST_FILE else []
        if TYPE in words:
            return cls._of_ssh(words)
        if any(word.startswith(("ssh-", "ecdsa-", "sk-")) for word in words[:3]):
            raise InputError("this public key is not Ed25519: it begins with {type}", type=TYPE)
        if len(words) == 1 and words[0].count("+") >= 2:  # noqa: PLR2004 - name, id, key; base64 has `+` too
            return cls._of_verifier(words[0])
        raise InputError(
            "this is no public key: neither a verifier, name+id+key, nor a line that begins with {type}",
            type=TYPE,
            hint="aidledger key show",
        )

    @classmethod
    def _of_ssh(cls, words: list[str]) -> Self:
        place = words.index(TYPE)
        named = words[:1] if place else words[place + 2 :]
        prefix = cls("key", bytes(RAW_BYTES)).blob[:-RAW_BYTES]
        blob = _base64(words[place + 1]) if place + 1 < len(words) else b""
        if not blob.startswith(prefix) or len(blob) != len(prefix) + RAW_BYTES:
            raise InputError("what follows {type} is no key of that kind", type=TYPE)
        if len(named) != 1:
            raise InputError(
                "a public key has a name of one word at the end of its line, and this has {words}", words=len(named)
            )
        return cls(named[0], blob[-RAW_BYTES:])

    @classmethod
    def _of_verifier(cls, text: str) -> Self:
        name, _, encoded = text.split("+", 2)
        data = _base64(encoded)
        if data[:1] != _ED25519:
            raise InputError("the verifier of {name} is not of an Ed25519 key", name=ascii(name[:LONGEST_NAME]))
        found = cls(name, data[1:])
        if found.verifier != text:
            raise InputError(
                "the verifier of {name} is not whole: its id is not that of its name and key",
                name=ascii(name[:LONGEST_NAME]),
            )
        return found


@dataclass(frozen=True, slots=True)
class Key:
    """A private key with its public half. Its bytes are never shown."""

    public: PublicKey
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The key's name."""
        return self.public.name

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes: the same message has the same signature."""
        return self._private.sign(message)


def create(path: Path, name: str) -> Key:
    """Make a key: the private half in ``path``, for its owner alone, the public one, with its name, in ``path.pub``.

    The public half is written last, and without it the private one is not taken for a key. Raises
    :class:`InputError` for a name that is not one word, :class:`Refusal` where something is there already.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only who makes a key pays
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above

    try:
        _refuse_name(name)
    except InputError as error:
        raise InputError(error.message, hint=f"aidledger key create {_likely(name)}") from None
    private = Ed25519PrivateKey.generate()
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    made = Key(PublicKey(name, private.public_key().public_bytes_raw()), private)
    _write_both(path, private.private_bytes(*encoding), f"{made.public.ssh_line}\n".encode())
    return made


def load(path: Path) -> Key:
    """The key in a file that only its owner may read, with the name that the file ``.pub`` beside it gives.

    Raises :class:`Refusal` where it is missing, no file, no private key of OpenSSH's, readable by others, encrypted or
    not Ed25519.
    """
    data, mode = _read(path, "aidledger key create")
    _refuse_other(path, data)
    if os.name == "posix" and mode & _OTHERS:
        raise Refusal(
            "{path} is open to others (mode {mode}): no key signs so",
            path=path,
            mode=f"{mode & 511:04o}",
            hint=f"chmod 600 {path}",
        )
    return _private(path, data)


def public_half(path: Path) -> PublicKey:
    """The public half of the key in a file that holds either. It signs nothing: who else may read it is no matter.

    Raises :class:`InputError` where it is missing, no file, or no key.
    """
    try:
        data, _ = _read(path, message("--trust NAME+ID+KEY takes a key without a file"))
        return _private(path, data).public if _PRIVATE in data else PublicKey.read(data.decode(errors="replace"))
    except LedgerError as error:
        if str(path) in error.message:
            raise InputError(error.message, hint=error.hint) from None
        raise InputError("{path}: {reason}", path=path, reason=error.message, hint=error.hint) from None


def ssh_string(data: bytes) -> bytes:
    """Bytes with their length before them, as SSH writes them (RFC 4251, section 5)."""
    return struct.pack(">I", len(data)) + data


def _private(path: Path, data: bytes) -> Key:
    """The key that a file holds, with the name beside it."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only who signs pays
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415 - as above

    try:
        private = load_ssh_private_key(data, None)
    except TypeError:
        raise Refusal(
            "{path} is encrypted: keys with a passphrase are not supported",
            path=path,
            hint=message("ssh-keygen -p -N '' -f {path}, or --key with another key", path=path),
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _no_private(path) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise Refusal(
            "{path} is not an Ed25519 key, and only those sign here",
            path=path,
            hint="aidledger key create",
        )
    return Key(_public_beside(path, private.public_key().public_bytes_raw()), private)


def _refuse_other(path: Path, data: bytes) -> None:
    """Refuse what holds no private key, before anybody is told to change who may read it."""
    if _PRIVATE in data:
        return
    try:
        PublicKey.read(data.decode(errors="replace"))
    except InputError:
        raise _no_private(path) from None
    hint: str = message("--key with the private one's file")
    if path.suffix == ".pub":
        hint = f"--key {path.with_suffix('')}"
    raise Refusal("{path} is a public key, and only a private one signs", path=path, hint=hint)


def _no_private(path: Path) -> Refusal:
    return Refusal("{path} is no private key in OpenSSH's format", path=path, hint="aidledger key create")


def _public_beside(path: Path, raw: bytes) -> PublicKey:
    beside = Path(f"{path}.pub")
    try:
        data, _ = _read(beside, message("ssh-keygen -y -f {path}, and a name after it", path=path))
        found = PublicKey.read(data.decode(errors="replace"))
    except InputError as error:
        raise Refusal(
            "{path}: {reason}", path=beside, reason=error.message, hint=message("its line is: ssh-ed25519 KEY NAME")
        ) from None
    if found.raw != raw:
        raise Refusal(
            "{public} is not the public half of {private}",
            public=beside,
            private=path,
            hint=f"ssh-keygen -y -f {path}",
        )
    return found


def _read(path: Path, hint: str) -> tuple[bytes, int]:
    """The bytes of a key's file, and its mode. Where it is missing, the hint says what to do.

    What it is comes first: a pipe would be waited for, and a device might never end.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise Refusal(
                "{path} is no file: {reason}",
                path=path,
                reason=_NO_FILE.get(stat.S_IFMT(mode), message("a device holds no key")),
            )
        with path.open("rb") as file:
            data = file.read(_LONGEST_FILE + 1)
    except FileNotFoundError:
        raise Refusal("there is no key at {path}", path=path, hint=hint) from None
    except OSError as error:
        raise Refusal("{path} cannot be read: {reason}", path=path, reason=error.strerror) from error
    if len(data) > _LONGEST_FILE:
        raise Refusal("{path} is no key: it is too large", path=path)
    return data, mode


def _write_both(path: Path, private: bytes, public: bytes) -> None:
    beside = Path(f"{path}.pub")
    for each in (path, beside):
        if each.is_symlink() or each.exists():
            raise Refusal(
                "{path} is there already, and a key is never replaced",
                path=each,
                hint=message("aidledger key show, or another --key"),
            )
    try:
        for folder in reversed([each for each in path.parents if not each.exists()]):
            folder.mkdir(mode=0o700)
        _write_new(path, private, 0o600)
        try:
            _write_new(beside, public, 0o644)
        except BaseException:
            path.unlink()
            raise
    except OSError as error:
        raise Refusal("{path} cannot be made: {reason}", path=path, reason=error.strerror) from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is not there yet, whole or not at all."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _refuse_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or name.startswith("-"):
        raise InputError(
            "the name of a key has 1 to {longest} characters, and does not begin with a dash", longest=LONGEST_NAME
        )
    for each in name:
        if each.isspace() or each in _PATTERN or unicodedata.category(each).startswith("C"):
            raise InputError(
                "the name of a key is one word, without {sign}: {name}",
                sign=ascii(each),
                name=ascii(name),
                hint="ada@example.org",
            )


def _likely(name: str) -> str:
    """A name that a key may have, made from one that it may not; ``NAME`` where nothing is left of that.

    >>> _likely("Ada Lovelace"), _likely("+")
    ('ada.lovelace', 'NAME')
    """
    found = re.sub(r"[^\w@:/-]+", ".", name.lower()[:LONGEST_NAME]).strip(".-")
    return found if any(map(str.isalnum, found)) else "NAME"


def _base64(text: str) -> bytes:
    """The bytes that standard base64 writes so, and none where nothing is written so."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        return b""
    return found if b64encode(found).decode() == text else b""
