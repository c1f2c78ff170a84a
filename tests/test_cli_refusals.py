"""What is wrong is answered in one line that says what, where and what to do, and nothing is written."""

import json
import shlex

import pytest

from tests import places
from tests.commandline import ADD, SMALL, Answer, done, one_error, refused, typed, unchanged

INPUT, REFUSAL = 2, 1
TOO_LONG = "1" * 300


BOOK = SMALL

pytestmark = pytest.mark.usefixtures("desk")


# What is promised


def test_an_unregistered_item_is_refused_with_the_way_to_register_it():
    said = refused(REFUSAL, f'pledge add GB "1 GBP" --item "5 tank" {ADD}')
    assert said.endswith("hint: an item is registered with: aidledger item add tank NAME\n")


@pytest.mark.parametrize(
    ("donor", "hint"),
    [
        ("UK", "did you mean GB?"),
        ("EL", "did you mean GR?"),
        ("gb", "did you mean GB?"),
        ("eu", "did you mean EU?"),
        ("XX", "aidledger party list shows them, aidledger party add CODE NAME --kind KIND adds one"),
        ("", "aidledger party list shows them, aidledger party add CODE NAME --kind KIND adds one"),
    ],
)
def test_an_unknown_country_is_refused_with_what_may_have_been_meant(donor, hint):
    said = refused(REFUSAL, "pledge add", donor, "1 GBP", *shlex.split(ADD))
    assert said == (
        f"error: '{donor}' is neither a country (ISO 3166-1 alpha-2, such as GB) nor a registered party\nhint: {hint}\n"
    )


@pytest.mark.parametrize(
    ("code", "option", "words"),
    [
        (REFUSAL, "--to UK", "'UK' is neither a country"),
        (REFUSAL, "--lender XX", "'XX' is neither a country"),
        (REFUSAL, "--obligor XX", "'XX' is neither a country"),
        (REFUSAL, "--source nope", "'nope' is not a registered funding source"),
        (REFUSAL, "--repayment-source nope", "'nope' is not a registered funding source"),
        (REFUSAL, "--parent NOPE", "there is no pledge 'NOPE'"),
        (REFUSAL, "--id P", "there is a pledge P already"),
        (INPUT, "--id 'a b'", "cannot be a pledge's id"),
        (INPUT, "--id -x", "cannot be a pledge's id"),
        (INPUT, f"--id {TOO_LONG}", "cannot be a pledge's id"),
        (INPUT, "--purpose war", "--purpose 'war': choose from military, humanitarian"),
        (INPUT, "--instrument gift", "--instrument 'gift': choose from grant, in_kind"),
        (INPUT, "--firmness maybe", "--firmness 'maybe': choose from exact, up_to, at_least, about"),
        (INPUT, "--stage allocated", "a pledge begins as pledged or committed"),
        (INPUT, "--stage nowhere", "--stage 'nowhere': choose from"),
        (INPUT, "--on 2025-02-30", "'2025-02-30' is not a date: that day does not exist"),
        (INPUT, "--on 2025-13-01", "that day does not exist"),
        (INPUT, "--on 02.03.2025", "'02.03.2025' can be read as 2025-03-02 or as 2025-02-03"),
        (INPUT, "--on 2025-3-2", "write it as 2025-03-02"),
        (INPUT, "--on 2025-03", "write it as 2025-03-02"),
        (INPUT, "--on 86400", "write it as 2025-03-02"),
        (INPUT, "--on yesterday", "write it as 2025-03-02"),
        (INPUT, "--published soon", "'soon' is not a date"),
        (INPUT, "--firm '2 GBP'", "the firm part, 2.00 GBP, must lie between nothing and the amount, 1.00 GBP"),
        (INPUT, "--firm '1 EUR'", "is in GBP too"),
        (INPUT, "--item 5", "does not say of what"),
        (INPUT, "--item '5 GBP'", "promised twice"),
        (INPUT, "--item '5 missile' --item '6 missile'", "promised twice"),
        (INPUT, "--item '-5 missile'", "is negative"),
        (INPUT, "--stated '$5'", "'$' can be"),
        (INPUT, "--max-exposure '0.5 GBP'", "is less than the face, 1.00 GBP"),
        (INPUT, "--schedule 2025-03-06", "write a day and an amount"),
        (INPUT, "--schedule '2025-02-30 5 GBP'", "that day does not exist"),
        (INPUT, "--schedule '2025-02-03 0 GBP'", "is zero"),
        (INPUT, "--interest five", "write the per cent a year as a number"),
        (INPUT, "--interest nan", "write the per cent a year as a number"),
        (INPUT, "--maturity x", "--maturity 'x': write a whole number"),
        (INPUT, "--maturity -1", "--maturity '-1': write a whole number"),
        (INPUT, f"--maturity {TOO_LONG}", "write a whole number"),
        (INPUT, "--payments 1.5", "write a whole number"),
        (INPUT, "--grace 30 --maturity 10", "--grace 30 is longer than --maturity 10"),
        (INPUT, "--repayment 4", "1 equal principal, 2 annuity, 3 lump sum or 5 other"),
        (INPUT, "--locale xx", "'xx' is not a known locale"),
        (INPUT, "--donor GB", "no such option: --donor"),
        (INPUT, "--instrment loan", "no such option: --instrment. Did you mean --instrument"),
        (INPUT, "--cite", "option '--cite' requires an argument"),
    ],
)
def test_a_fact_that_the_ledger_does_not_know_is_refused(code, option, words):
    assert words in refused(code, 'pledge add GB "1 GBP"', *shlex.split(f"{ADD} {option}"))


