"""Valued when it happened: amounts as layers of their own days, and what must never come of it."""

import csv
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.demo import commands
from cli.main import run
from ledger.book import Worth
from ledger.errors import LedgerError
from ledger.money import Money
from ledger.reports.layers import Layers
from tests import places, world
from tests.world import announce, cancel, commit, disburse, draw, records, repay, reverse, revise, selection

JANUARY, JUNE, AUGUST = "2024-01-15", "2024-06-17", "2024-08-15"
RATES = {JANUARY: "0.86075", JUNE: "0.84573", AUGUST: "0.85615"}
"""Pounds for one euro, as the ECB fixed them."""

POLICIES = ("spot", "month", "year", "fixed:2024-06")
ANY_HISTORY = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.integers(0, 800).map(lambda n: str(date(2023, 1, 2) + timedelta(days=n)))
MOVES = st.sampled_from(["commit", "allocate", "disburse", "repay", "cancel", "revise", "reverse"])
HISTORIES = st.lists(st.tuples(MOVES, st.integers(1, 120), DAYS), max_size=10)


def event(policy="spot", into="EUR"):
    return Worth(into, policy, by_event=True)


def figures(book, worth, **filters):
    """The one row of a selection in one currency, by measure; nothing where it holds nothing."""
    rows = records(book.totals(selection(**filters), (), worth))
    return rows[0] if rows else {}


def euros(pounds):
    """What pounds of these days are worth, rounded once."""
    value = sum((Fraction(amount) / Fraction(RATES[on]) for on, amount in pounds.items()), Fraction())
    return Money.rounded(value, world.EUR).plain()


# The worked figure


@pytest.fixture
def report(capsys):
    """The rows of a report by their first column, as the command line prints them for programs."""

    def made(*words):
        capsys.readouterr()
        assert run(["report", *words, "--format", "csv"]) == 0
        header, *lines = csv.reader(StringIO(capsys.readouterr().out))
        return {line[0]: dict(zip(header, line, strict=True)) for line in lines}

    return made


def test_the_demo_gives_the_published_figures_by_month_of_the_event(tmp_path, report):
    at = ("--book", places.at(tmp_path / "demo.sqlite"))
    for words in commands():
        assert run([*words, *at]) == 0
    assert run(["pledge", "allocate", "GB-2025-0001", "1.6bn GBP", "--on", "2025-03-31", *at]) == 0
    how = ("--in", "EUR", "--policy", "month", "--value-at", "event", "--donor", "GB", *at)

    months = report("totals", "--by", "month", *how)
    assert months["2024-10"]["pledged"] == "2706720717.77"
    assert months["2025-03"]["allocated"] == "2809951113.72"
    assert months["2025-03"]["disbursed"] == "898419743.84"
    assert months["2025-03"]["policy"] == "month"

    stages = report("pipeline", "--as-of", "2026-04-01", *how)
    assert stages["allocated"]["amount"] == "1911531369.88"
    assert stages["disbursed"]["amount"] == "898419743.84"
    assert stages["committed"]["overdue"] == "898419743.84"


# What each step does to the layers


def test_each_measure_counts_an_amount_at_the_day_it_got_there(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "40 GBP", on=JUNE)
    cancel(book, pledge, "10 GBP", on=AUGUST)
    row = figures(book, event())
    assert row["pledged"] == euros({JANUARY: 90})
    assert row["committed"] == row["allocated"] == row["disbursed"] == row["owed"] == euros({JUNE: 40})
    assert row["cancelled"] == euros({AUGUST: 10})
    assert row["outstanding"] == euros({JANUARY: 50})


