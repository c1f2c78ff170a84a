"""The one door: a bank's file of any of these formats, told by what is in it, and the statements it holds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.bank import camt053, mt940, table
from ledger.formats.mapped.map import Map
from ledger.formats.mapped.read import is_workbook
from ledger.formats.opened import MEBIBYTE, opened
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.reconcile.statement import BankFile, Statement, once, refuse_unclosed

LARGEST = 512 * MEBIBYTE
_HEAD = 4096  # bytes by which a format is told


def read(path: Path, mapping: Map | None = None) -> BankFile:
    """The statements of a file, each of which adds up; a map says that it is a table.

    Raises :class:`InputError` for what is no statement, and :class:`~ledger.errors.Refusal` for one whose opening
    balance and entries do not make its closing balance.
    """
    try:
        head, sha256 = _looked_at(path)
        statements = _statements(path, head, mapping)
    except InputError as error:
        why = error.message
        if not why.startswith(f"{path} "):
            why = message("{path} cannot be read: {reason}", path=cleaned(str(path)), reason=why)
        raise InputError(why, hint=error.hint) from None
    for statement in statements:
        refuse_unclosed(statement)
    return BankFile(path.name, sha256, tuple(once(statements)))


def _looked_at(path: Path) -> tuple[bytes, str]:
    """How a file begins, and its hash."""
    digest, head, size = hashlib.sha256(), b"", 0
    with opened(path) as file:
        while piece := file.read(MEBIBYTE):
            head = head or piece[:_HEAD]
            size += len(piece)
            digest.update(piece)
            if size > LARGEST:
                raise InputError("it is larger than {most} MiB", most=LARGEST // MEBIBYTE)
    if not head:
        raise InputError("it is empty")
    return head, digest.hexdigest()


def _statements(path: Path, head: bytes, mapping: Map | None) -> list[Statement]:
    if _is_xml(head):
        if mapping is not None:
            raise InputError("a camt.053 file takes no map: leave --map out")
        return camt053.read(path)
    if mapping is not None or is_workbook(path):
        return table.read(path, mapping)
    if mt940.BEGINS.search(head):
        return mt940.read(path)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("it is no statement that is read here: camt.053 (XML), MT940, or a table", hint=_HINT)
    try:
        return table.read(path)
    except InputError as error:
        raise InputError(error.message, hint=error.hint or _HINT) from None


def _is_xml(head: bytes) -> bool:
    """Whether a file begins as XML does, in UTF-8 or in UTF-16, which expat reads as well."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore").lstrip().startswith("<")
    return head.startswith(b"\0<") or head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


_HINT = message(
    "camt.053 and MT940 are recognised by themselves; a table has the ledger's own columns, or --map MAP.toml"
)
