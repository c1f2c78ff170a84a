"""`export iati`, put together: each selected pledge as an activity, with what its postings add to its measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain

from iso3166 import countries_by_alpha2

from ledger.formats.iati.written.content import Account, Activity, Content, Flow, Left, Reporter
from ledger.formats.iati.written.flows import Posted, accounts, possible
from ledger.formats.iati.written.identifier import identifier
from ledger.formats.iati.written.links import has_address
from ledger.formats.iati.written.words import lent_otherwise
from ledger.journal import Citation, Stage
from ledger.money import commodity
from ledger.period import stamp
from ledger.pledge import Party, PartyKind
from ledger.proof import leaf
from ledger.selection import Selection
from ledger.store import extract, listing
from ledger.store.activities import Lived, lived
from ledger.store.scope import Scope

_Names = Callable[[str], Party]


def content_of(scope: Scope, reporter: Reporter) -> Content:
    """What a file of the selected pledges holds, read through the scope's connection while that is open.

    The registers of parties and sources are held in memory, the pledges page by page.
    """
    _, at = extract.last_entry(scope)
    left = Left()
    generated = stamp(at)
    day = scope.selection.last_day or date.fromisoformat(generated[:10])
    return Content(reporter, generated, day, _activities(scope, reporter, left), left)


def _activities(scope: Scope, reporter: Reporter, left: Left) -> Iterator[Activity]:
    parties = {party.code: party for party in listing.registered(scope)}
    sources = {source.code: source.name for source in listing.sources(scope)}

    def named(code: str) -> Party:
        return parties.get(code) or Party(code, countries_by_alpha2[code].apolitical_name, PartyKind.COUNTRY)

    for one in lived(scope):
        if one.pledge.void is not None:
            left.withdrawn += 1
            continue
        found = accounts(map(_posted, (row for row in one.postings if row.stage not in _PAID)))
        flows = _selected(found, scope.selection)
        if not flows and not _announced(one, scope.selection):
            continue
        cited = _cited(one)
        _count(left, one, found, cited)
        yield _activity(one, found, flows, cited, reporter=reporter, named=named, sources=sources)


_PAID = frozenset(map(str, (Stage.PAID, Stage.EXCHANGE)))


def _activity(
    one: Lived,
    found: Sequence[Account],
    flows: Sequence[Flow],
    cited: Sequence[Citation],
    *,
    reporter: Reporter,
    named: _Names,
    sources: dict[str, str],
) -> Activity:
    pledge = one.pledge
    return Activity(
        identifier=identifier(pledge.id, one.origin, reporter.ref),
        pledge=pledge,
        donor=named(pledge.donor),
        recipient=named(pledge.recipient),
        lender=named(pledge.lender) if pledge.lender else None,
        source=sources.get(pledge.source) if pledge.source else None,
        parent=identifier(pledge.parent, one.parent_origin, reporter.ref) if pledge.parent else None,
        flows=flows,
        accounts=found,
        citations=cited,
        updated=one.updated or None,
    )


def _posted(row: object) -> Posted:
    return Posted(row.entry, row.on_date, row.note, Stage(row.stage), commodity(row.commodity), row.amount)  # type: ignore[attr-defined] # a row of postings


def _selected(found: Sequence[Account], wanted: Selection) -> list[Flow]:
    """The flows of money on the selected days, in the order of their days and entries."""
    since = wanted.since.isoformat() if wanted.since else ""
    flows = chain.from_iterable(account.flows for account in found if account.of.is_currency)
    return sorted((flow for flow in flows if flow.on >= since), key=lambda flow: (flow.on, flow.entry))


def _announced(one: Lived, wanted: Selection) -> bool:
    """Whether a pledge of which nothing moved is asked for all the same: by the day it was announced."""
    since, until = wanted.since, wanted.last_day
    return not wanted.currency and not (since and one.pledge.on < since) and not (until and one.pledge.on > until)


def _cited(one: Lived) -> list[Citation]:
    return [citation for line in one.lines for citation in leaf.read(line).citations]


def _count(left: Left, one: Lived, found: Sequence[Account], cited: Sequence[Citation]) -> None:
    """Count what of a pledge is not told as the ledger has it."""
    pledge = one.pledge
    left.paid += len({row.entry for row in one.postings if row.stage in _PAID})
    left.uncited += sum(not has_address(citation) for citation in cited)
    left.items += any(not account.of.is_currency for account in found)
    left.firmness += bool(pledge.holds)
    left.stated += bool(pledge.stated or pledge.max_exposure)
    left.lent += lent_otherwise(pledge)
    money = [account for account in found if account.of.is_currency]
    left.topped_up += any(account.held.get(Stage.EXCESS) for account in money)
    left.allocated += any(account.held.get(Stage.ALLOCATED) for account in money)
    left.cancelled += any(account.held.get(Stage.CANCELLED) for account in money)
    left.moved += any(account.moved for account in money)
    left.impossible += any(account.figures != possible(account.figures) for account in money)
