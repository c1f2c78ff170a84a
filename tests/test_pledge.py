"""What a pledge states, and the table of moves its instrument allows."""

from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest

from ledger.errors import InputError, Refusal
from ledger.journal import Stage
from ledger.money import commodity
from ledger.pledge import (
    MOVES,
    TARGET,
    UNDELIVERED,
    Drawing,
    Firmness,
    Hold,
    Instalment,
    Instrument,
    Membership,
    MoveKind,
    Pledge,
    Promise,
    Purpose,
    Terms,
    money_from,
    sources,
)
from tests.world import GBP, MISSILE, day, gbp, money, promise, refused

P, C, A, D = Stage.PLEDGED, Stage.COMMITTED, Stage.ALLOCATED, Stage.DISBURSED
FORWARD = {"commit", "allocate", "cancel"}


@pytest.mark.parametrize(
    ("instrument", "further"),
    [
        ("grant", {"disburse", "repay"}),
        ("in_kind", {"disburse", "repay"}),
        ("interest_subsidy", {"disburse", "repay"}),
        ("loan", {"disburse", "repay", "forgive"}),
        ("export_credit", {"disburse", "repay", "forgive"}),
        ("swap_line", {"disburse", "repay", "forgive"}),
        ("guarantee", {"call", "repay", "forgive"}),
    ],
)
def test_each_instrument_has_its_moves_and_no_others(instrument, further):
    assert MOVES[Instrument(instrument)] == FORWARD | further
    for kind in set(MoveKind) - FORWARD - further:
        with refused(Refusal, f"{instrument} has no step '{kind}': its steps are allocate,"):
            sources(MoveKind(kind), Instrument(instrument))


def test_only_what_is_repayable_is_owed():
    assert {each for each in Instrument if each.repayable} == {"loan", "export_credit", "swap_line", "guarantee"}


@pytest.mark.parametrize(
    ("kind", "instrument", "order"),
    [
        ("commit", "grant", (P,)),
        ("allocate", "grant", (C, P)),
        ("disburse", "grant", (A, C, P)),
        ("call", "guarantee", (A, C, P)),
        ("cancel", "grant", (P, C, A)),
        ("repay", "grant", (D,)),
        ("forgive", "loan", (D,)),
        ("repay", "guarantee", (Stage.CALLED,)),
        ("forgive", "guarantee", (Stage.CALLED,)),
    ],
)
def test_forward_steps_draw_from_the_nearest_stage_first_and_cancelling_from_the_least_firm(kind, instrument, order):
    assert sources(MoveKind(kind), Instrument(instrument)) == order
    for stage in order:
        assert sources(MoveKind(kind), Instrument(instrument), stage) == (stage,)


@pytest.mark.parametrize(
    ("kind", "stage"), [("commit", C), ("allocate", A), ("disburse", D), ("repay", P), ("cancel", D)]
)
def test_a_step_draws_from_no_stage_that_does_not_come_before_it(kind, stage):
    with refused(InputError, f"--from {stage}: {kind} draws from"):
        sources(MoveKind(kind), Instrument.GRANT, stage)


def test_every_move_leads_to_a_stage_of_its_own():
    assert set(TARGET) == set(MoveKind)
    assert len(set(TARGET.values())) == len(TARGET)
    assert UNDELIVERED == (P, C, A)


@pytest.mark.parametrize("amount", ["0 GBP", "-1 GBP", "0 tank"])
def test_a_promise_is_of_more_than_nothing(amount):
    with refused(InputError, "a promise must be more than nothing, not "):
        Promise(money(amount))


@pytest.mark.parametrize("firm", ["-0.01 GBP", "100.01 GBP", "50 EUR"])
def test_the_firm_part_lies_between_nothing_and_the_amount_and_is_of_the_same_kind(firm):
    with refused(InputError, "the firm part, ", "must lie between nothing and the amount, 100.00 GBP"):
        Promise(gbp("100"), firm=money(firm))


def test_the_firm_part_may_be_nothing_or_all():
    assert Promise(gbp("100"), firm=gbp("0")).firm == gbp("0")
    assert promise("up_to 100 GBP, firm 100 GBP") == Promise(gbp("100"), Firmness.UP_TO, gbp("100"))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"interest": "a lot"}, "--interest a lot: write the per cent a year as a number"),
        ({"interest": "-1"}, "--interest -1"),
        ({"interest": "1000"}, "--interest 1000"),
        ({"interest": "1e1"}, "--interest 1e1"),
        ({"interest": "nan"}, "--interest nan"),
        ({"grace": -1}, "--grace -1: between 0 and 400"),
        ({"maturity": 401}, "--maturity 401: between 0 and 400"),
        ({"payments": 1000}, "--payments 1000: between 0 and 400"),
        ({"grace": 11, "maturity": 10}, "--grace 11 is longer than --maturity 10"),
        ({"repayment": "4"}, "--repayment 4: 1 equal principal, 2 annuity, 3 lump sum or 5 other (IATI)"),
    ],
)
def test_terms_that_no_loan_has_are_refused(terms: dict[str, Any], words):
    with refused(InputError, words):
        Terms(**terms)


