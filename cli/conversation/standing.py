"""Where a pledge stands, in one line: what each of its stages holds."""

from __future__ import annotations

from cli.conversation.known import Known
from cli.conversation.words import STAGES
from ledger.journal import CREDIT_STAGES, MEMORANDUM
from ledger.message import joined, message


def standing(pledge: str, known: Known) -> str:
    """``GB-2025-0001: 1,600,000,000.00 GBP pledged``; what the other side of the promise holds is left out."""
    language, beside = known.session.language, CREDIT_STAGES | MEMORANDUM
    held = [
        message("{amount} {stage}", amount=language.money(amount), stage=STAGES[stage])
        for stage, balance in sorted(known.book.position(pledge).items(), key=lambda each: list(STAGES).index(each[0]))
        if stage not in beside
        for amount in balance.amounts()
    ]
    what = joined(held) if held else message("nothing at any stage")
    return message("{pledge}: {held}", pledge=pledge, held=what)
