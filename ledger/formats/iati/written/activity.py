"""The activity: a pledge in the elements of IATI, in the order that its schema demands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from iso3166 import countries_by_alpha2

from ledger.formats.iati import codes, extension
from ledger.formats.iati.written.content import Account, Activity, Reporter
from ledger.formats.iati.written.identifier import organisation
from ledger.formats.iati.written.lending import lending
from ledger.formats.iati.written.links import links
from ledger.formats.iati.written.markup import Node, coded, dated, narrative
from ledger.formats.iati.written.transactions import flow_type, transaction, value
from ledger.formats.iati.written.words import ENGLISH, description
from ledger.journal import Stage
from ledger.pledge import Instrument, Party, Purpose

_BUDGET_SUPPORT = frozenset({Instrument.GRANT, Instrument.LOAN})
_PROJECTS = frozenset({Instrument.GRANT, Instrument.LOAN, Instrument.IN_KIND})
_UNDELIVERED = (Stage.PLEDGED, Stage.COMMITTED, Stage.ALLOCATED)
_OWED = (Stage.DISBURSED, Stage.CALLED)
_REGIONS = {"DAC": "1", "UN": "2"}


def activity(of: Activity, reporter: Reporter, on: date) -> Node:
    """The element of a pledge; ``on`` is the day its figures are of."""
    of_money = [account for account in of.accounts if account.of.is_currency]
    about = {
        "xml:lang": ENGLISH,
        "default-currency": of_money[0].of.code if len(of_money) == 1 else None,
        "last-updated-datetime": of.updated,
        "humanitarian": "1" if of.pledge.purpose is Purpose.HUMANITARIAN else None,
    }
    extended = extension.attributes(of.pledge, of.donor, of.recipient, of.source)
    inside = [
        *_identity(of, reporter),
        *_parties(of),
        *_dates(of),
        _recipient(of.recipient),
        *_classified(of),
        *_due(of),
        *(transaction(of, flow) for flow in of.flows),
        *links(of.citations),
        *([Node("related-activity", {"ref": of.parent, "type": codes.PARENT})] if of.parent else []),
        *lending(of, on),
        Node(extension.TAG, extended),
    ]
    return Node("iati-activity", about, inside)


def _identity(of: Activity, reporter: Reporter) -> Iterator[Node]:
    yield Node("iati-identifier", inside=of.identifier)
    others = str(int(of.donor.code != reporter.ref))
    about = {"ref": reporter.ref, "type": reporter.type, "secondary-reporter": others}
    yield Node("reporting-org", about, [Node("narrative", inside=reporter.name)])
    yield narrative("title", of.pledge.title or of.pledge.id)
    yield narrative("description", description(of), type="1")


def _parties(of: Activity) -> Iterator[Node]:
    yield _participant(of.donor, codes.FUNDS)
    yield _participant(of.lender or of.donor, codes.EXTENDS)
    yield _participant(of.recipient, codes.IMPLEMENTS)


def _participant(party: Party, role: str) -> Node:
    kind = codes.GOVERNMENT if party.code in countries_by_alpha2 else None
    about = {"ref": organisation(party.code), "type": kind, "role": role}
    return Node("participating-org", about, [Node("narrative", inside=party.name)])


def _dates(of: Activity) -> Iterator[Node]:
    """How far it has come, when it began, which is the day it was announced, and when it ended."""
    started = any(flow.measure == "committed" for account in of.accounts for flow in account.flows)
    status = _status(of.accounts, started=started, repayable=of.pledge.instrument.repayable)
    yield coded("activity-status", status)
    on = of.pledge.on.isoformat()
    yield dated("activity-date", on, type=codes.START_ACTUAL if started else codes.START_PLANNED)
    if status in {codes.CLOSED, codes.WITHDRAWN}:
        last = max(flow.on for account in of.accounts for flow in account.flows)
        yield dated("activity-date", max(on, last), type=codes.END_ACTUAL)


def _status(accounts: Sequence[Account], *, started: bool, repayable: bool) -> str:
    """Pipeline until something is committed; then in implementation, until all of it was delivered and paid back.

    What holds no promise any more was cancelled, or goes on as another activity: for itself it is closed.
    """
    promised = [account for account in accounts if account.flows]
    if promised and not any(account.figures["pledged"] for account in promised):
        cancelled = any(account.held.get(Stage.CANCELLED) for account in promised)
        return codes.WITHDRAWN if cancelled else codes.CLOSED
    if not started:
        return codes.PIPELINE
    if any(account.held.get(stage) for account in promised for stage in _UNDELIVERED):
        return codes.IMPLEMENTATION
    if repayable and any(account.held.get(stage) for account in promised for stage in _OWED):
        return codes.FINALISATION
    return codes.CLOSED


def _recipient(party: Party) -> Node:
    if party.code in countries_by_alpha2:
        return coded("recipient-country", party.code, percentage="100")
    prefix, _, number = party.code.partition("-")
    vocabulary = _REGIONS.get(prefix) if number.isascii() and number.isdecimal() else None
    if vocabulary and (prefix != "DAC" or number in codes.REGIONS):
        return coded("recipient-region", number, vocabulary=vocabulary, percentage="100")
    about = {"code": party.code, "vocabulary": codes.OWN_REGIONS, "percentage": "100"}
    return Node("recipient-region", about, [Node("narrative", inside=party.name)])


def _classified(of: Activity) -> Iterator[Node]:
    """By the codes that are sure: whether it is development assistance, no pledge says."""
    pledge = of.pledge
    sector = codes.SECTORS[pledge.purpose]
    yield coded("sector", sector, vocabulary=codes.SECTOR_VOCABULARY, percentage="100")
    if of.donor.code in countries_by_alpha2:
        yield coded("collaboration-type", codes.BILATERAL)
    if flow := flow_type(pledge):
        yield coded("default-flow-type", flow)
    yield coded("default-finance-type", codes.FINANCE_TYPE[pledge.instrument])
    if pledge.purpose is Purpose.FINANCIAL and pledge.instrument in _BUDGET_SUPPORT:
        yield coded("default-aid-type", codes.GENERAL_BUDGET_SUPPORT, vocabulary="1")
    elif pledge.purpose is not Purpose.FINANCIAL and pledge.instrument in _PROJECTS:
        yield coded("default-aid-type", codes.PROJECT, vocabulary="1")


def _due(of: Activity) -> Iterator[Node]:
    """The instalments that the pledge states in money."""
    for one in of.pledge.schedule:
        if one.amount.commodity.is_currency:
            day = one.on.isoformat()
            yield Node("planned-disbursement", {"type": "1"}, [dated("period-start", day), value(one.amount, day)])
