"""Keys that tests sign with, always the same ones, and OpenSSH's own program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.signing.key import Key, PublicKey

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is missing: apt install openssh-client"
)


def key_of(name: str, seed: int) -> Key:
    """The key whose private half is this byte, 32 times."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Key(PublicKey(name, private.public_key().public_bytes_raw()), private)


def ssh_keygen(*words: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """What ``ssh-keygen`` says to these words, with this on its standard input."""
    return subprocess.run(["ssh-keygen", *map(str, words)], input=given, capture_output=True, check=False, timeout=60)


ADA, BOB, EVE = key_of("ada@example.org", 1), key_of("bob", 2), key_of("bob", 3)
"""Ada, Bob, and another who calls himself Bob."""