CONTROLS = ["a\x1b[31mb", "a\nb", "a\tb", "a\x00b", "a\x7fb", "a\x85b", "a\x9b31mb", "a\udc80b", "\x1b]0;t\x07"]


@pytest.mark.parametrize("text", CONTROLS)
@pytest.mark.parametrize("option", ["--title", "--note"])
def test_what_could_command_a_terminal_never_enters_the_book(option, text):
    assert "holds a control character" in refused(INPUT, 'pledge add GB "1 GBP"', *shlex.split(ADD), option, text)


@pytest.mark.parametrize(
    "text",
    [
        *(f'pledge add GB "1 GBP" {ADD} {name}' for name in ("--quote", "--publisher", "--package", "--origin")),
        *(f'pledge add GB "1 GBP" {ADD} {name}' for name in ("--cite", "--id")),
        *("pledge amend P --note why --title", "journal reverse 3 --note", "journal close 2025-03 --note"),
        *("source add new", "item add newitem", "party add NEW --kind group"),
    ],
)
def test_nor_by_any_other_way(text):
    assert "holds a control character (U+001B at place 2)" in refused(INPUT, text, "a\x1b[31mb")


@pytest.mark.parametrize("text", [CONTROLS[0], CONTROLS[-2]])
@pytest.mark.parametrize(
    "words",
    [
        *("", "pledge", "pledge add", "pledge add GB", "pledge commit", "pledge show", "journal show", "convert"),
        *("report totals --donor", "report totals --in", "report totals --by", "report totals --locale"),
        *("report totals --format", "report totals --purpose", "report totals --known-at", "rate list"),
        *("report totals --in EUR --policy", "report totals --in EUR --rates", f"pledge add GB '1 GBP' {ADD} --on"),
    ],
)
def test_what_could_command_a_terminal_never_reaches_it(words, text):
    with unchanged():
        answer = typed(words, text)
    assert answer.code in {INPUT, REFUSAL}
    assert answer.printed == ""
    one_error(answer.said)


