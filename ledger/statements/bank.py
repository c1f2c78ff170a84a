"""Bank: a bank's statements beside the payments of the book, currency by currency, and the matches that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.errors import InputError
from ledger.journal import Citation
from ledger.message import Message, counted
from ledger.money import Commodity
from ledger.recognition.steps import Evidence, Match
from ledger.reconcile.accepted import Accepted, booked, origin_of, paid, settled
from ledger.reconcile.cash import Cash, Terms, widened
from ledger.reconcile.matched import labels, table
from ledger.reconcile.matching import Group, State, matched
from ledger.reconcile.statement import BankFile, Statement, closing_note
from ledger.store import matches
from ledger.store.scope import Scope
from ledger.table import Table


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of comparing a file with the book: groups, their table, and the origins that are taken already."""

    file: BankFile
    groups: Sequence[Group]
    table: Table
    origins: frozenset[str]

    def steps(self, *, matched: bool, proposed: Sequence[str] = ()) -> list[Match]:
        """The steps that record what is matched, and the proposed groups that are named (or ``all``).

        Raises :class:`InputError` for a name that no proposed group has.
        """
        chosen = [group for group in self.groups if matched and group.state is State.MATCHED]
        names, open_groups = labels(self.groups), [one for one in self.groups if one.state is State.PROPOSED]
        known = {names[id(group)]: group for group in open_groups}
        for name in proposed:
            if name != "all" and name not in known:
                raise _no_group(name, list(known))
        wanted = known if "all" in proposed else dict.fromkeys(proposed)
        chosen += [group for name, group in known.items() if name in wanted]
        return list(self._recorded(chosen))

    def _recorded(self, groups: Iterable[Group]) -> Iterable[Match]:
        used = set(self.origins)
        for group in groups:
            origin = origin_of(group, used)
            used.add(origin)
            first = group.lines[0]
            title = f"statement {first.statement} of {first.account}"
            citation = Citation(title=title, file=self.file.name, sha256=self.file.sha256)
            yield Match(
                account=first.account,
                lines=tuple(map(booked, group.lines)),
                settled=tuple(map(paid, group.ours)),
                partial=group.partial,
                evidence=Evidence(citations=(citation,), origin=origin, note=str(group.reason)),
            )


def reconciled(scope: Scope, file: BankFile, terms: Terms) -> Reconciliation:
    """A file's statements beside the book's payments in their currencies.

    A filter of currencies is that of the statements. Raises :class:`InputError` where none is left, and for an
    amount of the terms in a currency that no statement has.
    """
    statements = _selected(file, scope.selection.currency)
    _refuse_foreign(statements, terms)
    accepted = matches.accepted(scope, sorted({statement.account for statement in statements}))
    groups: list[Group] = []
    notes = [note for statement in statements for note in (closing_note(statement), *statement.notes)]
    ours = _payments(scope, statements, terms, accepted)
    for of in sorted({statement.currency for statement in statements}, key=lambda of: of.code):
        some = [statement for statement in statements if statement.currency == of]
        in_it = [cash for cash in ours if cash.amount.commodity == of]
        found, said = _reconcile(some, in_it, terms.of(of), accepted=[one for one in accepted if one.currency == of])
        groups += found
        notes += said
    return Reconciliation(file, groups, table(groups, notes), frozenset(match.origin for match in accepted))


def _selected(file: BankFile, currencies: Sequence[str]) -> list[Statement]:
    found = [one for one in file.statements if not currencies or one.currency.code in currencies]
    if not found:
        codes = ", ".join(sorted({one.currency.code for one in file.statements}))
        raise InputError(
            "{file} holds no statement in {currencies}: its statements are in {codes}",
            file=file.name,
            currencies=", ".join(currencies),
            codes=codes,
        )
    return found


def _refuse_foreign(statements: Sequence[Statement], terms: Terms) -> None:
    codes = sorted({statement.currency.code for statement in statements})
    for option, amount in (("--fees", terms.fees), ("--tolerance", terms.tolerance.amount)):
        if amount is not None and amount.commodity.code not in codes:
            raise InputError(
                "{option} {amount}: the statements are in {codes}", option=option, amount=amount, codes=", ".join(codes)
            )


def _payments(scope: Scope, statements: Sequence[Statement], terms: Terms, accepted: Sequence[Accepted]) -> list[Cash]:
    """The payments of the statements' days and those around, and earlier ones of which a rest may be open."""
    first, last = _around_days(statements, terms.days)
    found = matches.payments(scope, first, last, received=terms.received)
    in_part = {number for match in accepted for number in match.in_part}
    rests = matches.payments_of(scope, in_part, last, received=terms.received) if in_part else []
    return [*found, *(cash for cash in rests if cash.on < first)]


def _around_days(statements: Sequence[Statement], days: int) -> tuple[date, date]:
    """The days of statements with some more on either side."""
    first = min(statement.opened_on for statement in statements)
    return widened(first, max(statement.closed_on for statement in statements), days)


def _reconcile(
    statements: Sequence[Statement], ours: Sequence[Cash], terms: Terms, *, accepted: Sequence[Accepted]
) -> tuple[list[Group], list[str]]:
    """The groups of one currency, and what is to be said of them."""
    left = settled([line for statement in statements for line in statement.lines], ours, accepted)
    spans = [(statement.opened_on, statement.closed_on) for statement in statements]
    first = _around_days(statements, terms.days)[0]
    candidates = [cash for cash in left.ours if cash.paid_before or cash.on >= first]
    found = [left.reopened(group) for group in matched(left.lines, candidates, terms)]
    around = [group for group in found if group.state is State.ONLY_OURS and _is_around(group.ours[0], spans)]
    kept = [group for group in found if group not in around] if around else found
    notes = [_around(around, statements[0].currency, terms.days)] if around else []
    return [*left.groups, *kept], [*dict.fromkeys(left.why.values()), *notes]


def _no_group(name: str, there: Sequence[str]) -> InputError:
    if not there:
        return InputError("--accept-proposed {name}: no proposed group is called that; there are: none", name=name)
    return InputError(
        "--accept-proposed {name}: no proposed group is called that; there are: {groups}",
        name=name,
        groups=", ".join(there),
    )


def _is_around(cash: Cash, spans: Iterable[tuple[date, date]]) -> bool:
    """Whether a payment is of no statement's days, and no rest, which stays open whatever the month."""
    return not cash.paid_before and not any(since <= cash.on <= until for since, until in spans)


def _around(groups: Sequence[Group], of: Commodity, days: int) -> Message:
    return counted(
        "{count} of our payments in {currency} is dated up to {days} days before or after the statements, matched"
        " nothing, and left out",
        "{count} of our payments in {currency} are dated up to {days} days before or after the statements, matched"
        " nothing, and left out",
        count=len(groups),
        currency=of,
        days=days,
    )
