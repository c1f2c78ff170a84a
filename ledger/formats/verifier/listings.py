"""Listings: every entry and what it states, its citations, the pledges, who recorded what, what came late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.formats.verifier.details import ENTERED, entered, number_or_empty
from ledger.formats.verifier.entries import CITED, STAGES, Entry
from ledger.formats.verifier.package import Package, Row
from ledger.formats.verifier.replay import cell

ENTRIES = (
    *("Journal_ID", "Change", "Kind", "Effective_Date"),
    *ENTERED,
    *("Pledge", "Note", "Origin", "Reversal_Journal_ID", "Postings", "Fact", "Old", "New", "Leaf_Hash"),
)
_FACTS = tuple(
    "donor recipient on purpose instrument source title lender obligor repayment_source parent package max_exposure"
    " stated schedule terms holds".split()
)
PLEDGES = ("pledge", *_FACTS, "entry", "withdrawn_by")
CITATIONS = ("Journal_ID", "Citation", *CITED)
USER_LISTING = tuple("User_ID Entries First_Journal_ID Last_Journal_ID First_Entered_Date Last_Entered_Date".split())
SOURCE_LISTING = ("Source", "Source_Description")
CHART_OF_ACCOUNTS = tuple(
    "GL_Account_Number GL_Account_Name Account_Type Account_Subtype Normal_Balance GL_Account_Description".split()
)
LATE_ENTRIES = ("Journal_ID", "Kind", "Effective_Date", *ENTERED, "Pledge", "Reason")

_UNDATED = frozenset("open party member source item match close reopen".split())
"""Kinds of entries that move no money: no closed period refuses them, and none is late."""


def entries(package: Package) -> Iterator[Row]:
    """A row for each thing that an entry states beside its postings, and at least one."""
    for entry in package.entries():
        for change, stated in enumerate(list(_stated(entry.facts)) or [("", "", "")], 1):
            yield (
                *(str(entry.number), str(change), entry.kind, entry.on),
                *entered(entry),
                *(entry.pledge or "", entry.note or "", entry.origin or "", number_or_empty(entry.reverses)),
                *(str(len(entry.postings)), *stated, entry.leaf.hex()),
            )


def _stated(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, old and new of each fact: changed facts by their own names, anything else as new."""
    for name, value in sorted(facts.items()):
        if name == "changes":
            yield from ((changed, cell(old), cell(new)) for changed, (old, new) in sorted(value.items()))
        elif name == "closed_before":
            yield name, cell(value[0]), cell(value[1])
        else:
            yield name, "", cell(value)


def pledges(package: Package) -> Iterator[Row]:
    """What each pledge states at the head of the journal, in the order of their opening."""
    for pledge, opened_by in sorted(package.replay.pledges.items(), key=lambda each: (each[1].entry, each[0])):
        facts = [opened_by.cell(name) for name in _FACTS]
        yield (pledge, *facts, str(opened_by.entry), number_or_empty(opened_by.withdrawn_by))


def citations(package: Package) -> Iterator[Row]:
    """Every citation of every entry."""
    for entry in package.entries():
        for place, cited in enumerate(entry.citations, 1):
            yield (str(entry.number), str(place), *(cell(cited.get(name)) for name in CITED))


def user_listing(package: Package) -> Iterator[Row]:
    """Who recorded entries of the period."""
    for name, user in sorted(package.replay.users.items()):
        first, last = user.first, user.last
        days = (first.recorded_at[:10], last.recorded_at[:10])
        yield (name, str(user.entries), str(first.number), str(last.number), *days)


def source_listing(package: Package) -> Iterator[Row]:
    """The kinds of entries of the period."""
    return ((kind, _RECORDS.get(kind, "")) for kind in sorted(package.replay.kinds))


def chart_of_accounts(_: Package) -> Iterator[Row]:
    """The stages, which are the same in every package."""
    for stage, (subtype, normal, about) in zip(STAGES, _CHART):
        yield (stage, stage.capitalize(), "memorandum", subtype, normal, about)


def late_entries(package: Package) -> Iterator[Row]:
    """What was entered late: into a closed period that was reopened, an earlier one, or before a checkpoint."""
    closed = ""
    for entry in package.entries():
        reasons = [*(["reopened"] if entry.on < closed else []), *_late(package, entry)]
        if reasons and entry.kind not in _UNDATED:
            yield (
                *(str(entry.number), entry.kind, entry.on),
                *entered(entry),
                *(entry.pledge or "", " ".join(reasons)),
            )
        closed = max(closed, entry.facts.get("closed_before", ["", ""])[1] or "")


def _late(package: Package, entry: Entry) -> Iterator[str]:
    """Why an entry is late, but for closed periods: after the checkpoint, or where there is none, in the period."""
    first, since = package.options.first or "", package.options.since
    after = entry.number > since if since else entry.recorded_at[:10] >= first
    if after and entry.on < first:
        yield "earlier_period"
    if after and since and entry.on <= package.replay.recorded.get(since, "")[:10]:
        yield "before_checkpoint"


_CHART = (
    ("promise", "C", "what the donor promised: the other side of the stages"),
    ("promise", "C", "what was recorded beyond any promise, by a top-up"),
    ("stage", "D", "announced, not binding yet"),
    ("stage", "D", "legislated or signed, not earmarked yet"),
    ("stage", "D", "earmarked to a concrete package, not delivered yet"),
    ("stage", "D", "paid or delivered; of what is repayable, the principal still out"),
    ("stage", "D", "paid because a guarantee was called, not recovered or forgiven since"),
    ("stage", "D", "what came back: principal, or part of a grant"),
    ("stage", "D", "principal that was written off"),
    ("stage", "D", "withdrawn, expired or released before delivery"),
    ("settlement", "D", "what was really paid, in another currency"),
    ("settlement", "C", "the other side of what was paid in another currency"),
)
_RECORDS = {
    "allocate": "earmarks what is committed",
    "amend": "corrects facts of a pledge",
    "call": "pays because a guarantee was called",
    "cancel": "withdraws what is not delivered",
    "close": "closes everything up to the end of a period",
    "commit": "makes a promise binding",
    "correct": "lowers moves that a file stated too high before",
    "disburse": "pays or delivers",
    "distinguish": "says that two pledges that look alike are two",
    "draw": "moves part of a facility's promise to a pledge",
    "forgive": "writes principal off",
    "item": "registers an item",
    "joint": "opens the pledges of several donors, announced as one",
    "match": "says which entries a line of a bank's statement is",
    "member": "records a party's membership in a group",
    "open": "opens the book",
    "party": "registers a party",
    "pledge": "opens a pledge",
    "reopen": "opens a closed period again",
    "repay": "records what came back",
    "restate": "says that a file states otherwise what it stated before",
    "reverse": "undoes an entry",
    "revise": "brings a promise to a new gross amount",
    "source": "registers a funding source",
    "supersede": "moves what one pledge has not delivered to another",
}