def test_what_another_program_wrote_into_a_book_cannot_command_the_terminal(desk):
    text = "red \x1b[31m\x9b\r\n\u202e title"
    with places.sql(desk / "book.db") as other:
        [(facts,)] = other.execute("SELECT facts FROM pledge WHERE id = 'P'")
        altered = json.dumps({**json.loads(facts), "title": text})
        other.execute("UPDATE pledge SET title = ?, facts = ? WHERE id = 'P'", (text, altered))
    for command in ("pledge list", "pledge show P"):
        printed = typed(command).printed
        assert "red \ufffd[31m\ufffd  \ufffd title" in printed
        assert all(line.isprintable() for line in printed.splitlines())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pledge add", "missing argument 'DONOR'"),
        ("pledge add GB", "missing argument 'AMOUNT'"),
        ("pledge add GB '1 GBP'", "missing option '--purpose'"),
        ("pledge add GB '1 GBP' --purpose military", "missing option '--instrument'"),
        ("pledge commit", "missing argument 'PLEDGE'"),
        ("pledge draw P", "missing argument 'CHILD'"),
        ("pledge show", "missing argument 'PLEDGE'"),
        ("journal show", "missing argument 'N'"),
        ("journal close", "missing argument 'PERIOD'"),
        ("party add XX", "missing argument 'NAME'"),
        ("party add XX Name", "missing option '--kind'"),
        ("convert '1 GBP'", "missing argument 'CURRENCY'"),
        ("pledge revise P '50 GBP'", "revise needs a reason: add --note WHY"),
        ("pledge amend P --title T", "amend needs a reason: add --note WHY"),
        ("pledge supersede P G", "supersede needs a reason: add --note WHY"),
        ("journal reverse 3", "reverse needs a reason: add --note WHY"),
        ("journal reopen 2025-03", "reopen needs a reason: add --note WHY"),
        ("pledge amend P --note why", "nothing to amend: name a fact"),
        ("report totals --policy month", "go with --in CUR"),
        ("report totals --value-at 2025-01-01", "go with --in CUR"),
        ("report pipeline --rates ecb", "go with --in CUR"),
        ("nosuch", "no such command 'nosuch'"),
        ("pledge comit P", "no such command 'comit'. Did you mean 'commit'?"),
        ("report total", "no such command 'total'. Did you mean 'totals'?"),
    ],
)
def test_what_is_missing_is_named(text, words):
    assert words in refused(INPUT, text)


@pytest.mark.parametrize(
    "option",
    [
        *("--on", "--cite", "--quote", "--publisher", "--published", "--note", "--origin", "--to", "--source"),
        *("--title", "--package", "--firmness", "--firm", "--max-exposure", "--interest", "--maturity", "--lender"),
        *("--id", "--stage", "--parent", "--book", "--locale"),
    ],
)
def test_an_option_that_is_given_empty_is_not_taken_for_none(option):
    said = refused(INPUT, 'pledge add GB "1 GBP"', *shlex.split(ADD), option, " ")
    assert said == f"error: {option} is empty: give it a value or leave it out\n"


@pytest.mark.parametrize(
    "text",
    [
        *("convert '1 GBP' EUR --on", "export csv --out", "report totals --in", "report totals --donor"),
        *("pledge revise P '1 GBP' --note why --firm", "pledge amend P --title T --note why --donor"),
        *("party join GB EU --from", "rate list --until", "init --recipient"),
    ],
)
def test_no_option_of_any_command_is_taken_for_none_when_it_is_empty(text):
    option = text.split()[-1]
    assert refused(INPUT, text, "") == f"error: {option} is empty: give it a value or leave it out\n"


# What becomes of it


@pytest.mark.parametrize("step", ["commit", "allocate", "disburse", "repay", "forgive", "cancel"])
def test_a_step_refuses_what_is_not_there(step):
    assert "there is no pledge 'NOPE' in this book" in refused(REFUSAL, f"pledge {step} NOPE '1 GBP'")
    assert f"left to {step} (" in refused(REFUSAL, f"pledge {step} P '101 GBP'")
    assert f"P has 0.00 EUR left to {step} (" in refused(REFUSAL, f"pledge {step} P '1 EUR'")


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (REFUSAL, "pledge call P '1 GBP'", "a loan has no step 'call'"),
        (REFUSAL, "pledge forgive G '1 GBP'", "a grant has no step 'forgive'"),
        (INPUT, "pledge disburse P '1 GBP' --from nowhere", "--from 'nowhere': choose from"),
        (INPUT, "pledge disburse P '1 GBP' --from cancelled", "disburse draws from allocated, committed, pledged only"),
        (INPUT, "pledge disburse P '1 GBP' --at '1 GBP'", "another currency than GBP"),
        (INPUT, "pledge disburse P '1 GBP' --at '1 missile'", "--at is an amount of money"),
        (INPUT, "pledge commit P '1 GBP' --at '1 EUR'", "it goes with disburse, call and repay"),
        (INPUT, "pledge cancel P '1 GBP' --top-up", "--top-up goes with commit"),
        (INPUT, "pledge commit P '1 GBP' --return", "it goes with cancel"),
        (REFUSAL, "pledge cancel P '1 GBP' --return", "P draws on no facility"),
        (INPUT, "pledge commit P '1 GBP' --item '2 GBP'", "is given twice"),
        (INPUT, "pledge commit P all '1 GBP'", "unexpected extra argument"),
        (REFUSAL, "pledge commit P --item '1 missile'", "P has 0 missile left to commit"),
        (REFUSAL, "pledge draw P P '1 GBP'", "is the same pledge"),
        (INPUT, "pledge supersede P P --note why", "P cannot supersede itself"),
        (REFUSAL, "pledge revise P '100 GBP' --note why", "there is nothing to revise"),
        (INPUT, "pledge revise P '50 GBP' --replaces EUR --note why", "--replaces EUR: P promises GBP"),
        (INPUT, "pledge revise P '50 GBP' --replaces ZZZ --note why", "'ZZZ' is not an ISO 4217 currency code"),
        (REFUSAL, "pledge amend P --donor UK --note why", "'UK' is neither a country"),
        (INPUT, "pledge amend P --clear id --note why", "--clear id: choose from title"),
        (INPUT, "pledge amend P --firm '500 GBP' --note why", "must lie between nothing and the amount"),
        (REFUSAL, "pledge show NOPE", "there is no pledge 'NOPE' in this book"),
    ],
)
def test_a_step_refuses_what_it_is_not_for(code, text, words):
    assert words in refused(code, text)


