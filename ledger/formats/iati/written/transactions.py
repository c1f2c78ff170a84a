"""Transactions: each flow as one, so that those of a type add up to their measure."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.formats.iati import codes
from ledger.formats.iati.written.content import Activity, Flow
from ledger.formats.iati.written.identifier import organisation
from ledger.formats.iati.written.markup import Node, coded, dated, narrative
from ledger.money import Money
from ledger.pledge import Instrument, Party, Pledge, Purpose

_TYPES = {"pledged": "12", "committed": "2", "disbursed": "3", "forgiven": "3", "repaid": "6"}
_GUARANTEE = "10"
"""The type of a commitment that is a guarantee."""


def transaction(of: Activity, flow: Flow) -> Node:
    """The element of a flow; its reference names the entry and the measure."""
    inside = [
        coded("transaction-type", _type(of.pledge, flow)),
        dated("transaction-date", flow.on),
        value(flow.amount, flow.on),
        *([narrative("description", flow.note)] if flow.note else []),
        *_parties(of, flow),
        *([coded("finance-type", _forgiven_as(of.pledge))] if flow.measure == "forgiven" else []),
    ]
    return Node("transaction", {"ref": f"{flow.entry}-{flow.measure}-{flow.amount.commodity}"}, inside)


def value(amount: Money, day: str) -> Node:
    """An amount in its currency, as of a day."""
    return Node("value", {"currency": amount.commodity.code, "value-date": day}, amount.plain())


def flow_type(pledge: Pledge) -> str | None:
    """The flow type of a pledge, where it is sure: an export credit, or military and so no development assistance."""
    if pledge.instrument is Instrument.EXPORT_CREDIT:
        return codes.EXPORT_CREDITS
    return codes.MILITARY_FLOW if pledge.purpose is Purpose.MILITARY else None


def _type(pledge: Pledge, flow: Flow) -> str:
    if flow.measure == "committed" and pledge.instrument is Instrument.GUARANTEE:
        return _GUARANTEE
    return _TYPES[flow.measure]


def _forgiven_as(pledge: Pledge) -> str:
    export = pledge.instrument is Instrument.EXPORT_CREDIT
    return codes.FORGIVEN_EXPORT_CREDIT if export else codes.FORGIVEN


def _parties(of: Activity, flow: Flow) -> Iterator[Node]:
    """From whom to whom the money goes: what is repaid goes the other way."""
    giver, taker = (of.recipient, of.donor) if flow.measure == "repaid" else (of.donor, of.recipient)
    yield _organisation("provider-org", giver)
    yield _organisation("receiver-org", taker)


def _organisation(tag: str, party: Party) -> Node:
    return Node(tag, {"ref": organisation(party.code)}, [Node("narrative", inside=party.name)])
