"""Statements: what a step says, and what an entry said, in the same words, whatever the book held then.

The entry of a move says which stages gave; which did depends on what was there. What a file states is
less: so much was disbursed. An import is compared with the entries that carry its origins by this.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any

from ledger.journal import JSON, Citation, Draft, Posting, Stage
from ledger.message import message
from ledger.money import Balance, Money, commodity
from ledger.pledge import OPTIONAL_FACTS, TARGET, Firmness, Hold, MoveKind, add_facts, hold_facts
from ledger.recognition.steps import Announce, Correct, Evidence, Move, Revise, Step

Statement = Mapping[str, JSON]

_LONG = {"note": message("the note changed"), "citations": message("the citations changed")}
_OPTIONAL = tuple(name for name in OPTIONAL_FACTS if name != "holds")
_PROMISED = (Stage.UNDERTAKING, Stage.EXCESS)


def stated(step: Step, pledge: str | None, recipient: str) -> Statement:
    """What a step says, of the pledge with this id; ``recipient`` is whoever receives where it is not said.

    Raises :class:`TypeError` for a kind of step that files do not state.
    """
    if isinstance(step, Announce):
        facts = announced(step, str(pledge), recipient)
        promised = (promise.amount for promise in step.promises)
        stage = str(step.stage or Stage.PLEDGED) if step.promises and not step.parent else None
        return _statement("pledge", pledge, step.evidence, promised, facts=facts, stage=stage)
    if isinstance(step, Move):
        paid = None if step.paid is None else str(step.paid)
        return _statement(str(step.kind), step.pledge, step.evidence, step.amounts, paid=paid)
    if isinstance(step, Correct):
        return _statement("correct", step.pledge, step.evidence, step.amounts, corrects=str(step.kind))
    if isinstance(step, Revise):
        return _statement("revise", step.pledge, step.evidence, (step.amount,), by=step.by or None)
    raise TypeError(f"no file states a {type(step).__name__}")


def entry_stated(entry: Draft) -> Statement:
    """What an entry said, as :func:`stated` says it; of a restatement, what is stated since."""
    if entry.kind == "restate":
        return dict(_facts(entry, "restates")["content"])
    evidence = Evidence(on=entry.on, citations=entry.citations, note=entry.note)
    return _statement(entry.kind, entry.pledge, evidence, _amounts(entry), **_rest(entry))


def differences(was: Statement, now: Statement) -> list[str]:
    """In what two statements differ, each in words: ``amounts was [...], now [...]``; long texts are not repeated."""
    before, after = _flat(was), _flat(now)
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return [
        _LONG.get(name)
        or message("{name} was {old}, now {new}", name=name, old=_shown(before.get(name)), new=_shown(after.get(name)))
        for name in sorted(names, key=lambda name: (name in _LONG, names.index(name)))
    ]


def announced(step: Announce, pledge: str, recipient: str) -> dict[str, JSON]:
    """The facts of the pledge that an announcement opens, as entries hold them: see :meth:`Pledge.facts`.

    Raises :class:`ValueError` without a day.
    """
    if step.evidence.on is None:
        raise ValueError("an announcement without a day states nothing yet")
    said: dict[str, JSON] = {"id": pledge, "donor": step.donor, "recipient": step.recipient or recipient}
    said |= {"on": step.evidence.on.isoformat(), "purpose": str(step.purpose), "instrument": str(step.instrument)}
    add_facts(said, step, _OPTIONAL)
    holds = [
        hold_facts(Hold(promise.amount.commodity, promise.firmness, promise.firm))
        for promise in step.promises
        if promise.firm is not None or promise.firmness is not Firmness.EXACT
    ]
    return {**said, "holds": holds} if holds else said


def _statement(
    kind: str, pledge: str | None, evidence: Evidence, amounts: Iterable[Money], **rest: JSON
) -> dict[str, JSON]:
    """Plain JSON, so that a statement which was written and read again equals one that was not."""
    return {
        "kind": kind,
        "pledge": pledge,
        "on": str(evidence.on),
        "amounts": sorted(str(amount) for amount in amounts),
        "citations": [_citation(citation) for citation in evidence.citations],
        "note": evidence.note,
        **{name: value for name, value in rest.items() if value is not None},
    }


def _citation(citation: Citation) -> dict[str, JSON]:
    found = {field.name: getattr(citation, field.name) for field in fields(citation)}
    return {name: value for name, value in found.items() if value is not None}


def _amounts(entry: Draft) -> Iterable[Money]:
    """The amounts that whoever made the step gave."""
    own = [posting for posting in entry.postings if posting.pledge == entry.pledge]
    if entry.kind == "pledge":
        return (-_at(own, _PROMISED)).amounts()
    if entry.kind == "revise":
        value, code = str(entry.facts.get("by", entry.facts["promise"])).split(" ")
        return [Money.of(value, commodity(code))]
    if entry.kind == "correct":
        kind = MoveKind(str(entry.facts["corrects"]))
        return (
            _at(own, [Stage.UNDERTAKING]).amounts()
            if kind is MoveKind.COMMIT
            else (-_at(own, [TARGET[kind]])).amounts()
        )
    return _at(own, [TARGET[MoveKind(entry.kind)]]).amounts() if entry.kind in set(MoveKind) else ()


def _at(postings: Iterable[Posting], stages: Collection[Stage]) -> Balance:
    return Balance(posting.amount for posting in postings if posting.stage in stages)


def _rest(entry: Draft) -> dict[str, JSON]:
    if entry.kind != "pledge":
        return {"by": True} if "by" in entry.facts else {name: entry.facts.get(name) for name in ("paid", "corrects")}
    facts = _facts(entry, "pledge")
    own = [posting for posting in entry.postings if posting.pledge == entry.pledge]
    committed = any(posting.stage is Stage.COMMITTED for posting in own)
    stage = str(Stage.COMMITTED if committed else Stage.PLEDGED) if own and "parent" not in facts else None
    return {"facts": facts, "stage": stage}


def _facts(entry: Draft, name: str) -> dict[str, Any]:
    found = entry.facts[name]
    return dict(found) if isinstance(found, Mapping) else {}


def _flat(statement: Statement) -> dict[str, JSON]:
    """The facts of the pledge beside the rest."""
    facts = statement.get("facts")
    inner = dict(facts) if isinstance(facts, Mapping) else {}
    return {name: value for name, value in statement.items() if name != "facts"} | inner


def _shown(value: JSON) -> str:
    return message("nothing") if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)
