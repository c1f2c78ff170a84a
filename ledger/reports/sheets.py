"""Sheets: one pledge or one entry in full, and lists of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.journal import Citation, Entry, Stage
from ledger.message import joined, message
from ledger.money import Balance, Money, commodity
from ledger.period import stamp
from ledger.pledge import Membership, Party, Pledge, Position, Source
from ledger.proof import leaf
from ledger.reports.cell import Cell
from ledger.reports.measures import Valuation, measured, money
from ledger.reports.pipeline import residuals
from ledger.table import Cell as TableCell
from ledger.table import Column, Table


def pledge_list(pledges: Sequence[Pledge], cells: Sequence[Cell]) -> Table:
    """The selected pledges: a row for each pledge and currency, one without amounts where undisclosed.

    ``cells`` are cut by the pledge.
    """
    disclosed = {str(cell.key[0]) for cell in cells if _promises_money(cell)}
    figures: dict[str, list[tuple[str, Money, Money]]] = {}
    for key, of, row in measured(cells, Valuation()).rows():
        amounts = (of.code, money(row, "pledged", of), money(row, "outstanding", of))
        figures.setdefault(str(key[0]), []).append(amounts)
    rows = [
        (
            pledge.id,
            pledge.on,
            pledge.donor,
            pledge.recipient,
            str(pledge.purpose),
            str(pledge.instrument),
            pledge.source,
            *amounts,
            _state(pledge, disclosed),
            pledge.package,
            pledge.parent,
            pledge.title,
        )
        for pledge in pledges
        for amounts in figures.get(pledge.id, [(None, None, None)])
    ]
    kinds = (("pledge", "code"), ("on", "date"), ("donor", "party"), ("recipient", "party"), ("purpose", "text"))
    more = (("instrument", "text"), ("source", "text"), ("currency", "code"), ("pledged", "money"))
    last = (("outstanding", "money"), ("state", "text"), ("package", "text"), ("parent", "code"), ("title", "text"))
    return Table([Column(name, kind) for name, kind in (*kinds, *more, *last)], rows)  # type: ignore[arg-type] # kinds


def _state(pledge: Pledge, disclosed: Container[str]) -> str:
    if pledge.void is not None:
        return "withdrawn"
    return "disclosed" if pledge.id in disclosed else "undisclosed"


def _promises_money(cell: Cell) -> bool:
    return cell.stage is Stage.UNDERTAKING and commodity(cell.commodity).is_currency


_SHEET = (
    Column("section", "code"),
    Column("entry", "code"),
    Column("on", "date"),
    Column("name", "text"),
    Column("commodity", "code"),
    Column("value", "text"),
)


def pledge_sheet(
    pledge: Pledge, position: Position, promised: Balance, history: Sequence[Entry], *, files: str
) -> Table:
    """One pledge in full: facts, stages, items, and its history with citations.

    ``promised`` is the gross promise by commodity: what was drawn from it and cancelled included. ``files`` is the
    folder of the copies beside the book.
    """
    facts = [("fact", None, None, name, None, _shown(value)) for name, value in pledge.facts().items()]
    gross = [("promise", None, None, _firm(pledge, m), m.commodity.code, m.plain()) for m in promised.amounts()]
    stages = [
        ("stage", None, None, str(stage), amount.commodity.code, amount.plain())
        for stage in Stage
        for amount in position.get(stage, Balance()).amounts()
    ]
    planned = {amount.commodity.code: amount.units for amount in promised.amounts()}
    rest = residuals(pledge, planned) if pledge.schedule else []
    left = [("residual", None, None, message("promised less scheduled"), m.commodity.code, m.plain()) for m in rest]
    events = [row for entry in history for row in _event(entry, pledge.id, files)]
    void = [("state", pledge.void, None, "withdrawn", None, message("its opening was reversed"))] if pledge.void else []
    return Table(_SHEET, [*facts, *void, *gross, *stages, *left, *events], title=f"{pledge.id} {pledge.title or ''}")


def _firm(pledge: Pledge, amount: Money) -> str:
    hold = pledge.hold(amount.commodity)
    if not hold.firm:
        return str(hold.firmness)
    return message("{firmness}, of which firm {firm}", firmness=hold.firmness, firm=hold.firm)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else leaf.canonical(value)


def _event(entry: Entry, pledge: str, files: str) -> list[tuple[TableCell, ...]]:
    rows: list[tuple[TableCell, ...]] = [
        ("history", entry.number, entry.on, str(posting.stage), posting.amount.commodity.code, posting.amount.plain())
        for posting in entry.postings
        if posting.pledge == pledge
    ]
    says = joined([part for part in (entry.kind, _why(entry), entry.note) if part], "; ")
    return [("history", entry.number, entry.on, entry.kind, None, says), *rows, *_citations(entry, files)]


def _why(entry: Entry) -> str:
    changes = entry.facts.get("changes")
    said: list[str] = [message("reverses entry {number}", number=entry.reverses)] if entry.reverses else []
    if isinstance(changes, Mapping):
        said += [f"{name}: {_shown(old)} -> {_shown(new)}" for name, (old, new) in changes.items()]
    return joined(said, "; ")


def _citations(entry: Entry, files: str) -> list[tuple[TableCell, ...]]:
    """What an entry cites, and where copies of it are kept."""
    said = [pair for each in entry.citations for pair in _cited(each, files if each in entry.copied else None)]
    return [("citation", entry.number, entry.on, name, None, text) for name, text in said]


def _cited(citation: Citation, files: str | None) -> list[tuple[str, str]]:
    official = {True: "official", False: "press", None: None}[citation.official]
    named = {name: getattr(citation, name) for name in ("url", "title", "publisher", "published", "retrieved", "quote")}
    named |= {"kind": official, "file": citation.file, "sha256": citation.sha256}
    named["copy"] = f"{files}/{citation.sha256}" if files else None
    return [(name, text) for name, text in named.items() if text]


def entry_sheet(entry: Entry, *, files: str) -> Table:
    """One entry in full: what it says, its postings and its citations.

    ``files`` is the folder of the copies beside the book.
    """
    said: dict[str, object] = {
        "kind": entry.kind,
        "recorded_at": stamp(entry.recorded_at),
        "recorded_by": entry.recorded_by,
        "pledge": entry.pledge,
        "origin": entry.origin,
        "reverses": entry.reverses,
        "note": entry.note,
        **entry.facts,
    }
    rows: list[tuple[TableCell, ...]] = [
        ("entry", entry.number, entry.on, name, None, _shown(each))
        for name, value in said.items()
        if value is not None
        for each in (value if name == "pledges" and isinstance(value, list) else [value])
    ]
    rows += [
        ("posting", entry.number, entry.on, f"{p.pledge} {p.stage}", p.amount.commodity.code, p.amount.plain())
        for p in entry.postings
    ]
    rows += _citations(entry, files)
    return Table(_SHEET, rows, title=message("entry {number}", number=entry.number))


def journal_list(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Entries in the order of their numbers."""
    columns = (Column("entry", "code"), Column("on", "date"), Column("recorded_at", "moment"))
    more = (Column("kind", "code"), Column("pledge", "code"), Column("note", "text"))
    found = [
        (row["number"], date.fromisoformat(row["on_date"]), row["recorded_at"], row["kind"], row["pledge"], row["note"])
        for row in rows
    ]
    return Table((*columns, *more), found)


