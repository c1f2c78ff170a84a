"""About: what a package says of itself, to programs in ``datapackage.json`` and to people in ``README.txt``."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from ledger.period import Period
from ledger.proof.checkpoint import Checkpoint
from ledger.signing.key import PublicKey


@dataclass(frozen=True, slots=True)
class Reporting:
    """What amounts are worth in the package, and by which rates, in the words of the command line.

    ``value_at`` is ``pledge``, ``event`` or a day; ``missing`` is ``refuse`` or ``list``.
    """

    currency: str
    policy: str
    rates: tuple[str, ...]
    value_at: str
    missing: str

    def __str__(self) -> str:
        day = {"pledge": "the day of each pledge", "event": "the day of each entry"}.get(self.value_at, self.value_at)
        return f"{self.currency} at the rate of {day}, policy {self.policy}, rates of {', '.join(self.rates)}"


@dataclass(frozen=True, slots=True)
class About:
    """The head of the journal in a package, who signed it, and what was asked for."""

    head: Checkpoint
    reporting: Reporting
    period: Period | None = None
    since: Checkpoint | None = None
    signer: PublicKey | None = None
    spreadsheet_safe: bool = False


def root_text(checkpoint: Checkpoint) -> str:
    """The root of a tree as a checkpoint writes it, in Base64."""
    return b64encode(checkpoint.root).decode()
