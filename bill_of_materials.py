"""The bill of materials: what is installed with aidledger, as CycloneDX 1.6 in JSON, for the wheel (PEP 770).

It is made from ``pyproject.toml``, ``requirements.lock`` (versions, hashes) and the table of ``LICENSES.md`` (licences,
and who needs what), and from nothing else: no clock, no chance, no network, so that the same files give the same bytes.
``python bill_of_materials.py`` prints it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

NAME = "aidledger.cdx.json"

_LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ \\]+)(?P<rest>(?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Package:
    """A row of ``LICENSES.md``: a package, its licence, the part that asks for it, and which packages need it."""

    name: str
    licence: str
    part: str
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Locked:
    """What ``requirements.lock`` says of a package: its version, and the SHA-256 of each file that may be installed."""

    version: str
    hashes: tuple[str, ...]


def listed(root: Path) -> list[Package]:
    """The packages of the table, in its order. Raises :class:`ValueError` for a row that has not four cells."""
    rows = [line.strip("| ").split(" | ") for line in _text(root, "LICENSES.md").splitlines() if line.startswith("| ")]
    if any(len(row) != 4 for row in rows):  # noqa: PLR2004 - the columns
        raise ValueError("LICENSES.md has a row without four cells")
    return [Package(name, licence, part, tuple(by.split(", "))) for name, licence, part, by in rows[1:]]


def locked(root: Path) -> dict[str, Locked]:
    """What the lock file holds, by the packages' names."""
    found = _LOCKED.finditer(_text(root, "requirements.lock"))
    return {each["name"]: Locked(each["version"], tuple(_HASH.findall(each["rest"]))) for each in found}


def text(root: Path) -> str:
    """The whole bill. Raises :class:`KeyError` for a listed package that is not locked."""
    project = tomllib.loads(_text(root, "pyproject.toml"))["project"]
    packages, lock = listed(root), locked(root)
    found = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "build"}], "component": _itself(project)},
        "components": [_component(package, lock[package.name]) for package in packages],
        "dependencies": list(_dependencies(project, packages, lock)),
    }
    digest = hashlib.sha256(json.dumps(found).encode()).hexdigest()
    return json.dumps(found | {"serialNumber": f"urn:uuid:{uuid5(NAMESPACE_OID, digest)}"}, indent=1) + "\n"


def _itself(project: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": _purl(project["name"], project["version"]),
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": _licences(project["license"]),
        "purl": _purl(project["name"], project["version"]),
    }


def _component(package: Package, lock: Locked) -> dict[str, Any]:
    """A package. It has a file for each kind of machine, and one of them is installed: a hash of each is allowed."""
    purl = _purl(package.name, lock.version)
    hashes = [{"alg": "SHA-256", "content": digest} for digest in lock.hashes]
    files = {"type": "distribution", "url": purl, "comment": "a file with one of these hashes", "hashes": hashes}
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": lock.version,
        "scope": "required" if package.part == "core" else "optional",
        "licenses": _licences(package.licence),
        "purl": purl,
        "externalReferences": [files],
    }


def _dependencies(
    project: Mapping[str, Any], packages: list[Package], lock: Mapping[str, Locked]
) -> Iterator[dict[str, Any]]:
    versions = {project["name"]: project["version"]} | {name: each.version for name, each in lock.items()}
    for name in (project["name"], *(package.name for package in packages)):
        needs = [_purl(each.name, versions[each.name]) for each in packages if name in each.needed_by]
        yield {"ref": _purl(name, versions[name]), "dependsOn": needs}


def _licences(licence: str) -> list[dict[str, Any]]:
    if " OR " in licence or " AND " in licence:
        return [{"expression": licence}]
    return [{"license": {"name" if " " in licence else "id": licence}}]


def _purl(name: str, version: str) -> str:
    """The package as a URL: packageurl.org's type for Python packages."""
    return f"pkg:pypi/{name}@{version}"


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(text(Path(__file__).parent))
