"""Pledges: what each states at the head of the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ledger.audit.tables.details import number
from ledger.audit.tables.entries import text
from ledger.formats.package.csv import Cells
from ledger.formats.package.layouts import header
from ledger.store import columnar
from ledger.store.scope import Scope

_FACTS = tuple("id" if name == "pledge" else name for name in header("pledges.csv")[:-2])


def pledges(scope: Scope) -> Iterator[Cells]:
    """A row for each pledge, in the order of their opening."""
    for each in columnar.pledges(scope):
        facts = json.loads(each.facts)
        yield *(text(facts.get(name)) for name in _FACTS), str(each.entry), number(each.void)
