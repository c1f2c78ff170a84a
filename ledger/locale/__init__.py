"""Figures, days and names in the user's language: the only place that knows Babel.

Babel brings the Unicode CLDR's data. Amounts are never given to it to read (its reader takes the
German ``25.00`` for 2500) or to write (it drops digits that ISO 4217 has, and rounds): they stay
digits, between the locale's marks. ``tags`` finds the locale, ``marks`` its figures' marks, ``figures``
how it writes amounts, ``days`` and ``names`` read dates and names; ``language`` shows all of them.
"""

from ledger.locale.figures import notation
from ledger.locale.language import Language
from ledger.locale.tags import resolve

__all__ = ["Language", "notation", "resolve"]
