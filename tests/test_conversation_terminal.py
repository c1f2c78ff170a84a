"""Conversations at a real terminal: typed, completed, gone back in, interrupted, hung up."""

import signal
import subprocess
import time

import pytest

from tests.commandline import book as the_book
from tests.commandline import contents, process, refused, rows, typed
from tests.talking import CTRL_C, CTRL_D, ENTER, SHIFT_TAB, TAB, at_a_terminal

BOOK = ('item add air-defence-missile "Air-defence missile"',)
NARROW = 60
TWO_MINUTES = 120
KEYS_A_SECOND = 3  # of somebody who types slowly: 36 words a minute

LOAN = (
    *("UK", "£2.26bn", "", "", "mil", "loan", "era", "", "2024-10-22", "ERA loan"),
    *("https://example.org/era", "", "Commons", "off", "y"),
)
MISSILES = (
    *("", "up to £1.6bn", "1.16bn GBP", "5000+ air-defence-missile", "", "export", "ukef", ""),
    *("2025-03-02", "Missiles", "https://example.org/ukef", "", "", "press", "y"),
)
LOAN_IN_UKRAINIAN = (
    *("Велика Британія", "2,26 млрд фунтів стерлінгів", "", "", "mil", "loan", "era", "", "22.10.2024", "Позика"),
    *("https://example.org/era", "", "Палата громад", "off", "yes"),
)
MISSILES_IN_UKRAINIAN = (
    *("", "до 1,6 млрд фунтів стерлінгів", "1,16 млрд GBP", "5000+ air-defence-missile", "", "export_credit", "ukef"),
    *("", "02.03.2025", "Ракети", "https://example.org/ukef", "", "", "press", "yes"),
)

pytestmark = pytest.mark.usefixtures("desk")


def answers(terminal, *typed_ones):
    """What is shown once these are typed, each when its question stands there."""
    for answer in typed_ones:
        shown = terminal.waits_for(r": *$")
        terminal.process.send(answer + ENTER)
        _until_changed(terminal, shown)
    return terminal.text()


def _until_changed(terminal, before):
    until = time.monotonic() + 30
    while terminal.text() == before and time.monotonic() < until:
        terminal._look()


@pytest.mark.parametrize(
    ("locale", "loan", "missiles"),
    [("en", LOAN, MISSILES), ("uk", LOAN_IN_UKRAINIAN, MISSILES_IN_UKRAINIAN)],
)
def test_the_two_pledges_are_recorded_in_less_than_two_minutes_of_typing(locale, loan, missiles):
    for said in (loan, missiles):
        with at_a_terminal("pledge add", AIDLEDGER_LOCALE=locale) as terminal:
            answers(terminal, *said)
            assert terminal.ends() == 0, terminal.text()
    keys = sum(len(answer) + 1 for answer in (*loan, *missiles))
    assert keys / KEYS_A_SECOND < TWO_MINUTES
    found = {row["pledge"]: row for row in rows("pledge list")}
    assert {pledge: (row["pledged"], row["on"], row["source"]) for pledge, row in found.items()} == {
        "GB-2024-0001": ("2260000000.00", "2024-10-22", "era"),
        "GB-2025-0001": ("1600000000.00", "2025-03-02", "ukef"),
    }
    assert found["GB-2025-0001"]["instrument"] == "export_credit"


def test_the_id_is_printed_and_the_line_that_says_the_same():
    with at_a_terminal("pledge add") as terminal:
        answers(terminal, "GB", "100 GBP", "", "", "mil", "grant", "", "2025-03-02", "", "", "", "y")
        assert terminal.ends() == 0
    assert terminal.text().splitlines()[-1] == "GB-2025-0001"
    assert "aidledger pledge add GB '100 GBP' --purpose military --instrument grant" in terminal.text()
    assert "100.00 GBP is worth 121.05 EUR (rate of 2025-02-28, ecb)" in terminal.text()


def test_names_are_completed_by_tab_in_the_users_language():
    with at_a_terminal("pledge add", AIDLEDGER_LOCALE="uk") as terminal:
        terminal.waits_for(": *$")
        terminal.types("Вел", "Вел$")
        terminal.shows("Велика Британія")
        terminal.types(TAB, "GB$")
        terminal.process.send(CTRL_C)
        assert terminal.ends() == 130


