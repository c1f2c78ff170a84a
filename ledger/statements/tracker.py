"""Tracker: the totals of a selection beside those of somebody else's table, from the store's cells to the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.rates.layout import one_line
from ledger.formats.tracker.published import Published
from ledger.journal import Stage
from ledger.message import Message, all_of, joined, message
from ledger.money import commodity
from ledger.pledge import Instrument
from ledger.rate import rate_text
from ledger.reconcile.issue import Change
from ledger.reconcile.tolerance import NONE, Tolerance
from ledger.reconcile.tracker import APART, Cause, Cells, Held, Key, Line, Place, absence, cause, compare, tracker
from ledger.reports.cell import Cell, CountsIn, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.layers import layer_cells
from ledger.reports.measures import MEASURES, Valuation, counts_of, measures_of, valued
from ledger.store import listing, sums
from ledger.store.scope import Scope
from ledger.table import Table

DIMENSIONS = ("donor", "purpose")
"""What tables of totals are cut by."""

MOST_EXPLAINED = 20
"""Of how many cells, those with the largest differences, it is looked for the pledges that make them."""

MOST_LISTED = 10
LONGEST_REASON = 400

LeftOut = Callable[[str | None], bool]
"""Whether a package is left out of ours."""

UNCOUNTED = ":uncounted"
"""How packages end that their publisher lists and does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """How the two tables are compared: cut by what, by which measure, and how far they may lie apart.

    Without ``by`` it is what the table is cut by, without ``measure`` what it says, or else ``pledged``. ``name`` is
    what the file was imported as, if it was.
    """

    by: tuple[str, ...] | None = None
    measure: str | None = None
    tolerance: Tolerance = NONE
    name: str | None = None


def tracker_of(
    scope: Scope, published: Published, asked: Comparing, valuation: Valuation, *, changed: Mapping[str, Change]
) -> Table:
    """Every cell of both; ``changed`` are pledges of which the table's own rows say otherwise than the book.

    Raises :class:`~ledger.errors.InputError` for dimensions and filters that the table has not, for a measure there
    is not, and for a tolerance in another currency than the table's; :class:`~ledger.errors.MissingRate` where there
    is no rate.
    """
    by, measure = _dimensions(scope, asked, published), _measure(asked, published)
    left_out = _left_out(asked, published)
    counts = counts_of(_kept(_cells(scope, (*by, "package"), valuation), 1, left_out), valuation, _only(measure))
    ours = {(of, key): row[measure] for key, of, row in valued(counts, valuation).rows()}
    theirs = _theirs(scope, published, by, valuation)
    _refuse_foreign(asked.tolerance, published, valuation)
    lines = compare(ours, theirs, asked.tolerance, published.rounding)
    apart = sorted((line for line in lines if line.verdict in APART), key=lambda line: -abs(line.difference))
    explained = apart[:MOST_EXPLAINED]
    causes = {(line.of, line.key): _restated(line, by, changed) for line in explained}
    unknown = [line for line in explained if not causes[line.of, line.key].pledges]
    if unknown:
        cut = (by, measure)
        held = _held(scope, unknown, cut, valuation, left_out=left_out)
        for line in unknown:
            pledges = held.get((line.of, line.key))
            why = cause(line, pledges, published.rounding) if pledges else _absence(scope, line, cut, left_out)
            causes[line.of, line.key] = why
    found = tracker(lines, causes, by, measure=measure, policy=lambda of: next(iter(valuation.policy(of)), None))
    notes = [*found.notes, *_notes(scope, published, asked, len(apart))]
    return replace(found, notes=notes, evidence=rates_used(counts, valuation, (measure,)))


def _dimensions(scope: Scope, asked: Comparing, published: Published) -> tuple[str, ...]:
    there = DIMENSIONS if published.by_purpose else DIMENSIONS[:1]
    for name in asked.by or ():
        if name not in DIMENSIONS:
            raise InputError(
                "--by {name}: tables of totals are compared by {dimensions}",
                name=name,
                dimensions=all_of(DIMENSIONS),
            )
        if name not in there:
            raise InputError("--by {name}: the table has no {name}, only {there}", name=name, there=", ".join(there))
    if scope.selection.purpose and "purpose" not in there:
        named = ",".join(map(str, scope.selection.purpose))
        raise InputError(
            "--purpose {named}: the table has no purpose, only {there}", named=named, there=", ".join(there)
        )
    return there if asked.by is None else asked.by