def test_a_move_inside_a_measure_does_not_change_it(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    commit(book, pledge, on=JUNE)
    world.allocate(book, pledge, on=AUGUST)
    row = figures(book, event())
    assert row["pledged"] == row["outstanding"] == euros({JANUARY: 100})
    assert (row["committed"], row["allocated"]) == (euros({JUNE: 100}), euros({AUGUST: 100}))


def test_what_leaves_takes_the_oldest_first(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    revise(book, pledge, "150 GBP", on=JUNE)
    cancel(book, pledge, "120 GBP", on=AUGUST)
    assert figures(book, event())["outstanding"] == euros({JUNE: 30})
    assert figures(book, event())["pledged"] == euros({JUNE: 30})


def test_a_downward_revision_and_a_draw_take_the_oldest_first(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    revise(book, pledge, "150 GBP", on=JUNE)
    revise(book, pledge, "110 GBP", on=AUGUST)
    assert figures(book, event())["pledged"] == euros({JANUARY: 60, JUNE: 50})
    child = announce(book, "GB", on=AUGUST)
    draw(book, pledge, child, "70 GBP", on=AUGUST)
    assert figures(book, event(), pledge=pledge)["pledged"] == euros({JUNE: 40})
    assert figures(book, event(), pledge=child)["pledged"] == euros({AUGUST: 70})


def test_a_reversal_removes_its_own_layer_and_no_older_one(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    more = revise(book, pledge, "150 GBP", on=JUNE).entry.number
    reverse(book, more, on=AUGUST)
    assert figures(book, event())["pledged"] == euros({JANUARY: 100})


def test_a_reversed_cancellation_gives_back_the_layers_it_took(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    revise(book, pledge, "150 GBP", on=JUNE)
    gone = cancel(book, pledge, "120 GBP", on=AUGUST).entry.number
    reverse(book, gone, on=AUGUST)
    row = figures(book, event())
    assert row["pledged"] == row["outstanding"] == euros({JANUARY: 100, JUNE: 50})
    assert row["cancelled"] == "0.00"


def test_a_loan_is_repaid_from_its_oldest_payment(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "60 GBP", on=JANUARY)
    disburse(book, pledge, "40 GBP", on=JUNE)
    repay(book, pledge, "70 GBP", on=AUGUST)
    row = figures(book, event())
    assert row["owed"] == euros({JUNE: 30})
    assert row["disbursed"] == euros({JANUARY: 60, JUNE: 40})
    assert row["repaid"] == euros({AUGUST: 70})


def test_a_loss_is_of_the_month_it_happened_in_at_the_rate_of_what_was_lost(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    cancel(book, pledge, "30 GBP", on=AUGUST)
    rows = {row["month"]: row["pledged"] for row in records(book.totals(by=("month",), worth=event()))}
    assert rows == {"2024-01": euros({JANUARY: 100}), "2024-08": f"-{euros({JANUARY: 30})}"}
    late = figures(book, event(), since="2024-02-01")
    assert late["pledged"] == f"-{euros({JANUARY: 30})}"


def test_what_was_taken_before_it_came_is_filled_first(book):
    pledge = announce(book, "GB", "100 GBP", on=JUNE)
    cancel(book, pledge, "30 GBP", on=JANUARY)
    early = figures(book, event(), as_of="2024-02-01")
    assert early["pledged"] == f"-{euros({JANUARY: 30})}"
    assert figures(book, event())["pledged"] == euros({JUNE: 70})
    layers = Layers()
    layers.change((date(2024, 1, 1), 2), -30)
    layers.change((date(2024, 6, 1), 1), 100)
    assert layers.left == {(date(2024, 6, 1), 1): 70}


def test_top_ups_count_at_the_day_they_were_recorded(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    disburse(book, pledge, "130 GBP", on=JUNE, top_up=True)
    row = figures(book, event())
    assert row["top_up"] == euros({JUNE: 30})
    assert row["pledged"] == euros({JANUARY: 100, JUNE: 30})
    assert row["outstanding"] == "0.00"


@pytest.mark.usefixtures("book")
def test_event_needs_a_currency_to_convert_to(tmp_path, capsys):
    assert run(["report", "totals", "--value-at", "event", "--book", places.at(tmp_path / "book.db")]) == 2
    assert "--in CUR" in capsys.readouterr().err


# Whatever happens


def happen(book, pledge, history):
    """Let as much of a history happen as the ledger allows."""
    made = []
    for kind, units, on in history:
        try:
            if kind == "revise":
                made.append(revise(book, pledge, f"{units} GBP", on=on).entry.number)
            elif kind == "reverse":
                reverse(book, made[units % len(made)], on=on) if made else None
            else:
                made.append(book.record(world.movement(kind, pledge, f"{units} GBP", on=on)).entry.number)
        except LedgerError:
            continue


def finish(book, pledge, how):
    """Let nothing be left of a pledge: cancelled, or paid and paid back."""
    for kind in ("cancel" if how == "cancelled" else "disburse", "repay"):
        with suppress(LedgerError):
            book.record(world.movement(kind, pledge, on="2025-04-01"))


@given(history=HISTORIES, how=st.sampled_from(["cancelled", "paid"]), on=DAYS)
@ANY_HISTORY
def test_what_is_wholly_cancelled_or_paid_is_worth_nothing_under_every_policy(book, history, how, on):
    pledge = announce(book, "GB", "100 GBP", on=on, instrument="loan")
    happen(book, pledge, history)
    finish(book, pledge, how)
    for policy in POLICIES:
        row = figures(book, event(policy, "USD"), pledge=pledge)
        assert row.get("outstanding", "0.00") == row.get("owed", "0.00") == "0.00"


@given(history=HISTORIES, on=DAYS, back=DAYS)
@ANY_HISTORY
def test_what_is_wholly_reversed_is_worth_nothing_at_all(book, history, on, back):
    opening = book.record(world.announcement("GB", "100 GBP", on=on, instrument="loan")).entry
    pledge = str(opening.pledge)
    happen(book, pledge, [each for each in history if each[0] != "reverse"])
    for number in range(world.last_number(book), opening.number - 1, -1):
        reverse(book, number, on=back)
    for policy in POLICIES:
        assert figures(book, event(policy), pledge=pledge) == {}


@given(history=HISTORIES, on=DAYS)
@ANY_HISTORY
def test_the_months_add_up_to_the_whole(book, history, on):
    pledge = announce(book, "GB", "100 GBP", on=on, instrument="loan")
    happen(book, pledge, history)
    chosen = selection(pledge=pledge)
    for policy in POLICIES:
        monthly = book.totals(chosen, ("month",), event(policy)).totals
        whole = book.totals(chosen, (), event(policy)).rows
        assert [row[1:] for row in monthly] == [tuple(row) for row in whole]


@given(history=HISTORIES, on=DAYS)
@ANY_HISTORY
def test_at_one_rate_for_everything_it_does_not_matter_when(book, history, on):
    pledge = announce(book, "GB", "100 GBP", on=on, instrument="loan")
    happen(book, pledge, history)
    at_event = figures(book, event("fixed:2024-06"), pledge=pledge)
    assert at_event == figures(book, Worth("EUR", "fixed:2024-06"), pledge=pledge)
    own = figures(book, None, pledge=pledge)
    in_pounds = figures(book, event("spot", "GBP"), pledge=pledge)
    assert {name: in_pounds[name] for name in own} == own


@given(changes=st.lists(st.tuples(st.integers(-50, 50).filter(bool), st.integers(0, 30), st.booleans()), max_size=30))
def test_layers_hold_what_was_added_less_what_was_taken_and_are_never_of_both_signs(changes):
    layers, total = Layers(), 0
    done: dict[int, int] = {}
    for entry, (units, day, undo) in enumerate(changes, 1):
        undone = next(iter(done), None) if undo else None
        made = -done.pop(undone) if undone else units
        layers.change((date(2024, 1, 1 + day), entry), made, undone)
        done |= {} if undone else {entry: made}
        total += made
        assert sum(layers.left.values()) == total
        assert len({units > 0 for units in layers.left.values()}) <= 1


def test_items_are_no_money_and_are_left_out(book):
    world.register_item(book)
    pledge = announce(book, "GB", "100 GBP", f"5 {world.MISSILE}", on=JANUARY)
    disburse(book, pledge, f"5 {world.MISSILE}", on=JUNE)
    row = figures(book, event())
    assert (row["outstanding"], row["disbursed"]) == (euros({JANUARY: 100}), "0.00")
