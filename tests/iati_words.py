"""The words tests of IATI are written in: findings as lines, activities put together by hand, steps recorded."""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from ledger.book import Book
from ledger.formats.iati.read import read
from ledger.pledge import Terms
from ledger.recognition.proposal import Finding, Proposal, Rejection, Remark
from ledger.recognition.steps import Announce, Correct, Move, RegisterParty, Revise, Step

GOOD = '<reporting-org ref="XA-TEST"/><activity-date iso-date="2022-01-01" type="2"/><recipient-country code="UA"/>'


def told(finding: Finding) -> str:
    """A finding as `expected.txt` has it."""
    at = finding.at
    where = f"{at.source}:{at.row} {at.column}".rstrip()
    if isinstance(finding, Proposal):
        parties = [f"  needs {_party(need)}" for need in finding.needs]
        return "\n".join([f"{where}", *parties, *(f"  {_step(step)}" for step in finding.steps)])
    kind = "REJECTED" if isinstance(finding, Rejection) else "REMARK"
    return f"{where} {kind} '{at.value}': {finding.reason}"


def _party(need: object) -> str:
    assert isinstance(need, RegisterParty)
    return f"{need.kind} {need.code} '{need.name}'"


def _step(step: Step) -> str:
    said = step.evidence
    cited = "".join(f" citing {citation.url} '{citation.title}'" for citation in said.citations)
    tail = f"on {said.on} as {said.origin}" + (f" ({said.note})" if said.note else "") + cited
    if isinstance(step, Announce):
        under = f" under {step.parent}" if step.parent else ""
        terms = {field.name: getattr(step.terms, field.name) for field in fields(Terms)}
        lent = "".join(f" {name}={value}" for name, value in terms.items() if value is not None)
        what = f"announce {step.id} {step.donor} -> {step.recipient} {step.purpose} {step.instrument}"
        return f"{what} '{step.title}'{under}{lent} {tail}"
    if isinstance(step, Revise):
        return f"revise {step.pledge} {'by' if step.by else 'to'} {step.amount} {tail}"
    assert isinstance(step, Move | Correct)
    if isinstance(step, Correct):
        return f"correct {step.kind} {step.pledge} {step.amounts[0]} {tail}"
    how = " with top-up" if step.top_up else " as new money" if step.new_money else ""
    return f"{step.kind} {step.pledge} {step.amounts[0]}{how} {tail}"


def findings(path: Path) -> list[Finding]:
    """Everything that is found."""
    return list(read(path).findings)


def proposals(found: Iterable[Finding]) -> list[Proposal]:
    return [finding for finding in found if isinstance(finding, Proposal)]


def rejections(found: Iterable[Finding]) -> list[str]:
    return [finding.reason for finding in found if isinstance(finding, Rejection)]


def remarks(found: Iterable[Finding]) -> list[str]:
    return [finding.reason for finding in found if isinstance(finding, Remark)]


def steps(found: Iterable[Finding]) -> list[Step]:
    return [step for proposal in proposals(found) for step in proposal.steps]


def activities(*written: str, version: str = "2.03") -> str:
    """A file of these activities."""
    inner = "".join(f"<iati-activity>{one}</iati-activity>" for one in written)
    return f'<iati-activities version="{version}">{inner}</iati-activities>'


def activity(key: str = "XA-1", rest: str = "") -> str:
    """What an activity says that has all it needs, and more."""
    return f"<iati-identifier>{key}</iati-identifier>{GOOD}{rest}"


def transaction(kind: str = "3", value: str = "1", *, on: str = "2022-02-01", rest: str = "", ref: str = "") -> str:
    """A transaction in euros."""
    named = f' ref="{ref}"' if ref else ""
    return (
        f'<transaction{named}><transaction-type code="{kind}"/><transaction-date iso-date="{on}"/>'
        f'<value currency="EUR">{value}</value>{rest}</transaction>'
    )


def recorded(book: Book, path: Path) -> int:
    """Every step of a file or folder, with the parties it needs, recorded one by one; how many steps."""
    known: set[str] = set()
    count = 0
    for proposal in proposals(read(path).findings):
        for need in proposal.needs:
            if need.code not in known:
                known.add(need.code)
                book.record(need)
        for step in proposal.steps:
            book.record(step)
            count += 1
    return count
