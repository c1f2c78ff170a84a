"""camt.053: a bank's statement in ISO 20022's XML, in any of its versions.

Elements are known by their local names, whatever their namespace. Entries that the bank has not booked yet are
counted and left out; a batch that itemises its transactions is as many lines as these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.opened import opened
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.formats.stream import DEEPEST, LONGEST_TEXT, faults, feed, parser
from ledger.message import counted, message
from ledger.money import Commodity, Money, currency
from ledger.period import parse_date
from ledger.reconcile.statement import Line, Statement, numbered

MOST_LINES = 500_000
MOST_ELEMENTS = 200_000  # of one entry, or of what a statement says beside its entries

_OTHERS = {
    "BkToCstmrAcctRpt": message("it is camt.052, a report within the day, not a statement: ask the bank for camt.053"),
    "BkToCstmrDbtCdtNtfctn": message("it is camt.054, an advice, not a statement: ask the bank for camt.053"),
}
_REFERENCES = ("EndToEndId", "InstrId", "TxId", "PmtInfId", "MsgId", "AcctSvcrRef", "UETR", "MndtId", "ChqNb")
_NOT_GIVEN = frozenset({"", "NOTPROVIDED", "NONREF"})
_PLAIN = re.compile("[0-9]{1,30}(?:[.][0-9]{1,10})?|[.][0-9]{1,10}")
_OPENING, _CLOSING, _BETWEEN = ("OPBD", "PRCD"), ("CLBD",), ("ITBD",)


@dataclass(slots=True)
class Node:
    """An element by its local name, with its line in the file."""

    tag: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Node]:
        """The elements at the end of a path of local names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Node | None:
        """The first element at the end of a path."""
        return next(self.all(*path), None)

    def said(self, *path: str) -> str:
        """The text at the end of a path, cleaned; empty where there is none."""
        found = self.first(*path)
        return cleaned(found.text) if found else ""


def read(path: Path) -> list[Statement]:
    """The statements of a file. Raises :class:`InputError`, without the file's name, for what is none."""
    reader = _Reader()
    with faults(), opened(path) as file:
        feed(reader.parser, file, reader.names)
    if not reader.statements:
        raise InputError("it holds no statement: there is no Stmt in it")
    return reader.statements


