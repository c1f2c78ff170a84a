"""Announcements: the step that opens the pledge of a package, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.formats.kiel.layout import DAY, EUROS, INITIATIVE
from ledger.formats.kiel.plans import Plan
from ledger.formats.kiel.sayings import citations, note, specific, title
from ledger.formats.kiel.words import Source, source
from ledger.journal import Stage
from ledger.message import message
from ledger.pledge import Promise
from ledger.recognition.proposal import Finding, Proposal, Register, Rejection, Remark
from ledger.recognition.steps import Announce, Evidence, RegisterItem

RECIPIENT = "UA"


def announced(of: Plan, names: Mapping[str, str]) -> Iterator[Finding]:
    """The proposal that opens a pledge, then remarks and rejections on what its rows say."""
    pays = _source(of)
    pieces = of.items.promises()
    step = Announce(
        id=of.package.id,
        donor=of.package.donor,
        recipient=RECIPIENT,
        purpose=of.package.purpose,
        instrument=of.instrument,
        promises=(*map(Promise, of.promised), *pieces),
        stage=Stage.COMMITTED if of.promised or pieces else None,
        source=pays.code if pays else None,
        title=title(of.rows, of.package.purpose, of.items.names),
        stated=of.values.stated,
        package=f"{of.tracker.name}:uncounted" if of.uncounted else None,
        evidence=Evidence(
            on=of.said.on,
            origin=of.package.id,
            note=note(of.explained, of.said),
            citations=citations(of.rows),
        ),
    )
    needs: list[Register] = [
        RegisterItem(code=piece.amount.commodity.code, name=names[piece.amount.commodity.code]) for piece in pieces
    ]
    needs += [pays.needed] if pays and pays.needed else []
    yield Proposal(of.package.first.at(), (step,), tuple(needs))
    yield from _dated(of)
    yield from _uncounted(of)
    yield from of.findings


def _source(of: Plan) -> Source | None:
    """Who pays, if all rows that say so say the same."""
    initiatives = {text for row in of.package.rows if (text := row.text(INITIATIVE))}
    return source(of.package.donor, specific(of.rows), initiatives.pop() if len(initiatives) == 1 else "")


def _dated(of: Plan) -> Iterator[Remark]:
    """What is odd about the days its rows give, each wording once."""
    told: set[str] = set()
    for row in of.package.rows:
        one = of.package.days[row.number]
        if one.words and one.words not in told:
            told.add(one.words)
            yield Remark(
                row.at(DAY),
                one.remark
                or message(
                    "'{words}' names no day: {day} is taken, {how}", words=one.words, day=of.said.on, how=_else(of)
                ),
            )
    if not any(of.package.days[row.number].on or of.package.days[row.number].words for row in of.package.rows):
        yield Remark(
            of.package.first.at(DAY),
            message("no day is given: {day} is taken, {how}", day=of.said.on, how=_else(of)),
        )


def _else(of: Plan) -> str:
    return of.said.how or message("as the rest of its package")


def _uncounted(of: Plan) -> Iterator[Rejection]:
    for value in of.values.beside:
        why = message("it has no converted value, so the publisher does not count it: it is not recorded")
        if of.uncounted and value.of is not None:
            why = message(
                "it has no converted value, so the publisher does not count it: it is recorded in package {package}",
                package=f"{of.tracker.name}:uncounted",
            )
        yield Rejection(value.row.at(EUROS), why)