def _measure(asked: Comparing, published: Published) -> str:
    measure = asked.measure or published.measure or "pledged"
    if measure not in MEASURES:
        raise InputError(
            "'{measure}' is no measure: choose from {measures}", measure=measure, measures=", ".join(MEASURES)
        )
    return measure


def _only(measure: str) -> CountsIn:
    """An amount counts in one measure, or not at all."""

    def counts_in(stage: Stage, instrument: Instrument) -> tuple[str, ...]:
        return (measure,) if measure in measures_of(stage, instrument) else ()

    return counts_in


def _left_out(asked: Comparing, published: Published) -> LeftOut:
    """Which packages the publisher lists and does not count."""
    own = f"{asked.name}{UNCOUNTED}"

    def left_out(package: str | None) -> bool:
        if asked.name is None:
            return not published.counts_all and (package or "").endswith(UNCOUNTED)
        return package == own

    return left_out


def _kept(cells: Iterable[Cell | LayerCell], last: int, left_out: LeftOut) -> list[Cell | LayerCell]:
    """The cells of other packages without their package, which is the ``last`` but so many of their dimensions."""
    return [
        replace(cell, key=(*cell.key[:-last], *cell.key[len(cell.key) - last + 1 :]))
        for cell in cells
        if not left_out(cell.key[-last])
    ]


def _cells(scope: Scope, by: Sequence[str], valuation: Valuation, *, dated: bool = False) -> Sequence[Cell | LayerCell]:
    if not valuation.by_layer:
        return sums.cells(scope, by, announced=dated or valuation.by_pledge_day)
    return layer_cells(sums.events(scope.narrowed(since=None), by), measures_of, scope.selection.since)


def _theirs(scope: Scope, published: Published, by: Sequence[str], valuation: Valuation) -> Cells:
    """Their totals of the donors and purposes that are selected, by ours."""
    target = valuation.converter.target if valuation.converter else None
    donors, purposes = _donors(scope), set(map(str, scope.selection.purpose))
    found: dict[Place, Fraction] = {}
    for own, cells in published.totals.items():
        of = own or target
        if of is None:
            raise InputError("the table does not say which currency it is in: name it with --in CUR, or in a map")
        if target is not None and of != target:
            raise InputError(
                "the table has figures in {currency}, which have no day to be converted to {target} at",
                currency=of,
                target=target,
            )
        for (donor, purpose), value in cells.items():
            if (donors is None or donor in donors) and (not purposes or purpose in purposes):
                key = tuple({"donor": donor, "purpose": purpose}[name] for name in by)
                found[of, key] = found.get((of, key), Fraction(0)) + value
    return found


def _refuse_foreign(tolerance: Tolerance, published: Published, valuation: Valuation) -> None:
    """Refuse a tolerance that is an amount where not every figure of the table is in its currency."""
    target = valuation.converter.target if valuation.converter else None
    codes = sorted({of.code for own in published.totals if (of := own or target)})
    if tolerance.amount is not None and codes != [tolerance.amount.commodity.code]:
        raise InputError(
            "--tolerance {amount}: the table is in {currencies} (a percentage, 0.5%, is of any)",
            amount=tolerance.amount,
            currencies=", ".join(codes),
        )


def _donors(scope: Scope) -> set[str] | None:
    """The donors that are selected, members of groups at any time among them; None where all are."""
    wanted = scope.selection
    members = {one.party for group in wanted.group for one in listing.members(scope, group)} | set(wanted.group)
    chosen = [donors for donors in (set(wanted.donor), members) if donors]
    return set.intersection(*chosen) if chosen else None


def _restated(line: Line, by: Sequence[str], changed: Mapping[str, Change]) -> Cause:
    """The pledges of a cell of which the table's own rows say otherwise."""
    mine = [
        change
        for change in changed.values()
        if any(
            dict(zip(DIMENSIONS, cell, strict=True)).items() >= dict(zip(by, line.key, strict=True)).items()
            for cell in change.cells
        )
    ]
    told = joined((why for change in mine for why in change.why), "; ")
    reason = message("the file's own rows say otherwise: {differences}", differences=told)
    return Cause(tuple(change.pledge for change in mine), _shown(reason)) if mine else Cause()


def _shown(reason: Message) -> str:
    """A reason as a cell shows it: one that is too long, or cannot be printed, loses its language with what is cut."""
    shown = one_line(reason, LONGEST_REASON)
    return reason if shown == reason else shown