class _Reader:
    """Goes through a file: each entry is built by itself, and becomes lines when it ends."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.parser = parser(None, self.names)
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._told
        self.parser.buffer_text = True
        self.statements: list[Statement] = []
        self._open: list[Node] = []
        self._entries: list[Node] = []
        self._count = self._lines = 0

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        node = Node(tag.rpartition(":")[2], self.parser.CurrentLineNumber, attributes)
        self._refuse_others(node)
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise InputError("line {line}: an entry has more elements, or deeper ones, than are read", line=node.line)
        if self._open and (len(self._open) > 2 or node.tag in {"BkToCstmrStmt", "Stmt"}):  # noqa: PLR2004 - within Stmt
            self._open[-1].children.append(node)
        self._open.append(node)

    def _refuse_others(self, node: Node) -> None:
        if not self._open and node.tag != "Document":
            raise InputError(
                "its first element is <{element}>, not <Document> as in camt.053", element=cleaned(node.tag)[:60]
            )
        if len(self._open) == 1 and node.tag != "BkToCstmrStmt":
            if node.tag in _OTHERS:
                raise InputError(_OTHERS[node.tag])
            raise InputError(
                "it is <{element}>, not a statement: ask the bank for camt.053", element=cleaned(node.tag)[:60]
            )

    def _told(self, text: str) -> None:
        if self._open and len(self._open[-1].text) < LONGEST_TEXT:
            self._open[-1].text += text[:LONGEST_TEXT]

    def _ended(self, _tag: str) -> None:
        node = self._open.pop()
        if node.tag == "Ntry" and self._open[-1].tag == "Stmt":
            self._open[-1].children.pop()
            self._entries.append(_lean(node))
            self._count = 0
            self._lines += 1
            if self._lines > MOST_LINES:
                raise InputError(
                    "it has more than {most:,} entries: ask the bank for shorter statements",
                    most=MOST_LINES,
                )
        elif node.tag == "Stmt" and len(self._open) == 2:  # noqa: PLR2004 - Document and BkToCstmrStmt
            self._open[-1].children.clear()
            self.statements.append(_statement(node, self._entries))
            self._entries, self._count = [], 0


def _lean(entry: Node) -> Node:
    """An entry as it is kept until its statement ends."""
    entry.children = [child for child in entry.children if child.tag not in {"BkTxCd", "Avlbty", "Intrst"}]
    return entry


@dataclass(frozen=True, slots=True)
class _Account:
    """What every entry of a statement is read by."""

    account: str
    statement: str
    currency: Commodity
    day: date | None


def _statement(node: Node, entries: list[Node]) -> Statement:
    account = node.said("Acct", "Id", "IBAN") or node.said("Acct", "Id", "Othr", "Id")
    name = node.said("Id") or node.said("ElctrncSeqNb")
    if not account:
        raise InputError("line {line}: a statement without an account (Acct/Id)", line=node.line)
    if not name:
        raise InputError("line {line}: a statement without an Id", line=node.line)
    code = _code(node, entries)
    of = _Account(account, name, currency(code), _day_at(node, "FrToDt", "ToDtTm") or _day_at(node, "CreDtTm"))
    opening, closing = _balances(node, of)
    booked = [entry for entry in entries if _is_booked(entry)]
    lines = numbered(line for entry in booked for line in _lines(entry, of))
    days = [opening[1], closing[1], _day_at(node, "FrToDt", "FrDtTm"), _day_at(node, "FrToDt", "ToDtTm")]
    dated = [*(day for day in days if day), *(line.booked_on for line in lines)] or [of.day or date.min]
    left = len(entries) - len(booked)
    note = counted(
        "statement {name} of {account}: {count} of its entries is not booked yet, and left out",
        "statement {name} of {account}: {count} of its entries are not booked yet, and left out",
        count=left,
        name=name,
        account=account,
    )
    return Statement(
        account=account,
        id=name,
        currency=of.currency,
        opening=opening[0],
        closing=closing[0],
        opened_on=min(dated),
        closed_on=max(dated),
        lines=lines,
        notes=(note,) if left else (),
    )


def _code(node: Node, entries: list[Node]) -> str:
    """The currency of an account: its own, else that of its balances, else that of its entries."""
    amounts = [*node.all("Bal", "Amt"), *(amount for entry in entries[:1] for amount in entry.all("Amt"))]
    codes = [node.said("Acct", "Ccy"), *(amount.attributes.get("Ccy", "") for amount in amounts)]
    found = next((code.strip() for code in codes if code.strip()), "")
    if not found:
        raise InputError("line {line}: a statement that names no currency (Acct/Ccy)", line=node.line)
    return found


Dated = tuple[Money | None, date | None]


def _balances(node: Node, of: _Account) -> tuple[Dated, Dated]:
    """The opening and the closing balance with their days; those between pages where a page has no other."""
    found: dict[str, list[Dated]] = {}
    for balance in node.all("Bal"):
        kind = balance.said("Tp", "CdOrPrtry", "Cd") or balance.said("Tp", "Cd")
        if kind in {*_OPENING, *_CLOSING, *_BETWEEN}:
            found.setdefault(kind, []).append((_signed(balance, of), _day_of(balance, "Dt")))
    between = found.get("ITBD", [])
    opening = next((found[kind][0] for kind in _OPENING if kind in found), None)
    closing = next((found[kind][-1] for kind in _CLOSING if kind in found), None)
    if opening is None and between:
        opening, between = between[0], between[1:]
    if closing is None and between:
        closing = between[-1]
    return opening or (None, None), closing or (None, None)


def _is_booked(entry: Node) -> bool:
    """Whether an entry is booked: its status says so, or it has none. It is a text up to version 7, then a code."""
    status = entry.said("Sts", "Cd") or entry.said("Sts")
    return status in {"", "BOOK"}


def _lines(entry: Node, of: _Account) -> Iterator[Line]:
    """The lines of an entry: one, or as many as the transactions that it itemises."""
    amount, details = _signed(entry, of), list(entry.all("NtryDtls", "TxDtls"))
    key = entry.said("AcctSvcrRef") or entry.said("NtryRef")
    lasting = bool(entry.said("AcctSvcrRef"))
    parts = [_part(detail, entry, of) for detail in details] if len(details) > 1 else []
    if not parts or any(part is None for part in parts) or sum(part.units for part in parts if part) != amount.units:
        yield _line(entry, details, amount, of, key=key, lasting=lasting)
        return
    for place, (detail, part) in enumerate(zip(details, parts, strict=True), 1):
        if part is not None:
            inner = f"{key}/{place}" if key else ""
            yield _line(entry, [detail], part, of, key=inner, lasting=lasting)


def _line(entry: Node, details: list[Node], amount: Money, of: _Account, *, key: str, lasting: bool) -> Line:
    booked, value = _day_of(entry, "BookgDt"), _day_of(entry, "ValDt")
    day = booked or value or of.day
    if day is None:
        raise InputError("line {line}: an entry without a day (BookgDt)", line=entry.line)
    texts = [entry.said("AddtlNtryInf")]
    texts += [cleaned(node.text) for detail in details for node in detail.all("RmtInf", "Ustrd")]
    texts += [detail.said("AddtlTxInf") for detail in details]
    if entry.said("RvslInd") in {"true", "1"}:
        texts.append("reversal")
    return Line(
        account=of.account,
        statement=of.statement,
        key=key,
        booked_on=day,
        value_on=value,
        amount=amount,
        references=tuple(dict.fromkeys(_references(entry, details))),
        party=next(filter(None, (_party(detail, amount) for detail in details)), ""),
        text=" ".join(filter(None, texts)),
        lasting=lasting,
    )


def _references(entry: Node, details: list[Node]) -> Iterator[str]:
    for detail in details:
        for name in _REFERENCES:
            yield from (text for node in detail.all("Refs", name) if (text := cleaned(node.text)) not in _NOT_GIVEN)
        for node in detail.all("RmtInf", "Strd", "CdtrRefInf", "Ref"):
            yield cleaned(node.text)
    if (reference := entry.said("AcctSvcrRef")) not in _NOT_GIVEN:
        yield reference


def _party(detail: Node, amount: Money) -> str:
    """The other side: whoever was paid, or whoever paid; from version 8 on its name stands one element deeper."""
    roles = ("Cdtr", "UltmtCdtr") if amount.units < 0 else ("Dbtr", "UltmtDbtr")
    names = (detail.said("RltdPties", role, *inner, "Nm") for role in roles for inner in ((), ("Pty",)))
    return next(filter(None, names), "")


def _part(detail: Node, entry: Node, of: _Account) -> Money | None:
    """The amount of one transaction of a batch in the account's currency; None where it says none."""
    found = detail.first("Amt") or detail.first("AmtDtls", "TxAmt", "Amt")
    if found is None or found.attributes.get("Ccy", "") != of.currency.code:
        return None
    sign = detail.said("CdtDbtInd") or entry.said("CdtDbtInd")
    return _amount(found, sign, of)


