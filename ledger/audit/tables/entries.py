"""Entries: what each states beside its postings and what it cites, of which kinds they are, who recorded them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.audit.tables.details import day_and_time, number
from ledger.audit.tables.fixed import DESCRIPTIONS
from ledger.formats.package.csv import Cells
from ledger.formats.package.layouts import header
from ledger.journal import JSON
from ledger.proof.leaf import canonical
from ledger.proof.tree import leaf_hash
from ledger.store import log
from ledger.store.audited import entries as audited
from ledger.store.scope import Scope

_CITATION = header("citations.csv")[2:]
_CITED = '"citations":['
"""In a line it is first where the citations are: only the book's name stands before."""


def entries(scope: Scope) -> Iterator[Cells]:
    """Every entry, a row for each thing it states, one row where it states nothing."""
    for line in log.lines(scope.connection, scope.book):
        said = json.loads(line)
        told = (said["kind"], said["on"], said["recorded_by"], *day_and_time(said["recorded_at"]))
        more = (said["pledge"], said["note"], said["origin"], number(said["reverses"]), str(len(said["postings"])))
        leaf = leaf_hash(line.encode()).hex()
        for place, stated in enumerate(list(_stated(said["facts"])) or [_NOTHING], 1):
            yield str(said["number"]), str(place), *told, *more, *stated, leaf


_NOTHING = (None, None, None)


def _stated(facts: Mapping[str, Any]) -> Iterator[Cells]:
    """The name of each fact, what it was and what it is: of changed facts both, of the others what it is."""
    for name in sorted(facts):
        if name == "changes":
            for changed, (old, new) in sorted(facts[name].items()):
                yield changed, text(old), text(new)
        elif name == "closed_before":
            old, new = facts[name]
            yield name, text(old), text(new)
        else:
            yield name, None, text(facts[name])


def text(value: JSON) -> str | None:
    """A fact as a cell holds it: text as it stands, what is absent as nothing, anything else as RFC 8785 JSON."""
    return value if value is None or isinstance(value, str) else canonical(value)


def citations(scope: Scope) -> Iterator[Cells]:
    """Every citation of every entry."""
    for line in log.lines(scope.connection, scope.book):
        if line[line.index(_CITED) + len(_CITED)] != "]":
            said = json.loads(line)
            for place, cited in enumerate(said["citations"], 1):
                yield str(said["number"]), str(place), *(text(cited.get(name)) for name in _CITATION)


def source_listing(period: Scope) -> Iterator[Cells]:
    """The kinds of entries of the period, and what each records."""
    return ((kind, DESCRIPTIONS[kind]) for kind in audited.kinds(period))


def user_listing(period: Scope) -> Iterator[Cells]:
    """Who recorded the entries of the period."""
    for each in audited.recorders(period):
        days = (day_and_time(at)[0] for at in (each.first_at, each.last_at))
        yield each.user, str(each.entries), str(each.first), str(each.last), *days