@pytest.mark.parametrize(
    "text", ["pledge commit P", "journal close 2024", "source add new Name", "journal reverse 3 --note why"]
)
@pytest.mark.parametrize("wrong", ["--locale xx", "--format xml"])
def test_how_it_is_to_be_shown_is_known_before_anything_is_recorded(text, wrong):
    assert wrong.split()[1] in refused(INPUT, f"{text} {wrong}")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("AIDLEDGER_LOCALE", "xx", "'xx' is not a known locale"),
        ("AIDLEDGER_USER", "a\x1b[31m", "AIDLEDGER_USER holds a control character"),
        ("AIDLEDGER_PATIENCE", "-1", "AIDLEDGER_PATIENCE '-1': write a whole number"),
        ("AIDLEDGER_BOOK", " ", "--book is empty"),
    ],
)
def test_a_setting_of_the_environment_that_cannot_be_is_refused_before_anything_is_recorded(
    monkeypatch, name, value, words
):
    with unchanged(), monkeypatch.context() as here:
        here.setenv(name, value)
        answer = typed("pledge commit P")
    assert (answer.code, answer.printed) == (INPUT, "")
    assert words in one_error(answer.said)


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (REFUSAL, "journal show 99", "there is no entry 99 in this book"),
        (REFUSAL, "journal show 0", "there is no entry 0 in this book"),
        (INPUT, "journal show x", "write a whole number"),
        (INPUT, f"journal show {TOO_LONG}", "write a whole number"),
        (INPUT, "journal show ٣", "write a whole number"),
        (INPUT, "journal show -1", "must be positive"),
        (REFUSAL, "journal reverse 99 --note why", "there is no entry 99"),
        (REFUSAL, "journal reverse 1 --note why", "the opening of the book stands for good"),
        (REFUSAL, "journal reverse 2 --note why", "a register only grows"),
        (INPUT, "journal close 2025-13", "'2025-13' does not exist in the calendar"),
        (INPUT, "journal close 2025-Q5", "'2025-Q5' is not a period"),
        (INPUT, "journal close 25", "'25' is not a period: write 2025-03-02, 2025-03, 2025-Q1 or 2025"),
        (INPUT, "journal close soon", "'soon' is not a period"),
        (INPUT, "journal reopen 2025-02-30 --note why", "does not exist in the calendar"),
        (REFUSAL, "journal close 2999", "2999 has not ended"),
        (REFUSAL, "journal reopen 2025-03 --note why", "nothing was ever closed"),
    ],
)
def test_the_journal_refuses_what_is_not_in_it(code, text, words):
    assert words in refused(code, text)


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (INPUT, "party add XX Name --kind planet", "--kind 'planet': choose from country, institution, group"),
        (REFUSAL, "party add GB Britain --kind country", "there is a party GB already"),
        (INPUT, "party add 'a b' Name --kind group", "cannot be a party's code"),
        (INPUT, "party add NEW ' ' --kind group", "party NEW needs a name"),
        (REFUSAL, "party show UK", "did you mean GB?"),
        (REFUSAL, "party join UK EU", "did you mean GB?"),
        (REFUSAL, "party join GB NOPE", "'NOPE' is neither a country"),
        (INPUT, "party join GB EU --from 2025-01-02 --until 2025-01-01", "cannot end on 2025-01-01"),
        (INPUT, "party join GB EU --from x", "'x' is not a date"),
        (INPUT, "party join EU EU", "cannot be a member of itself"),
        (REFUSAL, "source add ukef Name", "there is a source ukef already"),
        (INPUT, "source add 'a b' Name", "cannot be a source's code"),
        (REFUSAL, "item add missile Name", "item missile already"),
        (INPUT, "item add GBP Name", "cannot be an item's code"),
        (INPUT, "item add million Name", "in an amount it means something else"),
        (INPUT, "item add euro Name", "in an amount it means something else"),
        (REFUSAL, "init", "is there already, and was left alone"),
    ],
)
def test_a_register_refuses_what_it_has_or_cannot_hold(code, text, words):
    assert words in refused(code, text)


