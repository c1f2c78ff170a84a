"""Pledges for auditors: the facts that hold now, with the entries that opened and withdrew each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from ledger.store.scope import Scope
from ledger.store.tables import PLEDGES

_PAGE = 1000


class Stated(NamedTuple):
    """What a pledge states, as its entries hold it, and which entries opened it and reversed that."""

    facts: dict[str, Any]
    entry: int
    void: int | None


def stated(scope: Scope) -> Iterator[Stated]:
    """Every pledge, in the order of their opening."""
    found = select(PLEDGES.c.facts, PLEDGES.c.entry, PLEDGES.c.void).filter_by(book=scope.book)
    for row in scope.connection.execute(found.order_by(PLEDGES.c.entry).execution_options(yield_per=_PAGE)):
        yield Stated(json.loads(row.facts), row.entry, row.void)