def test_terms_may_be_partly_known():
    assert Terms(interest="1.30", grace=10, maturity=35, payments=2, repayment="1").interest == "1.30"
    assert Terms() == Terms(interest=None)


def test_a_loan_may_be_free_of_interest_and_of_grace():
    assert Terms(interest="0", grace=0, maturity=0).interest == "0"
    assert Terms(interest="999.99", maturity=400, payments=400).maturity == 400


@pytest.mark.parametrize(
    ("since", "until", "inside"),
    [
        (None, None, [9, 10, 20, 21]),
        ("2025-01-10", None, [10, 20, 21]),
        (None, "2025-01-20", [9, 10, 20]),
        ("2025-01-10", "2025-01-20", [10, 20]),
    ],
)
def test_a_membership_holds_from_its_first_day_to_its_last(since, until, inside):
    membership = Membership("LV", "drone-coalition", day(since), day(until))
    assert [number for number in (9, 10, 20, 21) if membership.holds_on(date(2025, 1, number))] == inside


FULL = Pledge(
    id="GB-2025-0001",
    donor="GB",
    recipient="UA",
    on=date(2025, 3, 2),
    purpose=Purpose.MILITARY,
    instrument=Instrument.EXPORT_CREDIT,
    source="ukef",
    title="Air-defence missiles",
    holds=(Hold(GBP, Firmness.UP_TO, gbp("1160000000")), Hold(commodity(MISSILE), Firmness.AT_LEAST)),
    stated=(money("2000000000 USD"),),
    schedule=(Instalment(date(2025, 6, 1), gbp("1")), Instalment(date(2025, 7, 1), gbp("2"))),
    max_exposure=gbp("2900000000"),
    terms=Terms(interest="1.3", maturity=19),
    lender="UKEF",
    obligor="UA",
    repayment_source="era",
    parent="GB-2024-0001",
    package="missiles",
)


def test_a_pledge_is_read_back_from_its_facts():
    assert Pledge.from_facts(FULL.facts()) == FULL
    assert Pledge.from_facts(FULL.facts(), void=7).void == 7


def test_facts_hold_amounts_as_text_and_leave_out_what_is_absent():
    facts = FULL.facts()
    assert facts["stated"] == ["2000000000.00 USD"]
    assert facts["holds"] == [
        {"commodity": "GBP", "firmness": "up_to", "firm": "1160000000.00 GBP"},
        {"commodity": MISSILE, "firmness": "at_least"},
    ]
    bare = Pledge(id="x", donor="GB", recipient="UA", on=FULL.on, purpose=FULL.purpose, instrument=FULL.instrument)
    assert set(bare.facts()) == {"id", "donor", "recipient", "on", "purpose", "instrument"}


def test_a_restated_pledge_has_the_new_facts_and_loses_those_that_became_none():
    restated = FULL.restated({"donor": ["GB", "FR"], "source": ["ukef", None]})
    assert (restated.donor, restated.source, restated.title) == ("FR", None, FULL.title)


def test_an_amount_holds_exactly_unless_it_was_said():
    assert FULL.hold(GBP).firm == gbp("1160000000")
    assert FULL.hold(commodity("EUR")) == Hold(commodity("EUR"), Firmness.EXACT)


def test_a_firm_part_of_nothing_is_kept():
    held = Hold(GBP, Firmness.UP_TO, gbp("0"))
    kept = FULL.restated({"holds": [None, [{"commodity": "GBP", "firmness": "up_to", "firm": "0.00 GBP"}]]})
    assert kept.holds == (held,)
    assert Pledge.from_facts(kept.facts()) == kept


def test_a_drawing_is_read_back_from_its_facts():
    drawing = Drawing("GB-1", "GB-2", Stage.COMMITTED, gbp("-5"))
    assert Drawing.from_facts(drawing.facts()) == drawing
    assert drawing.facts() == {"parent": "GB-1", "child": "GB-2", "stage": "committed", "amount": "-5.00 GBP"}


def test_an_amount_in_facts_is_read_back():
    assert money_from("1600000000.00 GBP") == gbp("1600000000")


def test_a_pledge_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        FULL.donor = "FR"  # type: ignore[misc] # what the test is about
