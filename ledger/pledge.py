"""The pledge: what it states, who is party to it, and which moves its instrument allows.

Purposes, instruments and stages are the ledger's own lists; codes of repayment types are
those of IATI. Stages of a pledge are balances, never a column: see :mod:`ledger.journal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ledger.errors import InputError, Refusal
from ledger.journal import JSON, Stage
from ledger.money import Balance, Commodity, Money, commodity
from ledger.period import parse_date

Position = Mapping[Stage, Balance]
"""What each stage of one pledge holds; a stage that holds nothing may be absent."""

NOTHING = Balance()


class Purpose(StrEnum):
    """What a pledge is for."""

    MILITARY = "military"
    HUMANITARIAN = "humanitarian"
    FINANCIAL = "financial"
    RECONSTRUCTION = "reconstruction"
    OTHER = "other"


class Instrument(StrEnum):
    """How a pledge is financed."""

    GRANT = "grant"
    IN_KIND = "in_kind"
    LOAN = "loan"
    EXPORT_CREDIT = "export_credit"
    GUARANTEE = "guarantee"
    SWAP_LINE = "swap_line"
    INTEREST_SUBSIDY = "interest_subsidy"

    @property
    def repayable(self) -> bool:
        """Whether principal is owed: loans and their like, and guarantees once called."""
        return self in {self.LOAN, self.EXPORT_CREDIT, self.SWAP_LINE, self.GUARANTEE}


class Firmness(StrEnum):
    """How firmly an amount was promised."""

    EXACT = "exact"
    UP_TO = "up_to"
    AT_LEAST = "at_least"
    ABOUT = "about"


class MoveKind(StrEnum):
    """The steps that move what a pledge holds from stage to stage."""

    COMMIT = "commit"
    ALLOCATE = "allocate"
    DISBURSE = "disburse"
    CALL = "call"
    REPAY = "repay"
    FORGIVE = "forgive"
    CANCEL = "cancel"


class PartyKind(StrEnum):
    """What a party is."""

    COUNTRY = "country"
    INSTITUTION = "institution"
    GROUP = "group"


TARGET: Mapping[MoveKind, Stage] = {
    MoveKind.COMMIT: Stage.COMMITTED,
    MoveKind.ALLOCATE: Stage.ALLOCATED,
    MoveKind.DISBURSE: Stage.DISBURSED,
    MoveKind.CALL: Stage.CALLED,
    MoveKind.REPAY: Stage.REPAID,
    MoveKind.FORGIVE: Stage.FORGIVEN,
    MoveKind.CANCEL: Stage.CANCELLED,
}
"""The stage a move leads to."""

UNDELIVERED = (Stage.PLEDGED, Stage.COMMITTED, Stage.ALLOCATED)
"""What is promised and not yet delivered, the least firm first."""

_NEAREST = {
    MoveKind.COMMIT: (Stage.PLEDGED,),
    MoveKind.ALLOCATE: (Stage.COMMITTED, Stage.PLEDGED),
    MoveKind.DISBURSE: (Stage.ALLOCATED, Stage.COMMITTED, Stage.PLEDGED),
    MoveKind.CALL: (Stage.ALLOCATED, Stage.COMMITTED, Stage.PLEDGED),
    MoveKind.CANCEL: UNDELIVERED,
}
_FORWARD = {MoveKind.COMMIT, MoveKind.ALLOCATE, MoveKind.CANCEL}
_GRANT = frozenset({*_FORWARD, MoveKind.DISBURSE, MoveKind.REPAY})
_LOAN = frozenset({*_GRANT, MoveKind.FORGIVE})
MOVES: Mapping[Instrument, frozenset[MoveKind]] = {
    Instrument.GRANT: _GRANT,
    Instrument.IN_KIND: _GRANT,
    Instrument.INTEREST_SUBSIDY: _GRANT,
    Instrument.LOAN: _LOAN,
    Instrument.EXPORT_CREDIT: _LOAN,
    Instrument.SWAP_LINE: _LOAN,
    Instrument.GUARANTEE: frozenset({*_FORWARD, MoveKind.CALL, MoveKind.REPAY, MoveKind.FORGIVE}),
}
"""The table of allowed moves."""


def sources(kind: MoveKind, instrument: Instrument, only: Stage | None = None) -> tuple[Stage, ...]:
    """The stages a move draws from, in order: forward steps the nearest first, cancelling the least firm first.

    Raises :class:`Refusal` where the instrument has no such move, :class:`InputError` where ``only``
    (``--from``) is no stage this move can draw from.
    """
    if kind not in MOVES[instrument]:
        raise _no_such_step(kind, instrument)
    if kind in {MoveKind.REPAY, MoveKind.FORGIVE}:
        order: tuple[Stage, ...] = (Stage.CALLED if instrument is Instrument.GUARANTEE else Stage.DISBURSED,)
    else:
        order = _NEAREST[kind]
    if only is None:
        return order
    if only not in order:
        raise InputError("--from {only}: {kind} draws from {order} only", only=only, kind=kind, order=", ".join(order))
    return (only,)


def _no_such_step(kind: MoveKind, instrument: Instrument) -> Refusal:
    about = {"instrument": instrument, "kind": kind, "allowed": ", ".join(sorted(MOVES[instrument]))}
    if instrument[0] in "aeiou":
        return Refusal("an {instrument} has no step '{kind}': its steps are {allowed}", **about)
    return Refusal("a {instrument} has no step '{kind}': its steps are {allowed}", **about)


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised amount, with how firm it is and, of it, the firm part.

    Raises :class:`InputError` for an amount or firm part below zero, and a firm part above the amount
    or in another commodity.
    """

    amount: Money
    firmness: Firmness = Firmness.EXACT
    firm: Money | None = None

    def __post_init__(self) -> None:
        if self.amount.units <= 0:
            raise InputError("a promise must be more than nothing, not {amount}", amount=self.amount)
        if self.firm is None:
            return
        if self.firm.commodity != self.amount.commodity or not 0 <= self.firm.units <= self.amount.units:
            raise InputError(
                "the firm part, {firm}, must lie between nothing and the amount, {amount}",
                firm=self.firm,
                amount=self.amount,
            )


