"""Identifiers: what an activity is known by to everybody, made of who reports and the pledge's own id."""

from __future__ import annotations

import re
from hashlib import sha256

from ledger.formats.iati.activity import identifier as read_back
from ledger.formats.iati.propose import NAME

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_ORGANISATION = re.compile(r"[A-Z]{2}-[A-Za-z0-9][A-Za-z0-9._-]*")
_REPORTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def identifier(pledge: str, origin: str | None, reporter: str) -> str:
    """The ``iati-identifier`` of a pledge: its reporter's identifier and its id.

    A pledge that was read from an IATI file keeps the identifier it had there. Of letters that identifiers do not
    have, a hyphen stands in place, and a hash of the id at the end, so that two pledges never become one.
    """
    imported = bool(origin and origin.startswith(f"{NAME}:"))
    if imported and read_back(pledge) == pledge:
        return pledge
    fit = _UNFIT.sub("-", pledge)
    if fit != pledge:
        fit = f"{fit.strip('-')}-{sha256(pledge.encode()).hexdigest()[:8]}".lstrip("-")
    return fit if imported else f"{reporter}-{fit}"


def is_reporter(ref: str) -> bool:
    """Whether an activity's identifier can begin with this."""
    return _REPORTER.fullmatch(ref) is not None


def organisation(code: str) -> str | None:
    """The code of a party as the identifier of an organisation, where it is written like one: a register, a number."""
    return code if _ORGANISATION.fullmatch(code) else None
