"""Questions without a terminal: asked in order, read at once, answered again, gone back to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.conversation.offers import among, last_word
from cli.conversation.question import BACK, HELP, NOTHING, Offer, Question, converse
from cli.conversation.words import FIRMNESS, INSTRUMENTS, PURPOSES, RECORD, STAGES, choice, reader
from cli.language import speaking
from ledger.errors import InputError
from ledger.journal import Stage
from ledger.pledge import Firmness, Instrument, Purpose
from tests.talking import CTRL_C, SHIFT_TAB, Answering
from tests.world import refused

NAMES = ("first", "second", "third")


def number(text):
    if not text.isdigit():
        raise InputError("'{text}' is no number", text=text)
    return text.lstrip("0") or "0"


def ask(**changes):
    question = Question(asks="Number", explains=("A whole number.",), read=number)
    return lambda _: replace(question, **changes)


def asked(*answers, **questions):
    """What comes of these answers, and what was heard."""
    somebody = Answering(answers)
    return converse(questions or {name: ask(asks=name) for name in NAMES}, somebody), somebody


def test_answers_are_kept_as_they_are_read():
    answers, somebody = asked("007", "8", "9")
    assert answers == {"first": "7", "second": "8", "third": "9"}
    assert somebody.prompts == list(NAMES)


def test_an_answer_that_cannot_be_taken_is_asked_for_again_and_is_still_there():
    answers, somebody = asked("seven", "7", one=ask())
    assert answers == {"one": "7"}
    assert somebody.heard == ["! 'seven' is no number"]
    assert somebody.drafts == ["", "seven"]


def test_enter_takes_what_stands_in_brackets():
    answers, somebody = asked("", one=ask(default="7"))
    assert (answers, somebody.prompts) == ({"one": "7"}, ["Number [7]"])


def test_what_may_be_left_out_says_so():
    answers, somebody = asked(
        "",
        "",
        NOTHING,
        one=ask(optional=True),
        two=ask(optional=True, default="7"),
        three=ask(optional=True, default="8"),
    )
    assert answers == {"one": "", "two": "7", "three": ""}
    assert somebody.prompts == ["Number [-]", "Number [7]", "Number [8]"]


def test_what_may_not_be_left_out_is_asked_for_again():
    answers, somebody = asked("", NOTHING, "7", one=ask())
    assert answers == {"one": "7"}
    assert somebody.heard == ["! this cannot be left empty"] * 2


def test_a_question_explains_itself():
    answers, somebody = asked(HELP, "7", one=ask())
    assert (answers, somebody.heard) == ({"one": "7"}, ["A whole number."])


@pytest.mark.parametrize("back", [BACK, SHIFT_TAB])
def test_a_step_back_asks_again_and_keeps_what_was_answered(back):
    answers, somebody = asked("1", "2", back, back, "", "5", "3", **{name: ask() for name in NAMES})
    assert answers == {"first": "1", "second": "5", "third": "3"}
    assert somebody.prompts == ["Number", "Number", "Number", "Number [2]", "Number [1]", "Number [2]", "Number"]


def test_before_the_first_question_there_is_nothing_to_go_back_to():
    answers, somebody = asked(BACK, "1", one=ask())
    assert (answers, somebody.prompts) == ({"one": "1"}, ["Number"] * 2)


def test_a_question_follows_from_the_answers_before_it():
    questions = {"one": ask(), "two": lambda given: ask()(given) if given["one"] == "1" else None, "three": ask()}
    assert asked("2", "3", **questions)[0] == {"one": "2", "three": "3"}
    answers, _ = asked("1", "2", BACK, BACK, "9", "3", **questions)
    assert answers == {"one": "9", "three": "3"}


def test_the_last_question_is_asked_again_with_the_answers_there_are():
    somebody = Answering(["4"])
    answers = converse({name: ask() for name in NAMES}, somebody, {"first": "1", "second": "2", "third": "3"})
    assert (answers, somebody.prompts) == ({"first": "1", "second": "2", "third": "4"}, ["Number [3]"])


def test_an_interruption_ends_it():
    with pytest.raises(KeyboardInterrupt):
        asked("1", CTRL_C)


@given(st.lists(st.sampled_from(["1", "22", "x", HELP, BACK, SHIFT_TAB, ""]), max_size=30))
def test_however_one_goes_to_and_fro_each_answer_is_one_that_was_given(moves):
    answers, _ = asked(*moves, "1", "1", "1", "1", "1", "1", "1", "1", "1")
    assert list(answers) == list(NAMES)
    assert set(answers.values()) <= {"1", "22"}


# The ledger's words


@pytest.mark.parametrize(
    ("words", "codes"), [(PURPOSES, Purpose), (INSTRUMENTS, Instrument), (FIRMNESS, Firmness), (STAGES, Stage)]
)
def test_each_code_has_a_word_and_is_read_by_either(words, codes):
    assert list(words) == list(codes)
    for code, word in words.items():
        assert reader(words)(code) == reader(words)(f" {word.upper()} ") == code


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [(PURPOSES, "mil", "military"), (INSTRUMENTS, "in k", "in_kind"), (RECORD, "Y", "yes"), (RECORD, "b", "back")],
)
def test_the_beginning_of_a_word_is_enough(words, typed, code):
    assert reader(words)(typed) == code


def test_the_beginning_of_two_words_is_not():
    with refused(InputError, "'g' can be grant, guarantee: type more of it"):
        reader(INSTRUMENTS)("g")


def test_what_is_no_word_is_refused_with_those_there_are():
    with refused(InputError, "'weapons': choose from military, humanitarian, financial, reconstruction, other"):
        reader(PURPOSES)("weapons")


def test_a_choice_explains_each_word_and_offers_them_all():
    question = choice("Purpose", "What it is for.", PURPOSES)
    assert question.explains[:2] == ("What it is for.", "military: weapons, ammunition, training of forces")
    assert [offer.text for offer in question.offers("")] == list(Purpose)


@pytest.mark.parametrize("language", ["uk", "de", "fr", "pl"])
@pytest.mark.parametrize(
    "words", [PURPOSES, INSTRUMENTS, FIRMNESS, RECORD], ids=["purpose", "instrument", "firm", "record"]
)
def test_no_two_codes_have_one_word_in_any_language(language, words):
    with speaking(["--locale", language], {}):
        for code, word in words.items():
            spoken = choice("Which", "", words).shown(code)
            assert reader(words)(spoken.partition(" (")[0]) == code == reader(words)(str(word))


# What is offered


KNOWN = {"GB": "United Kingdom", "UA": "Ukraine", "UKEF": "UK Export Finance", "NO": "Norway", "UNW": "Utopia-on-Uk"}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", list(KNOWN)),
        ("uk", ["UKEF", "UA", "UNW"]),
        ("kin", ["GB"]),
        ("united k", ["GB"]),
        ("N", ["NO"]),
        ("zz", []),
    ],
)
def test_codes_and_words_of_names_are_found_by_their_beginning(typed, offered):
    assert [offer.text for offer in among(KNOWN)(typed)] == offered


def test_after_a_comma_the_next_one_is_offered():
    assert list(among(KNOWN, ",")("GB, nor")) == [Offer("NO", "Norway", 3)]


@pytest.mark.parametrize(
    ("typed", "offered"), [("5000+ mis", ["missile"]), ("mis", []), ("5000 ", []), ("up to mis", [])]
)
def test_after_a_number_what_it_is_of_is_offered(typed, offered):
    assert [offer.text for offer in last_word({"missile": "Missile"})(typed)] == offered


@given(st.text(max_size=5))
def test_what_is_offered_begins_with_what_was_typed(typed):
    for offer in among(KNOWN)(typed):
        begins = typed.casefold()
        words = (offer.text + " " + offer.says.replace("-", " ")).casefold().split()
        assert (
            offer.says.casefold().startswith(begins)
            or any(word.startswith(begins) for word in words)
            or begins in offer.says.casefold()
        )
        assert offer.replaces == len(typed)