@dataclass(frozen=True, slots=True)
class Hold:
    """How firmly the promise in one commodity holds: its firmness and its firm part."""

    commodity: Commodity
    firmness: Firmness = Firmness.EXACT
    firm: Money | None = None


@dataclass(frozen=True, slots=True)
class Instalment:
    """An amount that is due on a day."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of what is repayable.

    ``interest`` is per cent a year as decimal text, ``grace`` and ``maturity`` are years, ``payments``
    a year, ``repayment`` an IATI LoanRepaymentType: 1 equal principal, 2 annuity, 3 lump sum, 5 other.
    """

    interest: str | None = None
    grace: int | None = None
    maturity: int | None = None
    payments: int | None = None
    repayment: str | None = None

    def __post_init__(self) -> None:
        if self.interest is not None and not _is_percentage(self.interest):
            raise InputError(
                "--interest {interest}: write the per cent a year as a number, such as 1.3", interest=self.interest
            )
        for name in ("grace", "maturity", "payments"):
            if (value := getattr(self, name)) is not None and not 0 <= value <= 400:  # noqa: PLR2004
                raise InputError("--{name} {number}: between 0 and 400", name=name, number=value)
        if self.grace is not None and self.maturity is not None and self.grace > self.maturity:
            raise InputError(
                "--grace {grace} is longer than --maturity {maturity}", grace=self.grace, maturity=self.maturity
            )
        if self.repayment not in {None, "1", "2", "3", "5"}:
            raise InputError(
                "--repayment {repayment}: 1 equal principal, 2 annuity, 3 lump sum or 5 other (IATI)",
                repayment=self.repayment,
            )


NO_TERMS = Terms()
"""The terms of what states none."""


