"""Readers of an auditor's package: one file of it is damaged, and the hashes that list it are made to agree."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

from cli.render import clean
from ledger.audit import presented
from ledger.audit.verification import Trust
from ledger.formats.package import earlier
from tests.fuzz.proofs import at, sample
from tests.fuzz.reader import Reader
from tests.keys import ADA

MODULES = ("ledger/formats/verifier/", "ledger/formats/package/earlier.py", "ledger/audit/presented.py")
SUMS, DESCRIPTOR = "SHA256SUMS", "datapackage.json"


def _others(path: Path) -> None:
    """The rest of the package around the damaged file, which every list of hashes says is as it was written."""
    data = path.read_bytes()
    for each in (sample() / "package").iterdir():
        if each.name != path.name:
            shutil.copyfile(each, path.parent / each.name)
    if path.name not in {SUMS, DESCRIPTOR, "SHA256SUMS.sig"}:
        _described(path, data)
    if path.name != SUMS:
        for name in (path.name, DESCRIPTOR):
            _listed(path.with_name(SUMS), name, path.with_name(name).read_bytes())


def _described(path: Path, data: bytes) -> None:
    descriptor = path.with_name(DESCRIPTOR)
    found = json.loads(descriptor.read_bytes())
    for resource in found["resources"]:
        if resource["path"] == path.name:
            resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    descriptor.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _listed(sums: Path, name: str, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()
    sums.write_text(re.sub(rf"^[0-9a-f]{{64}}(?=  {re.escape(name)}$)", digest, sums.read_text(), flags=re.MULTILINE))


def _read(path: Path) -> None:
    found = presented.of_package(path.parent, Trust((ADA.public,)))
    for problem in found.problems:
        assert len(clean(f"{problem.where}{problem.message}").splitlines()) == 1, problem
    presented.origin_of(path.parent)
    earlier.in_the_way(path.parent, "another")


def _file(name: str) -> Reader:
    return Reader(f"package's {name}", MODULES, at(f"package/{name}"), _read, name, _others, tries=5)


READERS = tuple(
    map(
        _file,
        (
            *("checkpoint", "journal.jsonl", DESCRIPTOR, SUMS, "SHA256SUMS.sig", "allowed_signers"),
            *("gl_detail.csv", "control_totals.csv", "entries.csv", "trial_balance.csv", "fx_rates.csv"),
        ),
    )
)
