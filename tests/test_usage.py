"""Wrong calls are told in our own sentences, whole, in the language of the user; Typer's English is left behind."""

from __future__ import annotations

import pytest

from tests.commandline import Answer, typed
from tests.marked import marked

pytestmark = pytest.mark.usefixtures("desk")

every_wrong_call = pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("pledge show", "missing argument 'PLEDGE'"),
        ("pledge add GB '1 GBP' --purpose military", "missing option '--instrument'"),
        ("nosuch", "no such command 'nosuch'"),
        ("report total", "no such command 'total'. Did you mean 'totals'?"),
        ("--nosuch", "no such option: --nosuch"),
        ("--bok x", "no such option: --bok. Did you mean --book?"),
        ("pledge list --pu x", "no such option: --pu. Did you mean --help or --purpose?"),
        (
            "pledge amend P --publishe x",
            "no such option: --publishe. Did you mean --published or --publisher or --purpose?",
        ),
        ("pledge show P --book", "option '--book' requires an argument"),
        ("pledge disburse P --top-up=yes", "option '--top-up' does not take a value"),
        ("pledge show P Q R", "got unexpected extra argument(s) (Q R)"),
        ("--book x", "missing command"),
    ],
)


@every_wrong_call
def test_a_wrong_call_is_one_sentence(call, sentence):
    answer = typed(call)
    assert (answer.code, answer.printed) == (2, "")
    assert answer.said.splitlines()[0] == f"error: {sentence}"


@every_wrong_call
def test_a_wrong_call_is_told_in_the_language_of_the_user(call, sentence):  # noqa: ARG001 - one table for both tests
    with marked() as language:
        answer = typed(call)
    error, hint = answer.said.splitlines()
    assert error.startswith("error: «")
    assert error.endswith("»")
    assert hint.endswith(("--help", "--help»"))
    assert not language.unknown()


def test_a_call_of_nothing_is_answered_with_the_help_in_the_language_of_the_user():
    with marked():
        answer = typed("pledge")
    assert answer == Answer(2, "", answer.said)
    assert answer.said.startswith("«Usage: »aidledger pledge")
