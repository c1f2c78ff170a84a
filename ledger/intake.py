"""Intake: a file's findings reviewed against the book, and what is new recorded, in one transaction.

A reader proposes (:mod:`ledger.formats.reading`), the intake reviews and records. What the book has already
is not recorded again; what it has otherwise is a conflict, which refuses the file, or is restated on request;
what cannot be recorded is rejected by itself, and its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from ledger.closing import refuse_closed
from ledger.errors import InputError, LedgerError, NotRestated, Refusal, Shortage, UnknownRecord
from ledger.exchange import Imported, import_rates
from ledger.formats.reading import Reading
from ledger.journal import Draft, Entry
from ledger.message import counted, joined, message
from ledger.recognition.proposal import Finding, Proposal, Register, Rejection, Remark, Spot
from ledger.recognition.recognise import recognise
from ledger.recognition.statement import differences, entry_stated, stated
from ledger.recognition.steps import Announce, RegisterItem, RegisterParty, RegisterSource, Step
from ledger.restatement import Restating, latest_versions, original
from ledger.store.batch import Batch
from ledger.store.database import Connection

AT_ONCE = 2_000
"""How many findings are reviewed before what they make is written."""

MOST_WAITING = 10_000
"""How many records that lacked something are kept to be tried again."""

MOST_NAMED = 10
"""How many conflicts one line names."""

Watch = Callable[[Finding], object]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record whose origin is in the book with other content, and in what it differs."""

    at: Spot
    origin: str
    differs: Sequence[str]


@dataclass(slots=True)
class Intake:
    """What became of a file: ``read`` = ``imported`` + ``unchanged`` + ``rejected``.

    Records in conflict with the book are among the rejected: ``conflicts`` keeps the first of them, of ``conflicting``
    in all. ``remarks`` were made about records that were taken. ``gone`` are origins that an earlier issue of the
    file stated and this one does not; ``rates`` what became of the rates that came with it.
    """

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: int = 0
    remarks: int = 0
    conflicting: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    rates: Imported | None = None

    def contradicted(self, conflict: Conflict) -> None:
        """Count a record that is in the book with other content."""
        self.conflicting += 1
        if len(self.conflicts) < MOST_NAMED:
            self.conflicts.append(conflict)