def _signed(node: Node, of: _Account) -> Money:
    """The amount of an entry or a balance: a credit positive, a debit negative."""
    if (found := node.first("Amt")) is None:
        raise InputError("line {line}: <{tag}> has no amount (Amt)", line=node.line, tag=node.tag)
    return _amount(found, node.said("CdtDbtInd"), of)


def _amount(node: Node, sign: str, of: _Account) -> Money:
    text, code = node.text.strip(), node.attributes.get("Ccy", "").strip()
    if not _PLAIN.fullmatch(text):
        raise InputError("line {line}: {text} is not an amount", line=node.line, text=shown(text))
    if code != of.currency.code:
        raise InputError(
            "line {line}: an amount in {other} on an account in {currency}",
            line=node.line,
            other=shown(code),
            currency=of.currency,
        )
    if sign not in {"CRDT", "DBIT"}:
        raise InputError("line {line}: an amount that is neither CRDT nor DBIT (CdtDbtInd)", line=node.line)
    amount = Money.of(text if text[0] != "." else f"0{text}", of.currency)
    return amount if sign == "CRDT" else -amount


def _day_of(node: Node, name: str) -> date | None:
    """The day under an element: a date, or a moment's."""
    return _day_at(node, name, "Dt") or _day_at(node, name, "DtTm")


def _day_at(node: Node, *path: str) -> date | None:
    text = node.said(*path)
    return parse_date(text[: len("2025-03-02")]) if text else None
