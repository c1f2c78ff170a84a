"""Changes: the walk from one report of a measure to a later one, from the store's cells to the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ledger.errors import InputError
from ledger.message import Message, message
from ledger.reports.cell import Cell, LayerCell
from ledger.reports.changes import Walk, changes
from ledger.reports.ranking import require_measure
from ledger.statements.figures import cells_of, without_currency
from ledger.store.flows import Hindsight, flows, restated, restating
from ledger.store.scope import Scope
from ledger.table import Table


def changes_of(before: Scope, after: Scope, by: Sequence[str], walk: Walk, *, most: int | None = None) -> Table:
    """The walk from what ``before`` selects to what ``after`` does, at most so many spans of entries to a line.

    Both have the same filters. Raises :class:`~ledger.errors.InputError` for a measure there is not and for an end
    before the beginning, :class:`~ledger.errors.MissingRate` where there is no rate.
    """
    require_measure(walk.measure)
    if walk.after.list_missing:
        raise InputError("a walk goes from one end to the other in one currency: leave --missing list out")
    _refuse_backwards(before, after)
    by = without_currency(by, walk.after)
    walk.open(cells_of(before, by, walk.before, walk.counts))
    walk.close(cells_of(after, by, walk.after, walk.counts))
    for flow in flows(before, after, by):
        walk.flow(flow)
    _reclassify(before, after, by, walk)
    return changes(walk, by, list(_ends(before, after)), most=most)


def _refuse_backwards(before: Scope, after: Scope) -> None:
    numbers = (before.last_number, after.last_number)
    days = tuple(day.toordinal() if day else None for day in (before.selection.last_day, after.selection.last_day))
    for first, then in (numbers, days):
        if then is not None and (first is None or then < first):
            raise InputError("--between: the second end comes before the first, so give them the other way round")


def _reclassify(before: Scope, after: Scope, by: Sequence[str], walk: Walk) -> None:
    """What stood at the opening, by the facts known then and by those known at the closing."""
    entries = restating(before, after)
    if not entries:
        return
    among, cut = restated(before, after), (*by, "pledge")
    was, now = (
        cells_of(
            Hindsight(before.connection, before.book, before.selection, facts=facts, restated=among),
            cut,
            walk.before,
            walk.counts,
        )
        for facts in (before, after)
    )
    days = {cell.key[-1]: cell.announced if isinstance(cell, Cell) else None for cell in was}
    stays = [_announced(cell, days[cell.key[-1]]) for cell in now if cell.key[-1] in days]
    comes = [cell for cell in now if cell.key[-1] not in days]
    walk.reclassify(was, stays, comes, entries)


def _announced(cell: Cell | LayerCell, day: date | None) -> Cell | LayerCell:
    """The cell with the day its pledge had at the opening: what an amended day makes of it is exchange effect."""
    return replace(cell, announced=day) if isinstance(cell, Cell) else cell


def _ends(before: Scope, after: Scope) -> Iterator[str]:
    """What each end is, in words."""
    for name, scope in ((message("opening"), before), (message("closing"), after)):
        day, last = scope.selection.last_day, scope.last_number
        yield message("{end}: {known}", end=name, known=_known(day, last))
        if last == 0 and day:
            yield message(
                "nothing was recorded by the end of {day}: --known-at NUMBER looks at both days as known then", day=day
            )


def _known(day: date | None, last: int | None) -> Message:
    if last is None:
        return message("all that is known, as of {day}", day=day) if day else message("all that is known")
    if day:
        return message("as known after entry {number}, as of {day}", number=last, day=day)
    return message("as known after entry {number}", number=last)