# What is asked


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (INPUT, "report totals --by colour", "'colour' is no dimension: choose from donor, recipient"),
        (INPUT, "report totals --by donor,donor", "names a dimension twice"),
        (INPUT, "report totals --format xml", "--format is table, json or csv, not 'xml'"),
        (INPUT, "report totals --in ZZZ", "'ZZZ' is not an ISO 4217 currency code"),
        (INPUT, "report totals --in EUR --policy guess", "'guess' is not a rate policy"),
        (INPUT, "report totals --in EUR --policy fixed:x", "'fixed:x' is not a rate policy"),
        (INPUT, "report totals --in EUR --rates imf", "there is no rate source 'imf'"),
        (INPUT, "report totals --in EUR --value-at x", "'x' is not a date"),
        (REFUSAL, "report totals --in EUR --value-at 1990-01-01", "on 1990-01-01 by policy spot"),
        (REFUSAL, "report totals --in EUR --policy fixed:1990-01-01", "by policy fixed:1990-01-01"),
        (INPUT, "convert '1 GBP' ZZZ", "'ZZZ' is not an ISO 4217 currency code"),
        (REFUSAL, "convert '1 missile' EUR", "neither a currency nor a registered item"),
        (INPUT, "convert '1 GBP' EUR --on 2025-02-30", "that day does not exist"),
        (INPUT, "rate list UAH", "has ever published a rate of UAH"),
        (INPUT, "rate list --from x", "'x' is not a date"),
    ],
)
def test_a_report_refuses_what_it_cannot_cut_or_value_by(code, text, words):
    assert words in refused(code, text)


@pytest.mark.parametrize(
    ("text", "day", "policy"),
    [
        ("report totals --in UAH", "2025-03-02", "spot"),
        ("report pipeline --in UAH --policy month", "2025-03-02", "month"),
        ("report totals --in UAH --policy year --value-at 2024-05-06", "2024-05-06", "year"),
        ("convert '1 GBP' UAH --on 2025-03-02", "2025-03-02", "spot"),
        ("convert '1 GBP' UAH --on 2025-03-02 --policy fixed:2024-06", "2025-03-02", "fixed:2024-06"),
    ],
)
def test_a_missing_rate_names_the_currencies_the_day_and_the_policy(text, day, policy):
    said = refused(REFUSAL, text)
    assert said.startswith(f"error: no rate from GBP to UAH on {day} by policy {policy}: ecb has never published UAH\n")


def test_an_origin_is_recorded_once_and_refused_with_other_content():
    same = f'pledge add FR "1 EUR" --on 2025-03-02 --origin tracker:1 {ADD}'
    assert done(same) == "FR-2025-0001\n"
    with unchanged():
        assert typed(same) == Answer(
            0, "FR-2025-0001\n", "note: origin tracker:1 is entry 5 already: nothing was recorded\n"
        )
    said = refused(REFUSAL, same.replace("1 EUR", "2 EUR"))
    assert said.startswith("error: origin tracker:1 is entry 5, with other content: ")
    assert said.index('"amount":"1.00"') < said.index("now") < said.index('"amount":"2.00"')


def test_a_book_that_requires_citations_takes_nothing_without_one(tmp_path):
    other = places.at(tmp_path / "cited.db")
    typed("init --require-citation --book", other)
    with unchanged():
        answer = typed(f'pledge add GB "1 GBP" {ADD} --book', other)
    assert answer.code == REFUSAL
    assert "without a citation: add --cite URL" in one_error(answer.said)
    assert typed(f'pledge add GB "1 GBP" {ADD} --cite https://example.org --book', other).code == 0
