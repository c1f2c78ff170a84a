"""The tracker's layout of 2024: what is published comes out, commitments as allocations, whatever the rows hold."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.formats.kiel.read import read
from ledger.money import Money
from ledger.pledge import MoveKind
from ledger.recognition.steps import Announce, Correct, Move
from tests.kiel_words import (
    NAME,
    allocation,
    announcement,
    commitment,
    found,
    record,
    rejected,
    remarked,
    steps,
    totals,
    workbook,
)
from tests.world import Clock, accounts, errors, make_book

PER_EURO = {"EUR": Fraction(1), "USD": Fraction("1.25"), "GBP": Fraction("0.8"), "JPY": Fraction(150)}


def moved(path, origin: str) -> list[str]:
    """What one allocation or delivery moves, as amounts."""
    step = steps(found(path))[f"{NAME}:{origin}"]
    assert isinstance(step, Move | Correct)
    return list(map(str, step.amounts))


def published(rows: list[dict[str, Any]], column: str) -> dict[tuple[str, str], Fraction]:
    """The publisher's totals in euros, by plain sums over all rows."""
    donors = {"United Kingdom": "GB", "Germany": "DE", "Sweden": "SE"}
    sums: dict[tuple[str, str], Fraction] = {}
    for one in rows:
        cell = (donors[one["country"]], one["purpose"].strip().casefold())
        value = one.get(column)
        sums[cell] = sums.get(cell, Fraction(0)) + (Fraction(value) if isinstance(value, int | float) else 0)
    return sums


def assert_published(folder, rows: list[dict[str, Any]], **options: Any) -> dict[tuple[str, str], dict[str, Fraction]]:
    """Record the rows, and compare both measures with what the rows sum up to, to a euro."""
    path = workbook(folder / "rows.xlsx", rows, **options)
    with make_book(folder / "book.sqlite", Clock("2025-01-01")) as book:
        record(book, read(path, NAME))
        held = totals(book, NAME if options.get("rates", True) else "ecb")
        assert errors(book) == []
    for cell, figure in published(rows, "eur").items():
        assert abs(held[cell]["committed"] - held[cell]["top_up"] - figure) < 1, cell
    for cell, figure in published(rows, "redistributed").items():
        assert abs(held[cell]["allocated"] - figure) < 1, cell
    return held


EVERYTHING = [
    # allocated in three parts that no cent divides
    commitment("UKM1", 118_000_000.0),
    allocation("UKM1", 118_000_000 / 3, allocation="UKM1A1", on=date(2023, 4, 1)),
    allocation("UKM1", 118_000_000 / 3, allocation="UKM1A2", on=date(2023, 5, 1)),
    allocation("UKM1", 118_000_000 / 3, allocation="UKM1A3", on=date(2023, 6, 1)),
    # in dollars, allocated beyond what was committed
    commitment("UKM2", currency="USD", total=12_500_000.01, eur=12_500_000.01 / 1.25),
    allocation("UKM2", 11_000_000, currency="USD", allocation="UKM2A1"),
    # several currencies in one package, and allocations in a third
    commitment("UKM3", currency="USD", total=1_250_000, eur=1_000_000),
    commitment("UKM3", currency="GBP", total=1_600_000, eur=2_000_000),
    allocation("UKM3", 500_000, currency="JPY", allocation="UKM3A1"),
    allocation("UKM3", 700_000, currency="USD", allocation="UKM3A2"),
    # allocations that share an ID; rows without one
    commitment("UKM4", 900_000),
    allocation("UKM4", 100_000, allocation="UKM4A1"),
    allocation("UKM4", 200_000, allocation="UKM4A1"),
    allocation("UKM4", 300_000),
    allocation("UKM4", 50_000),
    # only allocations; nothing was committed
    allocation("UKM5", 4_000_000, currency="GBP", total=3_200_000),
    # a value below zero, within the package and beyond it
    commitment("UKM6", 1_000_000),
    allocation("UKM6", 800_000, allocation="UKM6A1"),
    allocation("UKM6", -300_000.0, allocation="UKM6A2"),
    commitment("UKM7", 2_000_000),
    allocation("UKM7", 100_000, allocation="UKM7A1"),
    allocation("UKM7", -1_250_000.75, allocation="UKM7A2", linked="UKM8"),
    commitment("UKM8", 1_200_000),
    allocation("UKM8", 1_200_000, allocation="UKM8A1"),
    # redistributed over others: allocated there, not here
    commitment("UKM9", 5_000_000),
    allocation("UKM9", None, allocation="UKM9A1", allocated=5_000_000),
    # what is allocated without a commitment of its own row, in the row of the commitment itself
    commitment("UKM10", 700_000, redistributed=350_000),
    # a guarantee allocates and is not delivered
    commitment("DEF1", 30_000_000, country="Germany", purpose="Financial ", kind="Guarantee"),
    allocation(
        "DEF1",
        30_000_000,
        country="Germany",
        purpose="Financial",
        kind="Guarantee",
        allocation="1",
        delivered=5_000_000,
    ),
    # money for which the workbook has no rate, and values that are not the amount at the rate
    commitment("SEH1", currency="CHF", total=1_000_000, eur=1_040_000.5, country="Sweden", purpose="Humanitarian"),
    allocation("SEH1", 520_000.25, currency="CHF", country="Sweden", purpose="Humanitarian", allocation="1"),
    commitment("SEH2", currency="SEK", total=10_000_000, eur=950_000, country="Sweden", purpose="Humanitarian"),
    allocation("SEH2", 950_000, currency="SEK", country="Sweden", purpose="Humanitarian", allocation="1"),
    # a delivery, in part
    commitment("DEM1", currency="USD", total=10_000_000, eur=8_000_000, country="Germany"),
    allocation("DEM1", 8_000_000, currency="USD", country="Germany", allocation="1", delivered=2_000_000),
    # delivered beyond what was allocated
    commitment("DEM2", 6_000_000, country="Germany"),
    allocation("DEM2", 1_000_000, country="Germany", allocation="1", delivered=1_500_000),
    # a commitment that is a correction, below zero
    commitment("DEM3", 3_000_000, country="Germany"),
    commitment("DEM3", -500_000, country="Germany"),
    # undisclosed
    commitment("DEM4", country="Germany", currency=".", total=".", eur=".", item="howitzer", units="undisclosed"),
    # yen have no cents
    commitment(
        "DEH1", currency="JPY", total=1_000_000.5, eur=1_000_000.5 / 150, country="Germany", purpose="Humanitarian"
    ),
    allocation("DEH1", 1_000_000.5 / 150, currency="JPY", country="Germany", purpose="Humanitarian", allocation="1"),
]