def test_a_refused_answer_stays_to_be_edited_and_a_step_back_is_a_key():
    with at_a_terminal("pledge add") as terminal:
        answers(terminal, "GB")
        terminal.waits_for("Amount: *$")
        terminal.process.send("12 GBX" + ENTER)
        terminal.shows("! ")
        terminal.waits_for("Amount: 12 GBX$")
        terminal.types("\x7f", "Amount: 12 GB$")
        terminal.types("P" + ENTER, "Firmness")
        terminal.types(SHIFT_TAB, r"Amount \[12 GBP\]: *$")
        terminal.types("<" + ENTER, r"Donor \[GB, United Kingdom\]: *$")
        terminal.process.send(CTRL_C)
        assert terminal.ends() == 130


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_an_interruption_writes_nothing_and_gives_the_terminal_back(key):
    before = contents()
    with at_a_terminal("pledge add") as terminal:
        echoed = terminal.process.getecho()
        answers(terminal, "GB", "100 GBP")
        terminal.waits_for("Firmness.*")
        shown = terminal.types(key, "nothing was written")
        assert "error: interrupted; nothing was written" in shown
        assert terminal.process.getecho() == echoed
        assert terminal.ends() == 130
    assert contents() == before


def test_a_terminal_that_hangs_up_records_nothing():
    before = contents()
    with at_a_terminal("pledge add") as terminal:
        answers(terminal, "GB", "100 GBP")
        terminal.process.kill(signal.SIGHUP)
        terminal.ends()
    assert contents() == before


@pytest.mark.parametrize(("columns", "term"), [(NARROW, "xterm-256color"), (100, "dumb")])
def test_a_narrow_terminal_and_one_that_can_only_print_are_enough(columns, term):
    with at_a_terminal("pledge disburse", columns=columns, TERM=term) as terminal:
        typed("pledge add GB '100 GBP' --on 2025-03-02 --purpose military --instrument grant")
        answers(terminal, "GB-2025-0001", "200 GBP")
        terminal.shows("! GB-2025-0001 has 100.00 GBP left to disburse")
        terminal.shows("Amount [all]: 200 GBP ! GB-2025-0001")
        terminal.waits_for(r"Amount \[all\]:.*$")
        if term != "dumb":
            terminal.process.send("\x15")  # takes away what was typed
        answers(terminal, "40 GBP", "2025-03-06", "", "", "")
        shown = terminal.waits_for("Record this")
        assert max(map(len, shown.splitlines())) <= columns
        answers(terminal, "y")
        assert terminal.ends() == 0
    assert rows("report totals")[0]["disbursed"] == "40.00"


def test_a_correction_is_asked_for_as_well():
    typed("pledge add GB '100 GBP' --on 2025-03-02 --purpose military --instrument grant")
    with at_a_terminal("pledge amend") as terminal:
        answers(terminal, "GB-2025-0001", "title", "Better", "2025-03-03", "misread", "", "", "y")
        assert terminal.ends() == 0
    assert rows("pledge list")[0]["title"] == "Better"


# When there is nobody to ask


@pytest.mark.parametrize("command", ["add", "disburse", "draw", "amend"])
def test_where_there_is_no_terminal_a_missing_argument_is_refused_as_ever(command):
    assert "missing argument" in refused(2, f"pledge {command}")


def test_where_only_one_of_both_ends_is_a_terminal_nobody_is_asked():
    child = process("pledge add", stdin=subprocess.DEVNULL, stdout=-1, stderr=-1)
    assert "missing argument" in child.communicate(timeout=60)[1]
    assert child.returncode == 2
    with at_a_terminal(f"--book {the_book()} pledge add GB") as terminal:
        assert terminal.ends() == 2
        assert "missing argument" in terminal.text()


def test_help_is_help_at_a_terminal_too():
    with at_a_terminal("pledge add --help") as terminal:
        assert terminal.ends() == 0
        assert "--purpose" in terminal.text()
