"""What completion does to words: how lines are parted, how offers are quoted, which pledges are chosen."""

import shlex
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.completion import shells
from cli.completion.offer import Offer, Offers
from cli.completion.shells import SHELLS, quoted, split
from ledger.store import suggested as room
from ledger.store.suggested import MOST, Suggested
from tests import places
from tests.everything import filled

BREAKS = " \t\n\"'@><=;|&(:"
"""What readline parts words at in bash, if nobody says otherwise."""

IDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=","), min_size=1, max_size=8)
WORDS = st.text(st.characters(exclude_categories=["C"]), max_size=8)


# How a line is parted


@given(st.lists(WORDS, min_size=1))
def test_a_finished_line_is_parted_as_a_shell_does(words: list[str]):
    line = shlex.join(words)
    assert [word.text for word in split(line, BREAKS)] == words == shlex.split(line)


@given(st.lists(WORDS), st.text(max_size=8))
def test_a_line_may_stop_anywhere(words: list[str], rest: str):
    found = split(f"{shlex.join(words)} {rest}", BREAKS)
    assert 0 <= found[-1].kept <= len(found[-1].text)


@pytest.mark.parametrize(
    ("line", "last", "quote", "kept"),
    [
        ("aidledger ", "", "", 0),
        ("aidledger pl", "pl", "", 0),
        ("aidledger --donor=G", "--donor=G", "", 8),
        ("aidledger NO:2025:", "NO:2025:", "", 8),
        ("aidledger NO\\:2025", "NO:2025", "", 0),
        ('aidledger "1.6bn G', "1.6bn G", '"', 0),
        ("aidledger 'it", "it", "'", 0),
        ('aidledger --title="a b', "--title=a b", '"', 8),
        ("aidledger 1.6bn\\ G", "1.6bn G", "", 0),
        ("aidledger a\\", "a", "", 0),
        ("cd /; aidledger check | aidledger pl", "pl", "", 0),
    ],
)
def test_the_word_at_the_cursor_is_known_with_its_quotes(line, last, quote, kept):
    word = split(line, BREAKS)[-1]
    assert (word.text, word.quote, word.kept) == (last, quote, kept)


# How an offer is written


@given(st.lists(WORDS.filter(lambda word: "!" not in word), min_size=1, max_size=20), st.sampled_from(["", "'", '"']))
def test_bash_reads_what_is_quoted_as_it_was(texts: list[str], quote: str):
    texts = [text for text in texts if text]
    line = " ".join(f"{quote}{quoted(text, quote)}{quote}" for text in texts)
    read = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True).stdout
    assert read.decode() == "".join(f"{text}\0" for text in texts) or not texts


@given(IDS, IDS, st.sampled_from(["", "'", '"']))
def test_what_bash_puts_in_continues_what_is_typed(begun: str, rest: str, quote: str):
    typed = f"aidledger pledge show {quote}{quoted(begun, quote)}"
    asking = SHELLS["bash"](["9", BREAKS, typed], {})
    _, put_in = asking.answer(Offers((Offer(begun + rest),))).splitlines()
    start = len(typed) - len(quoted(begun[split(typed, BREAKS)[-1].kept :], quote))
    whole = typed[:start] + put_in
    assert split(whole, "")[-1].text == begun + rest


def test_help_stands_beside_the_offers_where_a_list_is_shown():
    offers = Offers((Offer("a", "first"), Offer("long", "x" * 100), Offer("ґ", "")))
    listed = SHELLS["bash"](["63", BREAKS, "aidledger "], {"COLUMNS": "40"}).answer(offers).splitlines()
    assert listed == ["offers", "a     (first)", f"long  ({'x' * 27}…)", "ґ"]
    assert all(len(line) < 40 for line in listed)
    assert SHELLS["bash"](["9", BREAKS, "aidledger "], {}).answer(offers) == "offers\na\nlong\nґ\n"
    assert SHELLS["bash"](["63", BREAKS, "aidledger "], {}).answer(Offers((Offer("a", "b"),))) == "offers\na\n"
    assert SHELLS["zsh"]([""], {"COLUMNS": "9"}).answer(offers) == "offers\na\ta\nlong\tlong\nґ\tґ\n"


def test_one_that_goes_on_is_followed_by_no_blank():
    assert SHELLS["zsh"](["f"], {}).answer(Offers((Offer("fixed:", "", goes_on=True),))) == "goes on\nfixed:\tfixed:\n"


@pytest.mark.parametrize("script", shells.SCRIPTS.values(), ids=shells.SCRIPTS)
def test_a_script_evaluates_nothing(script):
    assert "eval " not in script
    assert "2>/dev/null" in script


# Which pledges


def shared(words: list[str]) -> str:
    """What all words begin with."""
    if not words:
        return ""
    first, last = min(words), max(words)
    return first[
        : next((place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    ]


@given(st.lists(IDS, unique=True, max_size=120), IDS.map(lambda text: text[:1]) | st.just(""))
def test_pledges_offered_begin_as_all_of_them_do(ids: list[str], prefix: str):
    with closing(sqlite3.connect(":memory:")) as rows:
        rows.executescript(
            """CREATE TABLE book (id); INSERT INTO book VALUES (1);
            CREATE TABLE entry (book, number, on_date, kind, pledge, note); CREATE TABLE posting (book, entry, pledge);
            CREATE TABLE pledge (book, id, title, donor, on_date, void)"""
        )
        rows.executemany("INSERT INTO pledge VALUES (1, ?, NULL, 'GB', '2025-03-02', NULL)", [(each,) for each in ids])
        rows.executemany("INSERT INTO entry VALUES (1, ?, '', 'pledge', ?, '')", enumerate(ids, 1))
        found = [id_ for id_, _ in Suggested(rows).pledges(prefix)]
    all_such = [each for each in ids if each.startswith(prefix)]
    assert set(found) <= set(all_such)
    assert len(found) == len(set(found)) <= MOST + 2
    assert len(found) >= min(len(all_such), MOST)
    assert shared(found) == shared(all_such)
    recent = all_such[::-1][:MOST]
    assert found[: len(recent)] == recent


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book in which everything has happened."""
    return filled(empty_book, tmp_path_factory.mktemp("full"))


STATEMENTS = {
    name: text.format("party")
    for name, text in vars(room).items()
    if name.isupper() and isinstance(text, str) and "SELECT" in text and not name.endswith("_BOOK")  # a row or two
}


@places.of_files("plans of SQLite")
@pytest.mark.parametrize("name", STATEMENTS)
def test_no_suggestion_goes_through_a_whole_book(full, name):
    values = {"book": 1, "first": "G", "end": "H", "void": 0, "since": 5, "most": MOST}
    with closing(sqlite3.connect(full)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {STATEMENTS[name]}", values)]
    steps = [step for step in plan if any(f" {table} " in f"{step} " for table in TABLES)]
    assert steps
    whole = "BLOOM" if name == "LAST_ENTRY" else "(book=?)"  # of the index of entries, only the end is read
    assert not [step for step in steps if step.startswith("SCAN") or "BLOOM" in step or whole in step]


TABLES = ("pledge", "stated", "entry", "posting", "party", "membership", "rate")
