"""The trial balance: every account with its debits, its credits and its balance."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.journal import Stage
from ledger.money import Money, commodity
from ledger.reports.cell import AccountTotal
from ledger.table import Column, Table

_ORDER = {stage: place for place, stage in enumerate(Stage)}


def trial_balance(accounts: Iterable[AccountTotal]) -> Table:
    """A row per account, pledge by pledge; debits equal credits in every commodity and pledge."""
    ordered = sorted(accounts, key=lambda account: (account.pledge, account.commodity, _ORDER[account.stage]))
    rows = [(account.pledge, str(account.stage), account.commodity, *_sides(account)) for account in ordered]
    sums: dict[str, list[int]] = {}
    for account in ordered:
        held = sums.setdefault(account.commodity, [0, 0])
        held[0] += account.debit
        held[1] += account.credit
    total = [
        (None, None, code, Money(debit, of), Money(credit, of), Money(debit - credit, of))
        for code, (debit, credit) in sorted(sums.items())
        for of in (commodity(code),)
    ]
    return Table(
        columns=[
            Column("pledge", "code"),
            Column("stage", "code"),
            Column("commodity", "code"),
            Column("debit", "money"),
            Column("credit", "money"),
            Column("balance", "money"),
        ],
        rows=rows,
        totals=total,
    )


def _sides(account: AccountTotal) -> tuple[Money, Money, Money]:
    of = commodity(account.commodity)
    return Money(account.debit, of), Money(account.credit, of), Money(account.debit - account.credit, of)
