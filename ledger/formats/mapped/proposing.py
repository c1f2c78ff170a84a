"""What a row proposes: a pledge announced with what became of it, or a step on a pledge that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from operator import attrgetter
from typing import Any

from ledger.formats.mapped.cells import Cells, UnreadableError, converter, remembered, texts
from ledger.formats.mapped.fields import FIELDS, STAGES, STEPS
from ledger.formats.mapped.map import Amount, Map
from ledger.formats.mapped.stated import Column
from ledger.journal import Citation, Stage
from ledger.message import message
from ledger.money import Money
from ledger.pledge import Firmness, Instrument, MoveKind, Promise, Purpose, Terms
from ledger.recognition.proposal import Register
from ledger.recognition.steps import Announce, Correct, Evidence, Move, Step

_PARTIES = ("donor", "recipient", "lender", "obligor")
_SOURCES = ("source", "repayment_source")
_FACTS = (*_PARTIES, *_SOURCES, "purpose", "instrument", "title", "parent", "package")
_TERMS = ("interest", "grace", "maturity", "payments", "repayment")
_CITED = {
    "citation_url": "url",
    "citation_title": "title",
    "citation_quote": "quote",
    "publisher": "publisher",
    "published": "published",
    "retrieved": "retrieved",
}
_TYPES: Mapping[str, Callable[[str], object]] = {"purpose": Purpose, "instrument": Instrument, "firmness": Firmness}
_UNLIKE = frozenset({"id", "title", "note", "citation_url", "citation_quote"})  # hardly two rows share one
_MOST_KNOWN = 10_000
_REQUIRED = ("donor", "purpose", "instrument")
_REACHED = {
    "committed": MoveKind.COMMIT,
    "allocated": MoveKind.ALLOCATE,
    "disbursed": MoveKind.DISBURSE,
}

Fact = tuple[str, Callable[[Cells], Any]]


class Proposing:
    """A map's fields made ready for one file."""

    def __init__(self, mapping: Map, index: Mapping[str, int]) -> None:
        self._map, self._index, self._strict = mapping, index, mapping.strict
        self._fixed, self._facts = self._ready(dict(zip(_FACTS, _FACTS, strict=True)))
        self._required = [name for name in _REQUIRED if name not in self._fixed]
        self._terms_fixed, self._terms = self._ready(dict(zip(_TERMS, _TERMS, strict=True)))
        self._cited_fixed, self._cited = self._ready(_CITED)
        self._on, self._note, self._id, self._pledge, self._stage, self._firmness = (
            self._reader(name) for name in ("on", "note", "id", "pledge", "stage", "firmness")
        )
        columns = [Column(amount, index, mapping.fields.get("currency")) for amount in mapping.amounts]
        first = min((STAGES.index(column.stage) for column in columns if column.stage), default=None)
        base = None if first is None else STAGES[first]
        self._first = [column for column in columns if column.stage == base]
        self._later = [column for column in columns if column.stage != base]
        self._base = base
        self._only = (
            self._first[0] if len(self._first) == 1 and not mapping.fields.keys() & {"firmness", "firm"} else None
        )
        self._exposure, self._stated, self._firm = map(self._amount, ("max_exposure", "stated", "firm"))
        self._naming = attrgetter(*_PARTIES, *_SOURCES)
        self._known: dict[tuple[str | None, ...], tuple[Register, ...]] = {}
        self._has_more = bool(self._terms or self._terms_fixed or self._exposure or self._stated)

    def steps(self, cells: Cells, origin: str) -> tuple[Step, ...]:
        """What a row proposes; ``origin`` is what its first step is known by.

        Raises :class:`UnreadableError` for a cell that cannot be read, :class:`~ledger.errors.InputError` for what
        contradicts itself, and ``SkippedError`` for a row that the map leaves out.
        """
        stage = self._base or (self._stage(cells) if self._stage else None) or "pledged"
        if stage in STEPS:
            return (self._step(cells, STEPS[stage], origin),)
        return self._announcement(cells, stage, origin)

    def needs(self, steps: Iterable[Step]) -> tuple[Register, ...]:
        """What the map registers, of what these steps name."""
        found: dict[Register, None] = {}
        for step in steps:
            if isinstance(step, Announce):
                found |= dict.fromkeys(self._registered(self._naming(step)))
            if self._map.items:
                found |= dict.fromkeys(self._items(step))
        return tuple(found)

    def _registered(self, codes: tuple[str | None, ...]) -> tuple[Register, ...]:
        """The parties and sources of these codes that the map registers: the same few come again and again."""
        known = self._known.get(codes)
        if known is None:
            of = [self._map.parties] * len(_PARTIES) + [self._map.sources] * len(_SOURCES)
            known = tuple(register[code] for register, code in zip(of, codes, strict=True) if code and code in register)
            if len(self._known) < _MOST_KNOWN:
                self._known[codes] = known
        return known

    def _items(self, step: Step) -> Iterator[Register]:
        amounts: tuple[Money, ...] = step.amounts if isinstance(step, Move | Correct) else ()
        if isinstance(step, Announce):
            amounts = (*(promise.amount for promise in step.promises), *step.stated)
        codes = (money.commodity.code for money in amounts)
        yield from (self._map.items[code] for code in codes if code in self._map.items)

    # ---- a pledge

    def _announcement(self, cells: Cells, stage: str, origin: str) -> tuple[Step, ...]:
        """A pledge at the stage it has come to, and what its further amounts say became of it."""
        said = self._fixed.copy()
        for name, read in self._facts:
            if (value := read(cells)) is not None:
                said[name] = value
        for name in self._required:
            if name not in said:
                raise self._absent(name)
        promises = self._promises(cells)
        moves = [(column, money) for column in self._later if (money := column.money(cells))]
        delivered = _REACHED[stage] if stage in {"allocated", "disbursed"} and promises else None
        identity = self._id(cells) if self._id else None
        if identity is None and (not self._strict or delivered):
            identity = origin
        if self._has_more:
            said |= self._more(cells)
        evidence = self._evidence(cells, origin)
        opening = Announce(
            evidence=evidence,
            id=identity,
            promises=promises,
            stage=None if stage == "pledged" else Stage.COMMITTED,
            **said,
        )
        if not delivered and not moves:
            return (opening,)
        return (opening, *self._moves(cells, opening, delivered, moves))

    def _promises(self, cells: Cells) -> tuple[Promise, ...]:
        """What is promised: nothing where it is undisclosed."""
        if self._only and (money := self._only.positive(cells)) is not None:
            return (Promise(money),)
        found = [money for column in self._first if (money := column.positive(cells)) is not None]
        if not found:
            self._refuse_currency_alone(cells)
            return ()
        firmness = self._firmness(cells) if self._firmness else None
        if firmness is None and self._firm is None:
            return tuple(map(Promise, found))
        firm = self._firm.money(cells) if self._firm else None
        return tuple(
            Promise(money, firmness or Firmness.EXACT, firm if firm and firm.commodity == money.commodity else None)
            for money in found
        )

    def _refuse_currency_alone(self, cells: Cells) -> None:
        (column, *_) = self._first
        if self._strict and (of := column.of(cells)) is not None:
            reason = message("the amount is absent and its currency is not: an undisclosed amount has neither")
            raise UnreadableError(column.of_name, str(of), reason)

    def _moves(
        self, cells: Cells, opening: Announce, delivered: MoveKind | None, later: list[tuple[Column, Money]]
    ) -> Iterator[Move]:
        """What became of a pledge by further amounts of its own row: each a step with an origin of its own."""
        pledge, evidence = str(opening.id), opening.evidence
        if delivered:
            amounts = tuple(promise.amount for promise in opening.promises)
            yield Move(kind=delivered, pledge=pledge, amounts=amounts, evidence=_after(evidence, str(delivered)))
        used = {str(delivered)}
        for column, money in later:
            kind = _REACHED[str(column.stage)]
            if money.units < 0:
                raise UnreadableError(column.name, str(money), message("it is less than nothing"))
            word = next(word for n in range(1, 100) if (word := f"{kind}-{n}" if n > 1 else str(kind)) not in used)
            used.add(word)
            on = column.day(cells) if column.day else None
            yield Move(
                kind=kind,
                pledge=pledge,
                amounts=(money,),
                top_up=column.beyond == "top_up",
                new_money=column.beyond == "new_money",
                evidence=_after(evidence, word, on),
            )

    def _more(self, cells: Cells) -> dict[str, Any]:
        """Facts that few tables have: terms, exposure, stated equivalents."""
        terms = self._terms_fixed | {name: value for name, read in self._terms if (value := read(cells)) is not None}
        said: dict[str, Any] = {"terms": Terms(**terms)} if terms else {}
        if self._exposure and (most := self._exposure.money(cells)) is not None:
            said["max_exposure"] = most
        if self._stated and (worth := self._stated.money(cells)) is not None:
            said["stated"] = (worth,)
        return said

    # ---- a step

    def _step(self, cells: Cells, kind: MoveKind, origin: str) -> Step:
        """What happened to a pledge that is there, or was announced by a row above."""
        pledge = self._pledge(cells) if self._pledge else None
        if pledge is None:
            raise self._absent(
                "pledge", message("a row that is a step ({kind}) names the pledge it belongs to", kind=kind)
            )
        (column, *_) = self._first
        evidence = _after(self._evidence(cells, origin), str(kind))
        money = column.money(cells)
        if money is None:
            raise UnreadableError(column.name, "", message("a step ({kind}) has an amount", kind=kind))
        if column.corrects(money):
            return Correct(kind=kind, pledge=pledge, amounts=(-money,), evidence=evidence)
        if column.positive(cells) is None:
            raise UnreadableError(
                column.name, str(money), message("a step ({kind}) moves more than nothing", kind=kind)
            )
        top_up, new_money = column.beyond == "top_up", column.beyond == "new_money"
        return Move(kind=kind, pledge=pledge, amounts=(money,), top_up=top_up, new_money=new_money, evidence=evidence)

    # ---- what both have

    def _evidence(self, cells: Cells, origin: str) -> Evidence:
        on: date | None = self._on(cells) if self._on else None
        if on is None:
            raise self._absent("on")
        cited = self._cited_fixed.copy()
        for word, read in self._cited:
            if (value := read(cells)) is not None:
                cited[word] = value
        return Evidence(
            on=on,
            citations=(Citation(**cited),) if cited else (),
            note=self._note(cells) if self._note else None,
            origin=origin,
        )

    def _absent(self, name: str, why: str | None = None) -> UnreadableError:
        rule = self._map.fields.get(name)
        columns = " + ".join(rule.columns) if rule else ""
        absent = message("{field} is absent: it says {meaning}", field=name, meaning=FIELDS[name].says)
        return UnreadableError(columns, "", why or absent)

    # ---- making ready

    def _ready(self, words: Mapping[str, str]) -> tuple[dict[str, Any], list[Fact]]:
        """Fields by what they are called in a step: those that are the same in every row, and readers of the others."""
        fixed: dict[str, Any] = {}
        facts: list[Fact] = []
        for name, word in words.items():
            if (read := self._reader(name)) is None:
                continue
            if self._map.fields[name].constant is not None:
                fixed[word] = read(())
            else:
                facts.append((word, read))
        return fixed, facts

    def _reader(self, name: str) -> Callable[[Cells], Any] | None:
        rule = self._map.fields.get(name)
        if rule is None:
            return None
        if name in _UNLIKE:
            return texts(rule, self._index)
        convert = converter(name, FIELDS[name], rule)
        if name in _TYPES:
            typed = _TYPES[name]
            return remembered(rule, self._index, lambda text: typed(str(convert(text))))
        return remembered(rule, self._index, convert)

    def _amount(self, name: str) -> Column | None:
        """A further amount of the row, in its currency, or in one of its own."""
        rule = self._map.fields.get(name)
        if rule is None:
            return None
        other = self._map.fields.get("stated_currency" if name == "stated" else "currency")
        return Column(Amount(rule=rule), self._index, other)


def _after(evidence: Evidence, word: str, on: date | None = None) -> Evidence:
    """The evidence of what followed, from the same row."""
    return Evidence(
        on=on or evidence.on, citations=evidence.citations, note=evidence.note, origin=f"{evidence.origin}:{word}"
    )
