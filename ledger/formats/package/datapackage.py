"""datapackage.json: what every table of a package holds, for programs (Data Package v2, datapackage.org).

Each CSV is a resource with its size, its hash, and the types and keys of its columns. What the package is of stands
under ``aidledger``, in the words of the command line: ``verify.py`` reads its options there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.formats.package.about import About, Reporting, root_text
from ledger.formats.package.files import Written
from ledger.formats.package.layouts import ABOUT, KEYS, LAYOUTS, REFERENCES, Field
from ledger.proof.checkpoint import Checkpoint

NAME = "datapackage.json"
VERSION = 1
"""The version of the package's own form, which a change of any file's columns or meaning raises."""

_PROFILES = "https://datapackage.org/profiles/2.0"
_DIALECT = {
    "$schema": f"{_PROFILES}/tabledialect.json",
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "doubleQuote": True,
}
_FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M:%S.%f"}
"""How days and times are written, where it is not the type's default."""


def text(about: About, files: Mapping[str, Written]) -> str:
    """The whole descriptor; ``files`` are those of the package that were written so far, its tables among them."""
    signed = f"signed by {about.signer.name}" if about.signer else "not signed"
    period = about.period or "the whole book"
    found = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "aidledger-audit",
        "id": f"urn:uuid:{about.head.origin}",
        "title": "The auditor's package of a ledger of aid pledges",
        "description": f"{about.head.size} entries, {period}, {signed}. README.txt says how it is checked and opened.",
        "resources": [_resource(name, files[name]) for name in LAYOUTS if name in files],
        "aidledger": _ours(about),
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _resource(name: str, file: Written) -> dict[str, Any]:
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": _stem(name),
        "path": name,
        "type": "table",
        "title": _stem(name).replace("_", " "),
        "description": ABOUT[name],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "dialect": _DIALECT,
        "schema": _schema(name),
    }


def _schema(name: str) -> dict[str, Any]:
    keys: dict[str, Any] = {"primaryKey": list(KEYS[name])}
    if name in REFERENCES:
        keys["foreignKeys"] = list(_references(name))
    return {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(field, unique=KEYS[name] == (field.name,)) for field in LAYOUTS[name]],
        "missingValues": [""],
        **keys,
    }


def _field(field: Field, *, unique: bool) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    constraints |= {"unique": True} if unique else {}
    constraints |= {"enum": list(field.values)} if field.values else {}
    found: dict[str, Any] = {
        "name": field.name,
        "title": field.name.replace("_", " "),
        "description": field.about,
        "type": field.type,
    }
    found |= {"format": _FORMATS[field.type]} if field.type in _FORMATS else {}
    return found | ({"constraints": constraints} if constraints else {})


def _references(name: str) -> Iterator[dict[str, Any]]:
    for column, (file, other) in REFERENCES[name].items():
        yield {"fields": [column], "reference": {"resource": _stem(file), "fields": [other]}}


def _stem(name: str) -> str:
    return name.removesuffix(".csv")


def _ours(about: About) -> dict[str, Any]:
    """What the package is of, and what was asked for."""
    period, signer = about.period, about.signer
    return {
        "version": VERSION,
        "book": about.head.origin,
        "entries": about.head.size,
        "root": root_text(about.head),
        "period": period and {"name": str(period), "since": period.start.isoformat(), "until": period.last.isoformat()},
        "since": about.since and _head(about.since),
        "reporting": _reporting(about.reporting),
        "signed_by": signer and {"name": signer.name, "fingerprint": signer.fingerprint},
        "spreadsheet_safe": about.spreadsheet_safe,
    }


def _head(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"size": checkpoint.size, "root": root_text(checkpoint)}


def _reporting(reporting: Reporting) -> dict[str, Any]:
    return {
        "currency": reporting.currency,
        "policy": reporting.policy,
        "rates": list(reporting.rates),
        "value_at": reporting.value_at,
        "missing": reporting.missing,
    }
