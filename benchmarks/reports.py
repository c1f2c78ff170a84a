"""How long totals by donor take over a large book, beside the SQL that one would write by hand.

    python benchmarks/reports.py BOOK [SOURCE]

Each case runs in turn with its SQL, three rounds after one to warm up, in one process; the least processor time of each
counts, and so what else the machine does weighs little. What counts are the ratios. SOURCE names rates that the book
imported, with a row for each currency and day in euros; without it, only own currencies are measured. The SQL by hand
converts in floating point, which the ledger never does, and rounds nothing.
"""

import gc
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli.session import RARELY  # noqa: E402 - the code beside this script
from ledger.book import Book, Worth  # noqa: E402
from ledger.selection import EVERYTHING, Selection  # noqa: E402

ROUNDS = 3
AS_OF = date(2024, 12, 31)

BY_DONOR = """
    SELECT pledge.donor, account.stage, account.commodity, sum(account.balance)
    FROM account JOIN pledge ON pledge.book = account.book AND pledge.id = account.pledge
    WHERE account.stage <> 'undertaking' GROUP BY 1, 2, 3
"""
CONVERTED = """
    SELECT pledge.donor, account.stage,
           sum(account.balance * CASE account.commodity WHEN 'EUR' THEN 1 ELSE rate.value END)
    FROM account JOIN pledge ON pledge.book = account.book AND pledge.id = account.pledge
    LEFT JOIN rate ON rate.book = account.book AND rate.source = '{source}' AND rate.base = account.commodity
                  AND rate.quote = 'EUR' AND rate.since = pledge.on_date
    WHERE account.stage <> 'undertaking' GROUP BY 1, 2
"""


def as_of(statement: str) -> str:
    """The same from the postings up to a day."""
    postings = statement.replace("account.balance", "account.amount").replace("FROM account", "FROM posting AS account")
    return postings.replace("GROUP BY", f"AND account.on_date <= '{AS_OF}' GROUP BY")


def least(*cases: Callable[[], object]) -> list[float]:
    """The least processor time of each case over the rounds, all cases in each round."""
    times: list[list[float]] = [[] for _ in cases]
    for _ in range(ROUNDS + 1):
        for place, case in enumerate(cases):
            start = time.process_time()
            case()
            times[place].append(time.process_time() - start)
    return [min(each[1:]) for each in times]


def main() -> None:
    """Measure, and print seconds and ratios."""
    gc.set_threshold(*RARELY)  # as the command line has it
    path, source = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else None)  # noqa: PLR2004 - arguments
    plain = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    euro = Worth("EUR", sources=(source,)) if source else None
    converted = CONVERTED.format(source=source)
    then = Selection(as_of=AS_OF)
    with Book.open(path, recorded_by="benchmark") as book:
        print("| totals by donor | ledger, s | by hand, s | ratio |\n|---|---|---|---|")
        for name, selection, statement, worth in (
            ("own currencies", EVERYTHING, BY_DONOR, None),
            ("own currencies, as of a day", then, as_of(BY_DONOR), None),
            ("in euros", EVERYTHING, converted, euro),
            ("in euros, as of a day", then, as_of(converted), euro),
        ):
            if worth is None and "euros" in name:
                continue
            ours, hand = least(
                lambda chosen=selection, value=worth: book.totals(chosen, worth=value),
                lambda sql=statement: plain.execute(sql).fetchall(),
            )
            print(f"| {name} | {ours:.2f} | {hand:.2f} | {ours / hand:.2f} |", flush=True)


if __name__ == "__main__":
    main()
