"""Stated: what sources claim of the selected pledges, beside what we compute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from ledger.conversion import Converter
from ledger.errors import InputError, MissingRate
from ledger.money import Money
from ledger.rate import RateUsed
from ledger.reconcile.stated import stated
from ledger.reconcile.tolerance import Tolerance
from ledger.store.claims import claims
from ledger.store.scope import Scope
from ledger.table import Table


def stated_of(scope: Scope, converter: Callable[[str], Converter], tolerance: Tolerance) -> Table:
    """Every claim of the selection; ``converter`` makes what leads to a currency.

    Raises :class:`~ledger.errors.InputError` for a tolerance in a currency: claims are in many.
    """
    if isinstance(tolerance.amount, Money):
        raise InputError("claims are in many currencies: give --tolerance as a percentage, such as 0.5%")
    made = cache(converter)

    def rated(code: str, into: str, on: date) -> RateUsed | None:
        try:
            return made(into).used(code, on)
        except MissingRate:
            return None

    return stated(claims(scope), rated, tolerance, scope.selection.currency)