def test_commitments_less_top_ups_and_allocations_come_out_at_what_is_published(tmp_path):
    held = assert_published(tmp_path, EVERYTHING)
    assert held["DE", "military"]["disbursed"] == 3_000_000
    assert held["DE", "financial"]["disbursed"] == 0
    # 1,000,000 beyond in UKM2, 0 in UKM3's pounds, 4,000,000 of UKM5
    assert round(held["GB", "military"]["top_up"]) == 5_000_000


def test_they_come_out_without_any_table_of_rates(tmp_path):
    assert_published(tmp_path, EVERYTHING, rates=())


def test_what_is_odd_in_these_rows_is_said(tmp_path):
    findings = found(workbook(tmp_path / "rows.xlsx", EVERYTHING))
    assert sorted(rejected(findings)) == [
        (
            "30 Total monetary value delivered in EUR '5000000': a guarantee is called, not delivered: record the"
            " call once"
            " it is known"
        ),
        (
            "38 Total monetary value delivered in EUR '1500000': 500000.00 EUR delivered beyond the 1000000.00 EUR"
            " that is"
            " allocated: that part is not recorded"
        ),
    ]
    assert sorted(remarked(findings)) == [
        (
            "23 Allocated Total in EUR (redistributed) '-1250000.75': it takes back more than UKM7 has allocated:"
            " the rest"
            f" is taken from {NAME}:UKM8"
        ),
        (
            "27 Allocated Total in EUR '5000000': the publisher redistributes this over other packages: none of it"
            " counts"
            " as allocated here"
        ),
        "31 Original Currency 'CHF': the workbook has no rate for CHF: it is kept in euros, at the published value",
        (
            "33 Converted Value in EUR '950000': 10000000.00 SEK is 925823.06 EUR at the workbook's rate, not the value"
            " that is published: it is kept in euros, at the published value"
        ),
    ]