def _held(
    scope: Scope, lines: Iterable[Line], cut: tuple[Sequence[str], str], valuation: Valuation, *, left_out: LeftOut
) -> dict[Place, list[Held]]:
    """The pledges of these cells with what each counts there; those of no other cell are read."""
    (by, measure), found = cut, dict[Place, list[Held]]()
    first: dict[Key, list[str]] = {}
    for line in lines:
        first.setdefault(line.key[1:], []).append(str(line.key[0]))
    for rest, names in first.items():
        chosen = {name: (str(part),) for name, part in zip(by[1:], rest, strict=True)} | {by[0]: tuple(names)}
        found_here = _cells(scope.narrowed(**chosen), (*by, "package", "pledge"), valuation, dated=True)
        cells = _kept(found_here, 2, left_out)
        days = _days(cells)
        for key, of, row in valued(counts_of(cells, valuation, _only(measure)), valuation).rows():
            pledge = str(key[-1])
            if row[measure]:
                found.setdefault((of, key[:-1]), []).append(Held(pledge, days[pledge], row[measure]))
    return found


def _absence(scope: Scope, line: Line, cut: tuple[Sequence[str], str], left_out: LeftOut) -> Cause:
    """Why a cell holds nothing of the measure: what its pledges are that are undisclosed, or count elsewhere only."""
    by, measure = cut
    here = scope.narrowed(**{name: (str(part),) for name, part in zip(by, line.key, strict=True)})
    cells = _kept(sums.cells(here, ("package", "pledge")), 2, left_out)
    idle = {str(cell.key[-1]) for cell in cells if cell.units and commodity(cell.commodity).is_currency}
    return absence(measure, _undisclosed(here, left_out), sorted(idle))


def _undisclosed(scope: Scope, left_out: LeftOut) -> list[str]:
    """The pledges of which nobody said what they are worth."""
    if not listing.undisclosed(scope):
        return []
    everything = sums.cells(scope.narrowed(since=None, currency=()), ("pledge",), promises=True)
    valued_ones = {cell.key[0] for cell in everything if commodity(cell.commodity).is_currency}
    pledges = (one for one in listing.pledges(scope) if one.void is None and not left_out(one.package))
    return sorted(one.id for one in pledges if one.id not in valued_ones)


def _days(cells: Iterable[Cell | LayerCell]) -> Mapping[str, date]:
    """The day of each pledge, which is the last dimension: that of its announcement, or when its last amount came."""
    days: dict[str, date] = {}
    for cell in cells:
        day = cell.arrived if isinstance(cell, LayerCell) else cell.announced or date.min
        days[str(cell.key[-1])] = max(day, days.get(str(cell.key[-1]), day))
    return days


def _notes(scope: Scope, published: Published, asked: Comparing, apart: int) -> list[str]:
    """How the two were compared, and what of the table was not."""
    rounding, most = rate_text(published.rounding), MOST_EXPLAINED
    notes: list[str] = [message("equal: less than 1 apart in the currency's own unit")]
    if published.rounding >= 1:
        notes.append(message("within: also what the table's own rounding explains, {amount} or less", amount=rounding))
    if apart > most:
        notes.append(
            message("pledges are named for the {most} largest differences: --donor CODE shows others", most=most)
        )
    if asked.name or not published.counts_all:
        notes.append(_uncounted(asked))
    if published.left_out:
        notes.append(message("left out of the table: {names}", names=_some(published.left_out)))
    if published.unknown:
        unknown = _some(published.unknown)
        notes.append(
            message("names in the table that are none of ours: {names}; a map may translate them", names=unknown)
        )
    narrowed = [name for name in _OURS_ONLY if getattr(scope.selection, name) not in ((), None)]
    if narrowed:
        notes.append(message("ours are narrowed by {filters}, the table is not", filters=", ".join(narrowed)))
    return notes


def _uncounted(asked: Comparing) -> Message:
    """Which packages are left out of ours."""
    if asked.name:
        return message(
            "the package {package} is left out of ours, as the publisher lists and does not count it",
            package=f"{asked.name}{UNCOUNTED}",
        )
    return message(
        "packages {packages} are left out of ours, as the publisher lists and does not count it",
        packages=f"NAME{UNCOUNTED}",
    )


_OURS_ONLY = ("recipient", "instrument", "source", "package", "pledge", "currency", "since")


def _some(names: Sequence[str]) -> str:
    named, more = one_line(", ".join(names[:MOST_LISTED]), LONGEST_REASON), len(names) - MOST_LISTED
    return message("{named} and {count} more", named=named, count=more) if more > 0 else named
