"""What goes wrong, as one family, and what is found, as values.

    LedgerError
    ├── InputError            the call or its input is wrong            exit code 2
    │   ├── AmountError       an amount that cannot be read or held
    │   └── NotABook          the file is there, but it is not a book
    └── Refusal               the ledger understood, and says no        exit code 1
        ├── UnknownRecord     no such pledge, party, source, item, entry
        ├── Shortage          a step takes more than is there
        ├── ClosedPeriod      an entry dated inside a closed period
        ├── OriginConflict    the same origin with other content
        ├── NotRestated       a file states otherwise than before what cannot be posted
        ├── MissingRate       no rate for this currency, date and policy
        ├── FetchError        a file that does not come, or is not what it should be
        └── StoreRefusal      locked, read-only, full, newer or older schema

Commands raise one of these; a finding about data that is reported and does not
stop anything is a :class:`Problem`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.message import Message, message


class LedgerError(Exception):
    """Anything the ledger refuses: one line that says what, where and what to do.

    It is made from a template and its values, as :func:`ledger.message.message` takes them.
    ``hint`` may add one more line; ``exit_code`` is what a command ends with.
    """

    exit_code = 1

    def __init__(self, sentence: str, /, *, hint: str | None = None, **values: object) -> None:
        said = sentence if isinstance(sentence, Message) else message(sentence, **values)
        super().__init__(said)
        self.message = said
        self.hint = hint


class InputError(LedgerError):
    """The call or its input is wrong, whatever the book holds."""

    exit_code = 2


class AmountError(InputError):
    """An amount that cannot be read, or that no amount may be."""


class NotABook(InputError):
    """The path leads to something that is not a book."""


class Refusal(LedgerError):
    """The call is understood, and the ledger says no."""


class UnknownRecord(Refusal):
    """No such pledge, party, source, item or entry in this book.

    ``party`` is what was written for a party's code, where that is what is not there.
    """

    party: str | None = None


class Shortage(Refusal):
    """A step would take more than is there."""


class ClosedPeriod(Refusal):
    """An entry dated inside a period that was closed."""


class OriginConflict(Refusal):
    """An origin that is already recorded with other content."""


class NotRestated(Refusal):
    """A restatement that the ledger refuses: what was posted of it goes back with the whole file."""


class MissingRate(Refusal):
    """No rate for this currency, date and policy: never zero, never skipped."""


class FetchError(Refusal):
    """A file that cannot be fetched, or is not what it should be: nothing of it is kept."""


class StoreRefusal(Refusal):
    """The place where the book is kept refuses: locked, read-only, full, another schema."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding that is reported, not raised.

    An ``error`` is a broken invariant; a ``warning`` is a suspicion, and fails nothing.
    ``code`` is a stable word for programs, ``where`` names the pledge, entry or account.
    """

    severity: Literal["error", "warning"]
    code: str
    where: str
    message: str