class Refused(Refusal):
    """A file that says otherwise than the book, or is not as it must be: nothing of it was recorded."""

    def __init__(self, message: str, result: Intake, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.result = result


class Rehearsed(Exception):
    """A file was reviewed and is not to be recorded: what was written is taken back."""


class Review:
    """The review of one file, finding by finding. ``tell`` hears each rejection and remark."""

    def __init__(self, batch: Batch, reading: Reading, *, clock: Clock, revise: bool, tell: Watch) -> None:
        self._batch = batch
        self._reading = reading
        self._clock = clock
        self._now = clock()
        self._tell = tell
        self._latest = latest_versions(batch.origins(f"{reading.name}:", restated=True))
        self._restating = Restating(batch, clock, self._latest) if revise else None
        self._seen: set[str] = set()
        self._waiting: list[tuple[Proposal, str]] = []
        self.result = Intake()

    def run(self) -> Intake:
        """Review everything, record what is new."""
        for findings in _portions(self._reading.findings):
            self._take(findings)
        self._try_again()
        if self._restating and (owed := sorted(self._restating.owed)):
            raise Refused(
                message(
                    "{origin} would have to be stated after what it stands on: nothing was recorded", origin=owed[0]
                ),
                self.result,
            )
        self._batch.flush()
        if self._reading.complete:
            self._missing()
            self._batch.flush()
        return self.result

    def _take(self, findings: Sequence[Finding]) -> None:
        self._now = self._clock()
        steps = [step for finding in findings if isinstance(finding, Proposal) for step in finding.steps]
        origins = [str(step.evidence.origin) for step in steps]
        recorded: dict[str, Draft] = {**self._batch.recorded([self._latest.get(origin, origin) for origin in origins])}
        self._batch.expect([pledge for step in steps if (pledge := _subject(step)) is not None])
        for finding in findings:
            if isinstance(finding, Proposal):
                self._review(finding, recorded)
            else:
                self._note(finding)

    def _note(self, finding: Rejection | Remark) -> None:
        if isinstance(finding, Rejection):
            self.result.read += 1
            self.result.rejected += 1
        else:
            self.result.remarks += 1
        self._tell(finding)

    def _review(self, proposal: Proposal, recorded: dict[str, Draft]) -> None:
        if self._reading.complete:
            self._seen.update(str(step.evidence.origin) for step in proposal.steps)
        self._batch.mark()
        posted = self._restating.posted if self._restating else 0
        try:
            new = self._recorded(proposal, recorded)
        except NotRestated as refused:
            raise Refused(refused.message, self.result) from None
        except LedgerError as refused:
            if self._restating and self._restating.posted != posted:  # which is written, and cannot be taken back alone
                raise Refused(
                    message(
                        "{source}, row {row} cannot be restated as a whole: {reason}",
                        source=proposal.at.source,
                        row=proposal.at.row,
                        reason=refused.message,
                    ),
                    self.result,
                ) from None
            self._batch.take_back()
            if isinstance(refused, Shortage | UnknownRecord) and len(self._waiting) < MOST_WAITING:
                self._waiting.append((proposal, refused.message))
            else:
                self._note(Rejection(proposal.at, refused.message))
            return
        self.result.read += 1
        if new:
            self.result.imported += 1
        else:
            self.result.unchanged += 1

    def _try_again(self) -> None:
        """Try what lacked something once more, as long as any of it succeeds: files are not in the order of events.

        What is still refused then would be refused by the next import of the same file as well.
        """
        tried = 0
        while self._waiting and tried != len(self._waiting):
            waiting, self._waiting = self._waiting, []
            tried = len(waiting)
            for some in _portions(iter([proposal for proposal, _ in waiting])):
                self._take(some)
        for proposal, why in self._waiting:
            self._note(Rejection(proposal.at, why))

    def _recorded(self, proposal: Proposal, recorded: dict[str, Draft]) -> bool:
        """Record what is new of a proposal, and say whether anything was."""
        new = False
        for step in proposal.steps:
            origin = str(step.evidence.origin)
            if original(origin) != origin:
                raise InputError(
                    "'{origin}' ends like a later version of an origin (@ and a number): give another key",
                    origin=origin,
                )
            version = self._latest.get(origin, origin)
            before = recorded.get(version)
            if before is None:
                self._register(proposal.needs)
                recorded[version] = self._record(step)
            elif self._restating and origin in self._restating.undone:
                self._restating.again(step)
            elif differs := self._differences(step, before):
                self._contradicted(proposal, origin, differs)
                self._register(proposal.needs)
                self._restated(step, before)
            else:
                continue
            new = True
        return new

    def _contradicted(self, proposal: Proposal, origin: str, differs: Sequence[str]) -> None:
        """Refuse what is in the book with other content, unless it is to be restated."""
        if self._restating is None:
            self.result.contradicted(Conflict(proposal.at, origin, differs))
            raise Refusal(
                "{origin} is in the book with other content: {differs}", origin=origin, differs=joined(differs, "; ")
            )

    def _restated(self, step: Step, before: Draft) -> None:
        if not isinstance(before, Entry):
            raise Refusal(
                "{origin} stands twice in this file, and says another thing each time", origin=step.evidence.origin
            )
        if self._restating is not None:
            self._restating.restate(step, before)

    def _differences(self, step: Step, before: Draft) -> Sequence[str]:
        pledge = before.pledge if isinstance(step, Announce) and step.id is None else _subject(step)
        return differences(entry_stated(before), stated(step, pledge, self._batch.recipient))

    def _record(self, step: Step) -> Draft:
        draft = recognise(step, self._batch)
        refuse_closed(draft.on, self._batch.closed_before)
        self._batch.append(draft, self._now)
        return draft

    def _register(self, needs: Iterable[Register]) -> None:
        """Register what the book does not have of the parties, sources and items that a proposal names."""
        for need in needs:
            if not self._batch.taken(_REGISTERS[type(need)], need.code):
                self._batch.append(recognise(need, self._batch), self._now)

    def _missing(self) -> None:
        """What an earlier issue stated and this one does not: gone, or of a pledge that is still stated, a conflict."""
        prefix = f"{self._reading.name}:"
        first = [origin for origin in self._batch.origins(prefix) if original(origin) == origin]
        absent = {origin: self._latest.get(origin, origin) for origin in first if origin not in self._seen}
        entries = self._batch.recorded(absent.values())
        for origin, version in absent.items():
            entry = entries[version]
            pledge = prefix + origin.removeprefix(prefix).partition(":")[0]
            if self._batch.reversed_by(entry.number) is not None:
                continue
            if origin == pledge or pledge not in self._seen:
                self.result.gone.append(origin)
            elif self._restating is not None:
                self._restating.withdraw(entry)
            else:
                where = Spot(self._reading.name, "", "", origin)
                self.result.contradicted(Conflict(where, origin, [message("it is not stated any more")]))
                self._note(
                    Rejection(
                        where,
                        message("{origin} is in the book, and the file does not state it any more", origin=origin),
                    )
                )


_REGISTERS: Mapping[type[Register], str] = {RegisterParty: "party", RegisterSource: "source", RegisterItem: "item"}


def _subject(step: Step) -> str | None:
    """The pledge that a step is about, where it says."""
    return step.id if isinstance(step, Announce) else getattr(step, "pledge", None)


def _portions(findings: Iterator[Finding] | Iterator[Proposal]) -> Iterator[Sequence[Finding]]:
    while some := list(islice(findings, AT_ONCE)):
        yield some


def require_taken(result: Intake, *, strict: bool) -> None:
    """Refuse a file that says otherwise than the book, or with ``strict`` has a problem. Raises :class:`Refused`."""
    if result.conflicts:
        shown = ", ".join(conflict.origin for conflict in result.conflicts)
        refusal = message("the book says otherwise of {origins}: nothing was recorded", origins=shown)
        if (more := result.conflicting - len(result.conflicts)) > 0:
            refusal = counted(
                "the book says otherwise of {origins} and {count} more: nothing was recorded",
                "the book says otherwise of {origins} and {count} more: nothing was recorded",
                count=more,
                origins=shown,
            )
        raise Refused(
            refusal,
            result,
            hint=message("--revise posts what is different, beside what was recorded before"),
        )
    if strict and (problems := result.rejected + result.remarks):
        raise Refused(
            counted(
                "{count} problem in this file, and --strict takes none: nothing was recorded",
                "{count} problems in this file, and --strict takes none: nothing was recorded",
                count=problems,
            ),
            result,
        )


def take_in(
    connection: Connection, book: int, reading: Reading, *, clock: Clock, by: str, revise: bool, tell: Watch
) -> Intake:
    """Review a file and record what is new; ``tell`` hears each rejection and remark as it comes.

    The connection holds the write lock. With ``revise``, what differs is restated. Raises
    :class:`~ledger.errors.LedgerError` where the file as a whole cannot be read.
    """
    # The rates come first: whoever asks what was known at one of the entries is then told it in any currency.
    rates = None if reading.rates is None else import_rates(connection, book, reading.rates, clock())
    batch = Batch(connection, book, clock().date(), by)
    result = Review(batch, reading, clock=clock, revise=revise, tell=tell).run()
    result.rates = rates
    return result