def _is_percentage(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and 0 <= value < 1000 and "e" not in text.casefold()  # noqa: PLR2004


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """What a pledge states: every fact but its amounts, which are the balances of its stages.

    ``on`` is the day it was announced; ``source`` who really pays; ``stated`` equivalents are claims
    of the source, never rates; ``parent`` the facility it draws on; ``void`` the entry that reversed
    its opening, if one did.
    """

    id: str
    donor: str
    recipient: str
    on: date
    purpose: Purpose
    instrument: Instrument
    source: str | None = None
    title: str | None = None
    holds: tuple[Hold, ...] = ()
    stated: tuple[Money, ...] = ()
    schedule: tuple[Instalment, ...] = ()
    max_exposure: Money | None = None
    terms: Terms = NO_TERMS
    lender: str | None = None
    obligor: str | None = None
    repayment_source: str | None = None
    parent: str | None = None
    package: str | None = None
    void: int | None = None

    def hold(self, of: Commodity) -> Hold:
        """How firmly the promise in this commodity holds: exact unless it was said."""
        return next((hold for hold in self.holds if hold.commodity == of), Hold(of))

    def facts(self) -> dict[str, JSON]:
        """The facts as JSON holds them: absent ones left out, amounts as text with their commodity."""
        said: dict[str, JSON] = {"id": self.id, "donor": self.donor, "recipient": self.recipient}
        said |= {"on": self.on.isoformat(), "purpose": str(self.purpose), "instrument": str(self.instrument)}
        add_facts(said, self, OPTIONAL_FACTS)
        return said

    def restated(self, changes: Mapping[str, Sequence[JSON]]) -> Pledge:
        """The pledge once these facts are changed: name -> (old, new), None where absent."""
        facts = self.facts() | {name: new for name, (_, new) in changes.items()}
        return Pledge.from_facts({name: value for name, value in facts.items() if value is not None}, self.void)

    @classmethod
    def from_facts(cls, facts: Mapping[str, JSON], void: int | None = None) -> Pledge:
        """The pledge that states these facts: the inverse of :meth:`facts`."""
        known: dict[str, Any] = {name: _READERS.get(name, _same)(value) for name, value in facts.items()}
        return cls(**known, void=void)


_SAYS_NOTHING = ((), NO_TERMS)
OPTIONAL_FACTS = tuple(field.name for field in fields(Pledge) if field.default is not MISSING and field.name != "void")


def add_facts(said: dict[str, JSON], of: object, names: Iterable[str]) -> None:
    """Add those of these facts that are stated, as JSON holds them."""
    for name in names:
        value = getattr(of, name)
        if value is not None and value is not NO_TERMS and value not in _SAYS_NOTHING:
            said[name] = value if type(value) is str else _to_json(value)


def _same(value: JSON) -> JSON:
    return value


def money_from(text: JSON) -> Money:
    """Read an amount as facts hold it, ``1600000000.00 GBP``."""
    value, code = str(text).split(" ")
    return Money.of(value, commodity(code))


def _to_json(value: object) -> JSON:
    if isinstance(value, tuple):
        return [_to_json(inner) for inner in value]
    return _WRITERS[type(value)](value)


def hold_facts(hold: Hold) -> dict[str, JSON]:
    """How firmly a promise holds, as facts say it."""
    firm = {"firm": str(hold.firm)} if hold.firm is not None else {}
    return {"commodity": hold.commodity.code, "firmness": str(hold.firmness), **firm}


def _terms_facts(terms: Terms) -> dict[str, JSON]:
    found = {field.name: getattr(terms, field.name) for field in fields(terms)}
    return {name: term for name, term in found.items() if term is not None}


_WRITERS: Mapping[type, Callable[[Any], JSON]] = {
    str: _same,
    Money: str,
    date: date.isoformat,
    Hold: hold_facts,
    Instalment: lambda instalment: {"on": instalment.on.isoformat(), "amount": str(instalment.amount)},
    Terms: _terms_facts,
}


def _hold_from(value: Mapping[str, JSON]) -> Hold:
    firm = money_from(value["firm"]) if "firm" in value else None
    return Hold(commodity(str(value["commodity"])), Firmness(str(value["firmness"])), firm)


_READERS: Mapping[str, Callable[[Any], object]] = {
    "on": parse_date,
    "purpose": Purpose,
    "instrument": Instrument,
    "holds": lambda rows: tuple(map(_hold_from, rows)),
    "stated": lambda rows: tuple(map(money_from, rows)),
    "schedule": lambda rows: tuple(Instalment(parse_date(row["on"]), money_from(row["amount"])) for row in rows),
    "max_exposure": money_from,
    "terms": lambda found: Terms(**found),
}


@dataclass(frozen=True, slots=True)
class Membership:
    """A party's place in a group, from a day (or always) up to a day (or still); both days inside."""

    party: str
    group: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the party is a member on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Party:
    """A donor, recipient, lender or agency: a country by its ISO 3166-1 code, or one that was registered."""

    code: str
    name: str
    kind: PartyKind


@dataclass(frozen=True, slots=True)
class Source:
    """A funding source: who really pays."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Part of a parent's promise that went to a child, at the stage it had; negative when it came back."""

    parent: str
    child: str
    stage: Stage
    amount: Money

    def facts(self) -> dict[str, JSON]:
        """The drawing as an entry's facts hold it."""
        return {"parent": self.parent, "child": self.child, "stage": str(self.stage), "amount": str(self.amount)}

    @classmethod
    def from_facts(cls, facts: Mapping[str, JSON]) -> Drawing:
        """The drawing that an entry's facts state."""
        amount = money_from(facts["amount"])
        return cls(str(facts["parent"]), str(facts["child"]), Stage(str(facts["stage"])), amount)
