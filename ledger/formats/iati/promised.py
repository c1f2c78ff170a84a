"""What is promised so far: each pledge's gross promise as an activity's transactions build it up.

A pledge of IATI's (type 12) raises a promise by its value, where the ledger states the whole promise: so what
earlier transactions promised is followed here, a commitment beyond what was pledged included.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.pledge import MoveKind


@dataclass(slots=True)
class Promised:
    """The minor units of one pledge in one currency: promised in all, pledged, committed, beyond the promise."""

    gross: int = 0
    pledged: int = 0
    committed: int = 0
    beyond: int = 0

    def raised(self, units: int) -> None:
        """The promise made larger or smaller."""
        self.gross += units
        fall = min(self.pledged, -units) if units < 0 else -units
        self.pledged -= fall
        self.committed -= max(0, -units - fall)

    def moved(self, move: MoveKind, units: int) -> None:
        """What a move does to it; less than nothing takes an earlier one back."""
        if move is MoveKind.COMMIT:
            self._committed(units)
        elif move in {MoveKind.DISBURSE, MoveKind.CALL}:
            self._delivered(units)

    def _committed(self, units: int) -> None:
        if units >= 0:
            taken = min(self.pledged, units)
            self.pledged -= taken
            self.committed += units
            self.gross += units - taken
            return
        taken = min(self.committed, -units)
        self.committed -= taken
        self.beyond += -units - taken
        self.gross += units

    def _delivered(self, units: int) -> None:
        if units < 0:
            taken = min(self.beyond, -units)
            self.beyond -= taken
            self.committed += -units - taken
            return
        committed = min(self.committed, units)
        pledged = min(self.pledged, units - committed)
        self.committed -= committed
        self.pledged -= pledged
        self.beyond += units - committed - pledged