def test_what_is_allocated_in_full_takes_exactly_what_is_promised(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", EVERYTHING)
    parts = [moved(path, f"UKM1:allocation-UKM1A{number}") for number in (1, 2, 3)]
    assert parts == [["39333333.33 EUR"], ["39333333.34 EUR"], ["39333333.33 EUR"]]
    assert str(announcement(found(path), "DEH1").promises[0].amount) == "1000001 JPY"
    assert moved(path, "DEH1:allocation-1") == ["1000001 JPY"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.integers(100, 10**13),
    shares=st.lists(st.integers(1, 100), min_size=1, max_size=7),
    code=st.sampled_from(list(PER_EURO)),
)
def test_however_an_amount_is_allocated_in_parts_there_is_no_spurious_top_up(tmp_path, total, shares, code):
    amount = total / 100
    euros = amount / float(PER_EURO[code])
    rows = [commitment("X1", currency=code, total=amount, eur=euros)]
    rows += [
        allocation("X1", euros * share / sum(shares), currency=code, allocation=f"{number}")
        for number, share in enumerate(shares)
    ]
    proposed = steps(found(workbook(tmp_path / "rows.xlsx", rows)))
    opening = proposed.pop(f"{NAME}:X1")
    assert isinstance(opening, Announce)
    allocated = [one for step in proposed.values() if isinstance(step, Move) for one in step.amounts]
    promised = opening.promises[0].amount if opening.promises else Money(0, allocated[0].commodity)
    assert {one.commodity for one in allocated} <= {promised.commodity}
    assert sum(one.units for one in allocated) == promised.units


def test_an_allocation_beyond_the_promise_goes_beyond_it_by_exactly_the_excess(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", EVERYTHING)
    with make_book(tmp_path / "book.sqlite", Clock("2025-01-01")) as book:
        record(book, read(path, NAME))
        promise = announcement(found(path), "UKM2").promises[0].amount
        (step,) = moved(path, "UKM2:allocation-UKM2A1")
        assert (str(promise), step) == ("12500000.01 USD", "13750000.00 USD")
        assert accounts(book, f"{NAME}:UKM2")["excess"] == "-1249999.99 USD"


def test_an_allocation_is_in_its_own_currency_if_the_package_promises_it_else_in_what_it_promises_most_of(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", EVERYTHING)
    assert moved(path, "UKM3:allocation-UKM3A1") == ["400000.00 GBP"]
    assert moved(path, "UKM3:allocation-UKM3A2") == ["875000.00 USD"]
    assert moved(path, "UKM5:allocation-1") == ["3200000.00 GBP"]


def test_rows_that_share_an_allocation_id_are_one_allocation_and_those_without_are_numbered(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", EVERYTHING)
    assert moved(path, "UKM4:allocation-UKM4A1") == ["300000.00 EUR"]
    assert moved(path, "UKM4:allocation-1") == ["300000.00 EUR"]
    assert moved(path, "UKM4:allocation-2") == ["50000.00 EUR"]


def test_a_number_is_not_given_twice_where_an_allocation_is_named_by_it(tmp_path):
    rows = [allocation("X1", 10, allocation=1), allocation("X1", 20), allocation("X1", 30)]
    proposed = steps(found(workbook(tmp_path / "rows.xlsx", rows)))
    assert sorted(proposed) == [f"{NAME}:X1", *(f"{NAME}:X1:allocation-{number}" for number in (1, 2, 3))]


def test_a_negative_allocation_takes_back_from_its_own_package_first_then_from_the_one_it_is_linked_with(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", EVERYTHING)
    proposed = steps(found(path))
    own = proposed[f"{NAME}:UKM6:allocation-UKM6A2"]
    assert isinstance(own, Correct)
    assert (own.kind, own.pledge) == (MoveKind.ALLOCATE, f"{NAME}:UKM6")
    assert moved(path, "UKM7:allocation-UKM7A2") == ["100000.00 EUR"]
    other = proposed[f"{NAME}:UKM7:allocation-UKM7A2+from-UKM8"]
    assert isinstance(other, Correct)
    assert (other.pledge, list(map(str, other.amounts))) == (f"{NAME}:UKM8", ["1150000.75 EUR"])


def test_a_negative_allocation_that_nothing_can_give_is_rejected_for_the_rest(tmp_path):
    rows = [
        allocation("X1", -500, allocation="A"),
        allocation("X2", 200, allocation="B"),
        allocation("X3", 900, allocation="C", purpose="Humanitarian"),
    ]
    findings = found(workbook(tmp_path / "rows.xlsx", rows))
    assert rejected(findings) == [
        (
            "2 Allocated Total in EUR (redistributed) '-500': 300.00 EUR is to be taken back, and no package of"
            " this donor"
            " and purpose has it allocated"
        )
    ]


def test_money_whose_smallest_coin_is_worth_more_than_what_is_asked_gives_nothing(tmp_path):
    rows = [allocation("X1", -5, allocation="A"), allocation("X2", 9000, currency="GBP", allocation="B")]
    findings = found(workbook(tmp_path / "rows.xlsx", rows, rates=[("GBP", 0.0001)]))
    assert [told.partition(": ")[2].partition(",")[0] for told in rejected(findings)] == [
        "5.00 EUR is to be taken back"
    ]


def test_pieces_are_promised_once_and_allocated_where_allocations_list_them(tmp_path):
    rows = [
        commitment("X1", 1000, item="howitzer", units=10),
        commitment("X1", item="shell", units=500),
        allocation("X1", 600, allocation="A", item="howitzer", units=4, arrived=4),
        allocation("X1", 400, allocation="B", item="howitzer", units=6, arrived=1),
        allocation("X1", None, allocation="B", item="drone", units=3),
    ]
    path = workbook(tmp_path / "rows.xlsx", rows)
    promised = [str(promise.amount) for promise in announcement(found(path)).promises]
    assert promised == ["1000.00 EUR", "3 drone", "10 howitzer", "500 shell"]
    assert moved(path, "X1:allocation-A") == ["600.00 EUR", "4 howitzer"]
    assert moved(path, "X1:allocation-B") == ["400.00 EUR", "3 drone", "6 howitzer"]
    assert moved(path, "X1:delivered") == ["5 howitzer"]


def test_an_allocation_has_its_own_day_and_the_package_the_earliest(tmp_path):
    rows = [
        commitment("X1", 1000, on=date(2023, 5, 1)),
        allocation("X1", 400, allocation="A", on="until 4/30/2023"),
        allocation("X1", 600, allocation="B", on=date(2023, 9, 9)),
    ]
    proposed = steps(found(workbook(tmp_path / "rows.xlsx", rows)))
    days = {origin.removeprefix(f"{NAME}:"): str(step.evidence.on) for origin, step in proposed.items()}
    assert days == {"X1": "2023-04-30", "X1:allocation-A": "2023-04-30", "X1:allocation-B": "2023-09-09"}
    assert proposed[f"{NAME}:X1:allocation-A"].evidence.note == "Date as given: until 4/30/2023."


def test_a_delivery_is_dated_as_the_last_allocation_so_that_nothing_is_delivered_before_it_is_there(tmp_path):
    rows = [
        commitment("X1", 1000, on=date(2023, 5, 1), delivered=700),
        allocation("X1", 400, allocation="A", on=date(2023, 9, 9)),
        allocation("X1", 600, allocation="B", on=date(2023, 6, 6)),
    ]
    evidence = steps(found(workbook(tmp_path / "rows.xlsx", rows)))[f"{NAME}:X1:delivered"].evidence
    assert (str(evidence.on), evidence.note) == (
        "2023-09-09",
        "The tracker gives no day of delivery: dated as the last allocation.",
    )


def test_an_allocation_of_less_than_the_smallest_coin_is_rejected(tmp_path):
    findings = found(workbook(tmp_path / "rows.xlsx", [commitment("X1", 5), allocation("X1", 0.001, allocation="A")]))
    assert rejected(findings) == [
        "3 Allocated Total in EUR (redistributed) '0.001': less than the smallest coin of its currency"
    ]


def test_a_value_that_is_no_amount_leaves_the_other_allocations_alone(tmp_path):
    rows = [commitment("X1", 50), allocation("X1", "ten", allocation="A"), allocation("X1", 20, allocation="B")]
    findings = found(workbook(tmp_path / "rows.xlsx", rows))
    assert rejected(findings) == [
        "3 Allocated Total in EUR (redistributed) 'ten': this is not a number: correct it in the file"
    ]
    assert f"{NAME}:X1:allocation-B" in steps(findings)


def test_the_order_of_the_rows_changes_no_step(tmp_path):
    forwards = steps(found(workbook(tmp_path / "rows.xlsx", EVERYTHING)))
    named = [one for one in EVERYTHING if one.get("allocation") or one["donation"] == "Commitment"]
    forwards = steps(found(workbook(tmp_path / "rows.xlsx", named)))
    backwards = steps(found(workbook(tmp_path / "swor.xlsx", reversed(named))))
    assert backwards == forwards


values = st.one_of(st.just(None), st.integers(-(10**9), 10**10).map(lambda cents: cents / 100))
rows_of_any_kind = st.lists(
    st.builds(
        lambda key, donation, code, value, donor: (
            {"id": f"{donor[:2].upper()}{key}", "country": donor, "donation": donation, "currency": code}
            | {"on": date(2023, 3, 1), "purpose": "Military", "kind": "Grant"}
            | (
                {"total": value and value * float(PER_EURO[code]), "eur": value and max(value, 0)}
                if donation == "Commitment"
                else {"redistributed": value}
            )
        ),
        st.integers(1, 4),
        st.sampled_from(["Commitment", "Allocation"]),
        st.sampled_from(list(PER_EURO)),
        values,
        st.sampled_from(["Germany", "Sweden"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_any_kind)
def test_whatever_the_rows_the_two_totals_come_out_but_for_what_nobody_has_to_give_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("rows")
    path = workbook(folder / "rows.xlsx", rows)
    owing = any("is to be taken back" in told for told in rejected(found(path)))
    with make_book(folder / "book.sqlite", Clock("2025-01-01")) as book:
        record(book, read(path, NAME))
        held = totals(book)
    for cell, figure in published(rows, "eur").items():
        there = held.get(cell, {"committed": Fraction(0), "top_up": Fraction(0)})
        assert abs(there["committed"] - there["top_up"] - figure) < 1
    for cell, figure in published(rows, "redistributed").items():
        allocated = held.get(cell, {"allocated": Fraction(0)})["allocated"]
        assert abs(allocated - figure) < 1 or owing
