"""A bank's table: CSV, TSV or a workbook's sheet, each row an entry, by a map or by the fields' own names.

A table may hold several accounts, currencies and statements: rows of the same three are one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.bank.map import columns_of, direction
from ledger.formats.delimited import Unfit
from ledger.formats.mapped.amounts import units
from ledger.formats.mapped.cells import Cells, UnreadableError, texts
from ledger.formats.mapped.days import read_day
from ledger.formats.mapped.header import places
from ledger.formats.mapped.map import Layout, Map
from ledger.formats.mapped.read import named_after, open_sheet
from ledger.formats.reading import cleaned
from ledger.money import Commodity, Money, currency
from ledger.reconcile.statement import Line, Statement, numbered

MOST_LINES = 500_000


def read(path: Path, mapping: Map | None = None) -> list[Statement]:
    """The statements of a table. Raises :class:`InputError` for what cannot be read as a whole, naming the row."""
    sheet = open_sheet(path, mapping.layout if mapping else Layout())
    try:
        chosen = mapping or columns_of(sheet.header)
        rows = _Rows(chosen, places(sheet.header, chosen), named_after(path))
        for row in sheet.rows():
            rows.take(row)
    except InputError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.message, hint=error.hint) from None
    if not rows.found:
        raise InputError("{path} cannot be read: it holds no entries", path=path)
    return [gathered.statement(key) for key, gathered in rows.found.items()]


@dataclass
class _Gathered:
    """The rows of one statement so far, with the balances beside them."""

    lines: list[Line] = field(default_factory=list)
    balances: list[Money | None] = field(default_factory=list)
    opening: Money | None = None
    closing: Money | None = None

    def statement(self, key: tuple[str, str, Commodity]) -> Statement:
        """The statement that they are."""
        account, name, of = key
        opening, closing = self._between()
        days = [line.booked_on for line in self.lines]
        return Statement(
            account=account,
            id=name,
            currency=of,
            opening=opening if self.opening is None else self.opening,
            closing=closing if self.closing is None else self.closing,
            opened_on=min(days),
            closed_on=max(days),
            lines=numbered(self.lines),
        )

    def _between(self) -> tuple[Money | None, Money | None]:
        """The balances before and after, from what stands beside each entry; some tables have the newest first."""
        known = [balance for balance in self.balances if balance is not None]
        if not known or len(known) != len(self.lines):
            return None, None
        total = sum((line.amount for line in self.lines[1:]), self.lines[0].amount)
        oldest_first = (known[0] - self.lines[0].amount, known[-1])
        newest_first = (known[-1] - self.lines[-1].amount, known[0])
        return newest_first if newest_first[0] + total == newest_first[1] else oldest_first


class _Rows:
    """The rows of a table, gathered by account, statement and currency."""

    def __init__(self, mapping: Map, index: Mapping[str, int], name: str) -> None:
        self.found: dict[tuple[str, str, Commodity], _Gathered] = {}
        self._read = {field: texts(rule, index) for field, rule in mapping.fields.items()}
        self._rules, self._name, self._count = mapping.fields, name, 0

    def take(self, row: tuple[int, Cells] | Unfit) -> None:
        """Add one row. Raises :class:`InputError` for one that cannot be read."""
        if isinstance(row, Unfit):
            raise InputError("row {row}: {reason}", row=row.number, reason=row.reason)
        number, cells = row
        self._count += 1
        if self._count > MOST_LINES:
            raise InputError("it has more than {most:,} entries: ask the bank for shorter statements", most=MOST_LINES)
        try:
            self._add(cells)
        except UnreadableError as error:
            raise InputError(
                "row {row}, column {column}: {reason}", row=number, column=error.column, reason=error.reason
            ) from None
        except InputError as error:
            raise InputError("row {row}: {reason}", row=number, reason=error.message) from None

    def _add(self, cells: Cells) -> None:
        said = {name: text for name, read in self._read.items() if (text := read(cells)) is not None}
        of = currency(self._required(said, "currency"))
        key = (self._required(said, "account"), said.get("statement", self._name), of)
        gathered = self.found.setdefault(key, _Gathered())
        gathered.lines.append(self._line(said, key))
        gathered.balances.append(self._money(said, "balance", of))
        opening, closing = (self._money(said, name, of) for name in ("opening", "closing"))
        gathered.opening = opening if gathered.opening is None else gathered.opening
        gathered.closing = gathered.closing if closing is None else closing

    def _line(self, said: Mapping[str, str], key: tuple[str, str, Commodity]) -> Line:
        account, statement, of = key
        value = said.get("value_on")
        return Line(
            account=account,
            statement=statement,
            key=said.get("key", ""),
            booked_on=self._day("booked_on", self._required(said, "booked_on")),
            value_on=self._day("value_on", value) if value else None,
            amount=self._amount(said, of),
            references=_distinct([said.get("reference", ""), said.get("key", "")]),
            party=said.get("party", ""),
            text=said.get("text", ""),
            lasting="key" in said,
        )

    def _amount(self, said: Mapping[str, str], of: Commodity) -> Money:
        if "amount" in self._rules:
            self._required(said, "amount")
            amount = self._money(said, "amount", of) or Money(0, of)
            if "direction" not in self._rules:
                return amount
            return _directed(amount, said["amount"], direction(self._required(said, "direction")))
        credit, debit = (self._money(said, name, of) for name in ("credit", "debit"))
        if credit is None and debit is None:
            raise InputError("it has neither a debit nor a credit")
        if credit and debit:
            raise InputError(
                "it has both a debit ({debit}) and a credit ({credit}): an entry is one of the two",
                debit=debit,
                credit=credit,
            )
        return (credit or Money(0, of)) - Money(abs(debit.units) if debit else 0, of)

    def _required(self, said: Mapping[str, str], name: str) -> str:
        if name not in said:
            raise InputError("its {field} is absent", field=name)
        return said[name]

    def _day(self, name: str, text: str) -> date:
        formats = dict.fromkeys(("iso", *self._rules[name].conventions.dates))
        return read_day(text, tuple(formats))

    def _money(self, said: Mapping[str, str], name: str, of: Commodity) -> Money | None:
        if name not in said:
            return None
        try:
            return Money(units(said[name], of, self._rules[name].conventions), of)
        except InputError as error:
            raise InputError("{field}: {reason}", field=name, reason=error.message) from None


def _directed(amount: Money, text: str, said: str) -> Money:
    """An amount by its direction, which must not contradict the sign where one is written."""
    if (amount.units < 0 and said == "credit") or (text.strip().startswith("+") and said == "debit"):
        raise InputError(
            "its direction is {direction}, and its amount {amount}: a direction is for amounts without a sign",
            direction=said,
            amount=cleaned(text),
        )
    size = Money(abs(amount.units), amount.commodity)
    return size if said == "credit" else -size


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    found: Sequence[str] = [text for text in dict.fromkeys(texts) if text]
    return tuple(found)
