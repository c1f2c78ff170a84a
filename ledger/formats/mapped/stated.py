"""The amounts that a row states: each column of them made ready, and what zero or less means there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from ledger.errors import AmountError
from ledger.formats.mapped.amounts import plain, units
from ledger.formats.mapped.cells import Cell, Cells, Read, UnreadableError, converter, remembered, text_of, texts
from ledger.formats.mapped.fields import FIELDS
from ledger.formats.mapped.map import Amount, Rule, fold
from ledger.formats.rates.layout import shown
from ledger.message import message
from ledger.money import Commodity, Money, commodity


class SkippedError(Exception):
    """A row that the map leaves out: why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Column:
    """One column of amounts: ``money`` is what a row states there, None where that is absent.

    ``currency`` reads the row's own, for amounts that have none of theirs.
    """

    def __init__(self, amount: Amount, index: Mapping[str, int], currency: Rule | None) -> None:
        self.stage, self.beyond, self._how = amount.stage, amount.beyond, amount.rule.conventions
        self.name = " + ".join(amount.rule.columns)
        self.day = _day(amount.on, index) if amount.on else None
        rule = amount.currency or currency
        self.of: Read[Commodity] = remembered(rule, index, commodity) if rule else lambda _: None
        self.of_name = " + ".join(rule.columns) if rule else ""
        self._cell = _cell(amount.rule, index)
        self._plain = plain(self._how)
        simple = _is_simple(amount.rule) and not any(map(str.isdecimal, self._how.absent))
        self._place = index[amount.rule.columns[0]] if simple else None

    def positive(self, cells: Cells) -> Money | None:
        """The amount in this row if it is more than nothing; of nothing, what the map says that it means."""
        if self._place is not None and type(cell := cells[self._place]) is str and (of := self.of(cells)) is not None:
            units = self._plain(cell, of.digits)
            if units:
                return Money(units, of)
        money = self.money(cells)
        if money is not None and money.units <= 0:
            self._refuse_nothing(money, cells)
            return None
        return money

    def money(self, cells: Cells) -> Money | None:
        """The amount in this row, whatever its sign."""
        cell = self._cell(cells)
        if cell is None:
            return None
        of = self.of(cells)
        if of is None:
            raise UnreadableError(
                self.of_name, "", message("the amount {amount} has no currency", amount=text_of(cell)[:60])
            )
        try:
            return Money(units(_figure(cell), of, self._how), of)
        except AmountError as error:
            raise UnreadableError(self.name, text_of(cell), error.message) from None

    def _refuse_nothing(self, money: Money, cells: Cells) -> None:
        """Refuse or leave out a row whose amount is nothing, unless the map says that it is undisclosed."""
        cell = self._cell(cells)
        said = "" if cell is None else text_of(cell)
        if money.units < 0:
            raise UnreadableError(self.name, said, message("{text} is less than nothing", text=shown(said)))
        if self._how.zero == "skip":
            raise SkippedError(message("{column} is zero", column=self.name))
        if self._how.zero == "reject":
            why = message(
                '{text} is nothing, and a promise is more (a map may say zero = "skip" or "undisclosed")',
                text=shown(said),
            )
            raise UnreadableError(self.name, said, why)

    def corrects(self, money: Money) -> bool:
        """Whether an amount below zero takes back what was recorded before it."""
        return money.units < 0 and self._how.negative == "correct"


def _cell(rule: Rule, index: Mapping[str, int]) -> Callable[[Cells], Cell | None]:
    """The cell of a column of amounts as it is; None where it is absent."""
    if not _is_simple(rule):
        return texts(rule, index)
    place, absent = index[rule.columns[0]], rule.conventions.absent
    longest = max(map(len, absent))

    def read(cells: Cells) -> Cell | None:
        cell = cells[place]
        if type(cell) is str:
            return None if (len(cell) <= longest or cell.isspace()) and fold(cell) in absent else cell
        return None if fold(text_of(cell)) in absent else cell

    return read


def _is_simple(rule: Rule) -> bool:
    """Whether a rule is one column, taken as it is."""
    return rule.constant is None and not rule.values and rule.default is None and len(rule.columns) == 1


def _figure(cell: Cell) -> str | Decimal:
    if isinstance(cell, date):
        raise AmountError("it is a day, and no number")
    return cell


def _day(rule: Rule, index: Mapping[str, int]) -> Read[date]:
    convert = converter("on", FIELDS["on"], rule)
    return remembered(rule, index, convert)  # type: ignore[arg-type] # the converter of days gives days