def party_list(parties: Sequence[tuple[Party, Sequence[Membership]]], day: date) -> Table:
    """Parties with the groups they are members of on a day."""
    columns = (Column("code", "code"), Column("name", "text"), Column("kind", "text"), Column("groups", "text"))
    rows = [
        (
            party.code,
            party.name,
            str(party.kind),
            " ".join(sorted({m.group for m in members if m.holds_on(day)})) or None,
        )
        for party, members in parties
    ]
    return Table(columns, rows)


def party_sheet(party: Party, memberships: Sequence[Membership], members: Sequence[Membership]) -> Table:
    """One party: the groups it is in and its own members, with their days."""
    columns = [Column("code", "code"), Column("name"), Column("kind"), Column("relation"), Column("party", "code")]
    own = (party.code, party.name, str(party.kind))
    rows: list[tuple[TableCell, ...]] = [(*own, message("member of"), m.group, m.since, m.until) for m in memberships]
    rows += [(*own, message("has member"), m.party, m.since, m.until) for m in members]
    empty = [(*own, None, None, None, None)]
    return Table([*columns, Column("since", "date"), Column("until", "date")], rows or empty)


def code_list(rows: Sequence[tuple[str, str]] | Sequence[Source]) -> Table:
    """Codes with their names: sources, or items."""
    named = [(row.code, row.name) if isinstance(row, Source) else row for row in rows]
    return Table((Column("code", "code"), Column("name")), named)
