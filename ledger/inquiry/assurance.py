"""Assurance: whether a book is sound, and what proves that it was not rewritten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import Problem
from ledger.exchange import Exchange
from ledger.inquiry.opened import Opened

if TYPE_CHECKING:
    from ledger.audit.proving import Proofs
    from ledger.audit.verification import Trust, Verified
    from ledger.signing.key import Key


class Assurance(Opened):
    """A book examined, verified and proven."""

    def check(self) -> list[Problem]:
        """Everything that is wrong with the book: broken invariants, then suspicions, by the clock's day."""
        from ledger.statements.suspicions import Suspect, suspicions_of  # noqa: PLC0415 - only an examination pays
        from ledger.store.checks.every import check  # noqa: PLC0415 - as above

        with self._reading() as scope:
            exchange = Exchange(scope.connection, scope.book)
            suspect = Suspect(scope, self.clock().date(), lambda: exchange.sources(exchange.names()))
            copies = self.database.copies(scope.connection, scope.book)
            return [*check(scope.connection, scope.book, copies), *suspicions_of(suspect)]

    def verify(self, trust: Trust, signed: str | None = None) -> Verified:
        """Hash every line again, and compare with what was signed: by the book itself, and in a note that is given."""
        from ledger.audit import verification  # noqa: PLC0415 - only who asks for proof pays

        with self._reading() as scope:
            if signed is None:
                return verification.of_book(scope, self.uid, trust)
            return verification.of_checkpoint(scope, self.uid, signed, trust)

    def beside(self, package: Path) -> list[Problem]:
        """The first entry of an auditor's package that the book has otherwise, or has not."""
        from ledger.audit.presented import beside_book  # noqa: PLC0415 - as above

        with self._reading() as scope:
            return list(beside_book(scope, package))

    def prove(self, pledge: str, key: Key) -> Proofs:
        """Prove each entry that touches a pledge against the head of all entries, signed now; nothing is kept."""
        from ledger.audit.proving import prove  # noqa: PLC0415 - as above

        with self._reading() as scope:
            return prove(scope, self.uid, pledge, key)
