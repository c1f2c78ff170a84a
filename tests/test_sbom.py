"""The bill of materials: valid, made from the lock file alone, and true of what is installed."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bill_of_materials import NAME, Package, listed, locked, text

ROOT = Path(__file__).parent.parent
MADE_FROM = ("pyproject.toml", "requirements.lock", "LICENSES.md")
NOT_USERS = {"test", "dev"}

CLASSIFIED = {
    "BSD License": {"BSD-3-Clause", "BSD-2-Clause"},
    "MIT License": {"MIT"},
    "ISC License (ISCL)": {"ISC"},
    "Mozilla Public License 2.0 (MPL 2.0)": {"MPL-2.0"},
    "Public Domain": {"Public domain"},
}
"""What a classifier of an older package can mean."""

SILENT = {"currencyconverter": "Apache License"}
"""Packages whose metadata name no licence, and how the licence that they bring begins."""

GOES_WITH_APACHE = {
    *("Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0"),
    *("PSF-2.0", "Public domain"),
}
AS_AN_EXTRA = GOES_WITH_APACHE | {"LGPL-3.0-only"}
"""An extra is what somebody chose to install beside it."""


ELSEWHERE = {"cffi", "colorama", "pycparser", "tzdata"}
"""What only some interpreters and systems need."""


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def bill() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(ROOT))
    return found


def parts() -> dict[str, list[str]]:
    """What each part asks for: the core, and the extras that users may choose."""
    extras = {name: asked for name, asked in project()["optional-dependencies"].items() if name not in NOT_USERS}
    return {"core": project()["dependencies"], **extras}


def needed(asked: Iterable[str], extra: str = "") -> dict[str, set[str]]:
    """Every package that these requirements bring to this machine, and which packages ask for it."""
    found: dict[str, set[str]] = {}
    waiting = [(Requirement(one), "aidledger") for one in asked]
    while waiting:
        requirement, by = waiting.pop()
        name = canonicalize_name(requirement.name)
        known = name in found and not requirement.extras
        found.setdefault(name, set()).add(by)
        if not known:
            waiting += [(each, name) for each in _required(name, {extra, *requirement.extras})]
    return found


def _required(name: str, extras: set[str]) -> list[Requirement]:
    try:
        said = distribution(name).requires or []
    except PackageNotFoundError:
        pytest.fail(f"{name} is needed and not installed: the tests are run with what requirements.lock names")
    every = map(Requirement, said)
    return [each for each in every if each.marker is None or any(each.marker.evaluate({"extra": e}) for e in extras)]


def rows() -> dict[str, Package]:
    return {package.name: package for package in listed(ROOT)}


def test_it_is_valid_by_the_schema_of_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text(ROOT)) is None


def test_the_validator_would_have_said_so() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text(ROOT).replace('"SHA-256"', '"SHA-3"', 1))


def test_the_same_files_give_the_same_bytes_anywhere(tmp_path: Path) -> None:
    for name in MADE_FROM:
        shutil.copy(ROOT / name, tmp_path)
    assert text(tmp_path) == text(ROOT)


def test_another_lock_file_gives_another_serial_number(tmp_path: Path) -> None:
    for name in MADE_FROM:
        shutil.copy(ROOT / name, tmp_path)
    lock = tmp_path / "requirements.lock"
    lock.write_text(re.sub("(?<=sha256:)[0-9a-f]", "0", lock.read_text(encoding="utf-8")), encoding="utf-8")
    assert json.loads(text(tmp_path))["serialNumber"] != bill()["serialNumber"]


def test_each_component_is_of_the_version_and_the_hashes_that_are_locked() -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    pins = {(block.split("==")[0], block.split("==")[1].split()[0]): set(_hashes(block)) for block in blocks if block}
    for component in bill()["components"]:
        said = {each["content"] for file in component["externalReferences"] for each in file["hashes"]}
        assert said == pins[component["name"], component["version"]], component["name"]


def _hashes(block: str) -> list[str]:
    return [word.partition("sha256:")[2] for word in block.split() if word.startswith("--hash=")]


def test_each_package_of_the_lock_file_has_a_hash() -> None:
    assert all(each.hashes for each in locked(ROOT).values())
    assert len(locked(ROOT)) == len(re.findall("^[a-z]", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


def test_a_component_is_named_by_its_package_url() -> None:
    for component in bill()["components"]:
        url = PackageURL.from_string(component["purl"])
        assert (url.type, url.name, url.version) == ("pypi", component["name"], component["version"])
        assert url.to_string() == component["purl"]


def test_whatever_is_installed_with_it_is_listed_and_nothing_else() -> None:
    core = needed(parts()["core"])
    expected = dict.fromkeys(core, "core")
    for part, asked in parts().items():
        expected |= {name: part for name in needed(asked) if name not in core}
    assert expected.keys() - rows().keys() == set(), "list them in LICENSES.md"
    assert rows().keys() - expected.keys() <= ELSEWHERE, "take them out of LICENSES.md"
    assert {name: rows()[name].part for name in expected} == expected


def _here(name: str) -> bool:
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def test_it_says_who_needs_what() -> None:
    found: dict[str, set[str]] = {}
    for asked in parts().values():
        for name, by in needed(asked).items():
            found.setdefault(name, set()).update(by)
    for name, by in found.items():
        assert by <= set(rows()[name].needed_by), name


def test_every_licence_is_the_one_that_the_package_states() -> None:
    for name, row in rows().items():
        if _here(name):
            assert row.licence in stated(name), name


def stated(name: str) -> set[str]:
    """The licences that an installed package can be under, by what its metadata say."""
    said = distribution(name).metadata
    if expressions := said.get_all("License-Expression"):
        return {str(canonicalize_license_expression(expressions[0]))}
    if name in SILENT:
        files = [file for file in distribution(name).files or () if file.name == "LICENSE"]
        assert files[0].read_text().lstrip().startswith(SILENT[name])
        return {"Apache-2.0"}
    classified = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or () if each.startswith("License")]
    meant = set().union(*(CLASSIFIED[each] for each in classified))
    [named] = said.get_all("License") or [""]
    return {named} if named in GOES_WITH_APACHE else meant


def test_every_licence_goes_with_ours() -> None:
    assert project()["license"] == "Apache-2.0"
    for row in rows().values():
        assert row.licence in (GOES_WITH_APACHE if row.part == "core" else AS_AN_EXTRA), row


def test_a_row_that_lacks_a_cell_is_refused(tmp_path: Path) -> None:
    (tmp_path / "LICENSES.md").write_text("| package | licence |\n|---|---|\n")
    with pytest.raises(ValueError, match="a row without four cells"):
        listed(tmp_path)


def test_a_package_that_is_listed_and_not_locked_is_refused(tmp_path: Path) -> None:
    for name in MADE_FROM:
        shutil.copy(ROOT / name, tmp_path)
    table = tmp_path / "LICENSES.md"
    table.write_text(table.read_text().replace("| wcwidth |", "| nobody |"))
    with pytest.raises(KeyError, match="nobody"):
        text(tmp_path)


def test_the_wheel_carries_it() -> None:
    carried = [file for file in distribution("aidledger").files or () if file.match(f"*.dist-info/sboms/{NAME}")]
    if not carried:
        pytest.skip("this installation was made before wheels carried it: pip install --force-reinstall --no-deps .")
    assert carried[0].read_text() == text(ROOT)
