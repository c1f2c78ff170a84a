"""Tables that are the same in every package: the chart of accounts, and what each kind of entry records.

Promises are off the balance sheet, so that every account is a memorandum account; which side is its
normal one follows from the moves that post to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.formats.package.csv import Cells
from ledger.journal import Stage

_PROMISE, _STAGE, _SETTLEMENT = "promise", "stage", "settlement"

_ACCOUNTS: Mapping[Stage, tuple[str, str, str, str]] = {
    Stage.UNDERTAKING: ("Undertaking", _PROMISE, "C", "what the donor promised: the other side of the stages"),
    Stage.EXCESS: ("Excess", _PROMISE, "C", "what was recorded beyond any promise, by a top-up"),
    Stage.PLEDGED: ("Pledged", _STAGE, "D", "announced, not binding yet"),
    Stage.COMMITTED: ("Committed", _STAGE, "D", "legislated or signed, not earmarked yet"),
    Stage.ALLOCATED: ("Allocated", _STAGE, "D", "earmarked to a concrete package, not delivered yet"),
    Stage.DISBURSED: ("Disbursed", _STAGE, "D", "paid or delivered; of what is repayable, the principal still out"),
    Stage.CALLED: ("Called", _STAGE, "D", "paid because a guarantee was called, not recovered or forgiven since"),
    Stage.REPAID: ("Repaid", _STAGE, "D", "what came back: principal, or part of a grant"),
    Stage.FORGIVEN: ("Forgiven", _STAGE, "D", "principal that was written off"),
    Stage.CANCELLED: ("Cancelled", _STAGE, "D", "withdrawn, expired or released before delivery"),
    Stage.PAID: ("Paid", _SETTLEMENT, "D", "what was really paid, in another currency"),
    Stage.EXCHANGE: ("Exchange", _SETTLEMENT, "C", "the other side of what was paid in another currency"),
}

DESCRIPTIONS: Mapping[str, str] = {
    "allocate": "earmarks what is committed",
    "amend": "corrects facts of a pledge",
    "call": "pays because a guarantee was called",
    "cancel": "withdraws what is not delivered",
    "close": "closes everything up to the end of a period",
    "commit": "makes a promise binding",
    "correct": "lowers moves that a file stated too high before",
    "disburse": "pays or delivers",
    "distinguish": "says that two pledges that look alike are two",
    "draw": "moves part of a facility's promise to a pledge",
    "forgive": "writes principal off",
    "item": "registers an item",
    "joint": "opens the pledges of several donors, announced as one",
    "match": "says which entries a line of a bank's statement is",
    "member": "records a party's membership in a group",
    "open": "opens the book",
    "party": "registers a party",
    "pledge": "opens a pledge",
    "reopen": "opens a closed period again",
    "repay": "records what came back",
    "restate": "says that a file states otherwise what it stated before",
    "reverse": "undoes an entry",
    "revise": "brings a promise to a new gross amount",
    "source": "registers a funding source",
    "supersede": "moves what one pledge has not delivered to another",
}
"""What an entry of each kind records."""


def chart_of_accounts() -> Iterator[Cells]:
    """A row for each stage, in the order of the stages."""
    for stage in Stage:
        name, subtype, normal, about = _ACCOUNTS[stage]
        yield str(stage), name, "memorandum", subtype, normal, about
