"""Signatures of files as OpenSSH makes and checks them (PROTOCOL.sshsig): ``ssh-keygen -Y verify`` takes them."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha512

from ledger.signing.key import TYPE, Key, PublicKey, ssh_string

NAMESPACE = "file"
"""What a signature is for, so that none made for something else passes: what ``ssh-keygen -Y sign -n file`` says."""

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_WIDTH = 70


def sign(message: bytes, key: Key, namespace: str = NAMESPACE) -> str:
    """The armoured signature of a file's bytes, the very text that ``ssh-keygen -Y sign`` makes with this key."""
    meant = ssh_string(namespace.encode()) + ssh_string(b"") + ssh_string(b"sha512")
    signature = key.sign(_MAGIC + meant + ssh_string(sha512(message).digest()))
    signed = ssh_string(ssh_string(TYPE.encode()) + ssh_string(signature))
    blob = _MAGIC + _VERSION + ssh_string(key.public.blob) + meant + signed
    text = b64encode(blob).decode()
    lines = [text[place : place + _WIDTH] for place in range(0, len(text), _WIDTH)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def allowed_signers(key: PublicKey) -> str:
    """The line, with its line break, by which ``ssh-keygen -Y verify -f`` knows the key, for files alone."""
    return f'{key.name} namespaces="{NAMESPACE}" {key.ssh_line.rpartition(" ")[0]}\n'
