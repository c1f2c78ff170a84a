"""The one door: a workbook of the Ukraine Support Tracker, and what it proposes.

Each package becomes a pledge, ``NAME:ID``, in the order of the sheet; then what was allocated of it; and once all are
there, what is taken back from packages other than the one that says so, and what was delivered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import file_digest
from pathlib import Path

from ledger.formats.kiel import layout, rates
from ledger.formats.kiel.announcements import announced
from ledger.formats.kiel.earmarking import allocated, taken_elsewhere
from ledger.formats.kiel.figures import Rates
from ledger.formats.kiel.items import names as item_names
from ledger.formats.kiel.layout import Row
from ledger.formats.kiel.packages import Package, packages
from ledger.formats.kiel.plans import Plan, Tracker, delivered, plan
from ledger.formats.reading import Reading, refuse_name
from ledger.formats.workbook import load
from ledger.rate import Rate
from ledger.recognition.proposal import Finding


def read(path: Path, name: str) -> Reading:
    """What a tracker's workbook says, with the rates it was made with as those of the source ``name``.

    Raises :class:`InputError` for what is no workbook, or one without the tracker's columns, and for a name that
    origins cannot begin with.
    """
    refuse_name(name)
    book = load(path)
    main = layout.find(book)
    found = list(layout.rows(book, main))
    table = rates.read(book, name, _sha256(path))
    progress = _Progress()
    tracker = Tracker(name, main.allocates, _rates(table.rates if table else ()))
    return Reading(
        name=name,
        findings=_findings(found, tracker, progress),
        complete=True,
        rates=table,
        total=len(found),
        done=lambda: progress.rows,
    )


@dataclass
class _Progress:
    rows: int = 0


def _findings(rows: list[Row], tracker: Tracker, progress: _Progress) -> Iterator[Finding]:
    plans: list[Plan] = []
    for package in packages(rows, tracker.name):
        found = plan(package, tracker) if isinstance(package, Package) else package
        if isinstance(found, Plan):
            plans.append(found)
        else:
            yield found
    names = item_names([one.items for one in plans])
    for one in plans:
        yield from announced(one, names)
        yield from allocated(one)
        progress.rows += len(one.package.rows)
    yield from taken_elsewhere(plans)
    for one in plans:
        yield from delivered(one)
    progress.rows = len(rows)


def _rates(table: Sequence[Rate]) -> Rates:
    return Rates({rate.quote: Fraction(rate.value) for rate in table})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
