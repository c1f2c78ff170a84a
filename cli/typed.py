"""What was typed, as the ledger takes it: filters, valuations, evidence, words and whole numbers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cli.options import Evidence, Valuation, Where
from ledger.errors import InputError

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.book import Worth
    from ledger.recognition.steps import Evidence as StepEvidence
    from ledger.selection import Selection

Choice = TypeVar("Choice", bound=StrEnum)


def one_of(kind: type[Choice], word: str, option: str) -> Choice:
    """One of the ledger's own words. Raises :class:`InputError` naming them all."""
    try:
        return kind(word)
    except ValueError:
        raise InputError(
            "{option} '{given}': choose from {choices}", option=option, given=word, choices=", ".join(kind)
        ) from None


def whole(text: str, option: str) -> int:
    """A whole number as it was typed."""
    if not (text.isascii() and text.isdigit()) or len(text) > 15:  # noqa: PLR2004 - beyond any count here
        raise InputError(
            "{option} '{text}': write a whole number, 0 or more, of 15 digits at most", option=option, text=text
        )
    return int(text)


def file(text: str) -> Path:
    """A file's path as it was typed, its ``~`` read as a shell does. Raises :class:`InputError` where nobody lives."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError("{path}: there is no such user, so no such home", path=text) from None


def selection(where: Where, session: Session) -> Selection:
    """The filters as the ledger takes them."""
    from ledger.money import commodity
    from ledger.pledge import Instrument, Purpose
    from ledger.selection import Contingent, Selection

    since, until = (session.day(day) if day else None for day in (where.since, where.until))
    if since and until and until < since:
        raise InputError(
            "--until {until} is before --from {since}: nothing can lie between them", until=until, since=since
        )
    return Selection(
        donor=where.donor,
        group=where.group,
        recipient=where.recipient,
        purpose=tuple(one_of(Purpose, word, "--purpose") for word in where.purpose),
        instrument=tuple(one_of(Instrument, word, "--instrument") for word in where.instrument),
        source=where.source,
        package=where.package,
        pledge=where.pledge,
        currency=tuple(commodity(code).code for code in where.currency),
        since=since,
        until=until,
        as_of=session.day(where.as_of) if where.as_of else None,
        known_at=_known_at(where.known_at),
        contingent=Contingent(where.contingent),
    )


def _known_at(text: str | None) -> int | datetime | None:
    from ledger.period import parse_moment

    if text is None:
        return None
    return whole(text, "--known-at") if text.isdigit() else parse_moment(text)


def worth(valuation: Valuation, session: Session) -> Worth | None:
    """What figures are to be shown in, None where they stay in their own currencies."""
    from ledger.book import Worth

    if valuation.into is None:
        said = (valuation.policy, valuation.rates, valuation.value_at, valuation.missing)
        if said != ("spot", (), "pledge", "refuse"):
            raise InputError(
                "--policy, --rates, --value-at and --missing go with --in CUR: name the currency to convert to"
            )
        return None
    on = None if valuation.value_at in {"pledge", "event"} else session.day(valuation.value_at)
    by_event = valuation.value_at == "event"
    missing = valuation.missing == "list"
    return Worth(valuation.into, valuation.policy, valuation.rates or ("ecb",), on, by_event, list_missing=missing)


def evidence(typed: Evidence, session: Session) -> StepEvidence:
    """When and whence, as the ledger takes it."""
    from cli.cited import citation
    from ledger.recognition.steps import Evidence

    citations, attachments = citation(typed, session)
    return Evidence(
        on=session.day(typed.on) if typed.on else None,
        citations=citations,
        note=typed.note,
        origin=typed.origin,
        attachments=attachments,
    )
