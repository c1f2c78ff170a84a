"""Redenominations: currencies that became others at a rate fixed by law.

From its day on, an amount of the old currency is worth so much of the new one, whatever any
source goes on publishing; before that day the old currency has its market rates. The euro
conversion rates are those of Council Regulation (EC) No 2866/98 and its amendments, the others
those of each central bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.message import Message, message
from ledger.period import parse_date

NAME = "redenomination"
"""What evidence names as the source of a rate fixed by law."""

_TABLE = """
SIT EUR 2007-01-01 239.640
CYP EUR 2008-01-01 0.585274
MTL EUR 2008-01-01 0.429300
SKK EUR 2009-01-01 30.1260
EEK EUR 2011-01-01 15.6466
LVL EUR 2014-01-01 0.702804
LTL EUR 2015-01-01 3.45280
HRK EUR 2023-01-01 7.53450
BGN EUR 2026-01-01 1.95583
TRL TRY 2005-01-01 1000000
ROL RON 2005-07-01 10000
ZMK ZMW 2013-01-01 1000
BYR BYN 2016-07-01 10000
MRO MRU 2018-01-01 10
STD STN 2018-01-01 1000
VEF VES 2018-08-20 100000
SLL SLE 2022-07-01 1000
ANG XCG 2025-03-31 1
"""


@dataclass(frozen=True, slots=True)
class Redenomination:
    """One currency's end: from ``since`` on, 1 ``new`` = ``text`` ``old``, exactly.

    >>> REDENOMINATIONS["HRK"].sentence
    'HRK became EUR on 2023-01-01: 7.53450 HRK = 1 EUR'
    """

    old: str
    new: str
    since: date
    text: str

    @property
    def value(self) -> Fraction:
        """Units of the old currency for one unit of the new one."""
        return Fraction(self.text)

    @property
    def sentence(self) -> Message:
        """The law in a sentence: what became what, when, and at which rate."""
        return message(
            "{old} became {new} on {since}: {rate} {old} = 1 {new}",
            old=self.old,
            new=self.new,
            since=self.since,
            rate=self.text,
        )


def _read(line: str) -> Redenomination:
    old, new, since, text = line.split()
    return Redenomination(old, new, parse_date(since), text)


REDENOMINATIONS = {found.old: found for found in map(_read, _TABLE.strip().splitlines())}
"""Every redenomination the ledger knows, by the old currency."""


def redenominated(code: str, day: date) -> Redenomination | None:
    """How a currency had become another one by a day; None where it had not.

    >>> redenominated("HRK", date(2022, 12, 31)) is None
    True
    """
    found = REDENOMINATIONS.get(code)
    return found if found and day >= found.since else None
